# SPDX-License-Identifier: GPL-3.0-or-later
"""The CRDs and objects as they are read from YAML."""

import pytest

from sandbox.manifests import Document, crds, objects, resolve


@pytest.mark.parametrize(
    ("schema", "resolved"),
    [
        ({"type": "string"}, {"type": "string"}),
        ({"$ref": "name"}, {"type": "string", "maxLength": 3}),
        ({"$ref": "name", "maxLength": 5}, {"type": "string", "maxLength": 5}),
        ({"$ref": "names"}, {"type": "array", "items": {"type": "string", "maxLength": 3}}),
        ({"anyOf": [{"$ref": "name"}, 1]}, {"anyOf": [{"type": "string", "maxLength": 3}, 1]}),
    ],
)
def test_references_are_replaced_and_keys_beside_them_win(schema: Document, resolved: Document) -> None:
    definitions = {"name": {"type": "string", "maxLength": 3}, "names": {"type": "array", "items": {"$ref": "name"}}}
    assert resolve(schema, definitions) == resolved


def test_unknown_reference_is_an_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        resolve({"$ref": "nothing"}, {})


def test_every_kind_has_the_status_subresource_and_one_version() -> None:
    kinds = {crd["spec"]["names"]["kind"]: crd["spec"]["versions"] for crd in crds()}
    assert set(kinds) == {"Config", "ImagePruner", "Image", "ClusterOperator", "Infrastructure", "Route"}
    for versions in kinds.values():
        (version,) = versions
        assert (version["name"], version["subresources"]) == ("v1", {"status": {}})


def test_namespaces_come_before_what_they_hold() -> None:
    seen = {"default"}
    for document in objects():
        if document["kind"] == "Namespace":
            seen.add(document["metadata"]["name"])
        assert document["metadata"].get("namespace", "default") in seen
