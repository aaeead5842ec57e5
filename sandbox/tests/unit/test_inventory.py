# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to happen to come from one reading of the cluster back to another."""

from typing import Any

import pytest

from sandbox.inventory import Difference, Document, content, difference


def thing(name: str, kind: str = "ConfigMap", namespace: str = "n", version: str = "1", **fields: Any) -> Document:
    metadata = {
        "name": name,
        "namespace": namespace,
        "resourceVersion": version,
        "uid": f"{name}-{version}",
        "creationTimestamp": "2026-01-01T00:00:00Z",
        **fields.pop("metadata", {}),
    }
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **fields}


NOTHING = Difference(delete=[], create=[], replace=[])


def test_equal_readings_need_nothing() -> None:
    assert difference([thing("a")], [thing("a")]) == NOTHING
    assert not NOTHING


@pytest.mark.parametrize(
    "metadata",
    [
        {"generation": 7},
        {"managedFields": [{"manager": "someone"}]},
        {"annotations": {}},
        {"finalizers": []},
    ],
)
def test_what_the_server_writes_is_no_difference(metadata: Document) -> None:
    assert difference([thing("a")], [thing("a", version="2", metadata=metadata)]) == NOTHING


def test_new_objects_are_deleted() -> None:
    extra = thing("b")
    assert difference([thing("a")], [thing("a"), extra]) == Difference(delete=[extra], create=[], replace=[])


def test_same_name_of_another_kind_or_namespace_is_another_object() -> None:
    found = [thing("a"), thing("a", kind="Secret"), thing("a", namespace="m")]
    assert difference([thing("a")], found).delete == found[1:]


def test_lost_objects_are_created() -> None:
    lost = thing("a")
    assert difference([lost], []) == Difference(delete=[], create=[lost], replace=[])


@pytest.mark.parametrize(
    "changed",
    [
        {"data": {"key": "other"}},
        {"metadata": {"labels": {"a": "b"}}},
        {"metadata": {"annotations": {"a": "b"}}},
        {"metadata": {"finalizers": ["a.example.com/b"]}},
        {"status": {"ready": True}},
    ],
)
def test_changed_objects_are_replaced_over_the_version_found(changed: Document) -> None:
    wanted = thing("a", version="1")
    (replacement,) = difference([wanted], [thing("a", version="5", **changed)]).replace
    assert content(replacement) == content(wanted)
    assert replacement["metadata"]["resourceVersion"] == "5"


def test_wanted_object_that_is_being_deleted_is_deleted_and_created_again() -> None:
    wanted = thing("a")
    dying = thing("a", metadata={"deletionTimestamp": "2026-01-01T00:00:01Z", "finalizers": ["foregroundDeletion"]})
    assert difference([wanted], [dying]) == Difference(delete=[dying], create=[wanted], replace=[])


def test_makers_are_deleted_before_what_they_make_and_holders_after_what_they_hold() -> None:
    kinds = ["Namespace", "Pod", "CustomResourceDefinition", "ReplicaSet", "Secret", "Deployment", "Config"]
    deleted = difference([], [thing(kind.lower(), kind=kind) for kind in kinds]).delete
    assert [document["kind"] for document in deleted] == [
        "Config",
        "Deployment",
        "ReplicaSet",
        "Pod",
        "Secret",
        "CustomResourceDefinition",
        "Namespace",
    ]
