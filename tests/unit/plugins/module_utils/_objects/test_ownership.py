# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose an object is, and whose its fields are, as its metadata tell."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.ownership import (
    SIGNS,
    Sign,
    declared_by_others,
    is_of_registry,
    is_written_by_us,
    names_in,
    owners,
    set_by_others,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    BUILD,
    CLAIM,
    CONFIG_MAP,
    SECRET,
    SERVICE,
    TRUSTED_CA,
)

from tests.unit.builders import config, manifest

case = pytest.param


def marked(**metadata: Any) -> dict[str, Any]:
    """Return an object with these metadata."""
    return manifest("Secret", "s", metadata=metadata)


def managed(manager: str, operation: str = "Apply", fields: Any = None, **more: Any) -> dict[str, Any]:
    """Return an entry of managedFields."""
    return {"manager": manager, "operation": operation, "fieldsV1": fields or {}, **more}


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.key)
def test_each_sign_names_an_owner(sign: Sign) -> None:
    assert owners(marked(**{sign.where: {sign.key: "x"}})) == [sign.owner.format("x")]
    elsewhere = {"labels": "annotations", "annotations": "labels"}[sign.where]
    assert owners(marked(**{elsewhere: {sign.key: "x"}})) == []


@pytest.mark.parametrize(
    ("metadata", "found"),
    [
        case({}, [], id="nothing"),
        case({"labels": None, "annotations": None, "ownerReferences": None}, [], id="null"),
        case({"ownerReferences": [{"kind": "ExternalSecret", "name": "e"}]}, ["ExternalSecret e"], id="a reference"),
        case({"labels": {"app.kubernetes.io/managed-by": "Ansible"}}, [], id="ourselves"),
        case({"labels": {"app.kubernetes.io/managed-by": "acm"}}, ["acm"], id="another tool"),
        case({"labels": {"config.openshift.io/inject-trusted-cabundle": "false"}}, [], id="switched off"),
        case({"labels": {"app": "registry"}, "annotations": {"note": "x"}}, [], id="marks of nobody"),
    ],
)
def test_owners(metadata: dict[str, Any], found: list[str]) -> None:
    assert owners(marked(**metadata)) == found


@pytest.mark.parametrize(
    ("entries", "ours"),
    [
        (None, None),
        ([], None),
        ([managed("kubectl-create", "Update")], False),
        ([managed("openshift-controller-manager", "Update")], False),
        ([{"operation": "Update"}], False),
        ([managed("kubectl-create", "Update"), managed("okd.image_registry", "Update")], True),
    ],
)
def test_what_the_collection_wrote(entries: Any, ours: bool | None) -> None:
    assert is_written_by_us(marked(managedFields=entries)) is ours


@pytest.mark.parametrize(
    ("ref", "is_ours"),
    [
        case(SECRET("cert"), True, id="a certificate of a route"),
        case(SECRET("other"), False, id="another Secret"),
        case(TRUSTED_CA("ca"), True, id="the CA of the bucket"),
        case(TRUSTED_CA("cert"), False, id="another ConfigMap"),
        case(TRUSTED_CA("image-registry-s3-bundle"), False, id="the documented name"),
        *(
            case(kind(name), False, id=f"{kind.kind} {name}")
            for kind in (BUILD, CLAIM, CONFIG_MAP, SERVICE)
            for name in ("ca", "cert")
        ),
    ],
)
def test_what_the_config_names_is_the_registrys(ref: Any, is_ours: bool) -> None:
    live = config(
        routes=[{"name": "a"}, {"name": "b", "secretName": "cert"}], storage={"s3": {"trustedCA": {"name": "ca"}}}
    )
    assert is_of_registry(marked(), ref, live) is is_ours
    assert is_of_registry(marked(managedFields=[managed("okd.image_registry", "Update")]), ref, {})


SPEC: dict[str, Any] = {"f:spec": {"f:replicas": {}, "f:routes": {}, "f:storage": {".": {}, "f:pvc": {"f:claim": {}}}}}


@pytest.mark.parametrize(
    ("entry", "patch", "found"),
    [
        case(managed("a", fields=SPEC), {"spec": {"replicas": 2}}, ["spec.replicas"], id="a field"),
        case(managed("a", fields=SPEC), {"spec": {"logLevel": "Debug"}}, [], id="another field"),
        case(
            managed("a", fields=SPEC),
            {"metadata": {"labels": {"a": "b"}}, "spec": {"logLevel": "Debug", "replicas": 2}},
            ["spec.replicas"],
            id="a field after others",
        ),
        case(managed("a", fields=SPEC), {"spec": {"routes": [{"name": "a"}]}}, ["spec.routes"], id="a list"),
        case(managed("a", fields=SPEC), {"spec": {"storage": {"pvc": None}}}, ["spec.storage.pvc"], id="a map removed"),
        case(
            managed("a", fields=SPEC),
            {"spec": {"storage": {"pvc": {"claim": "b"}}}},
            ["spec.storage.pvc.claim"],
            id="deep",
        ),
        case(managed("a", fields=SPEC), {"spec": {"storage": {"emptyDir": {}}}}, [], id="beside it"),
        case(
            managed("a", fields={"f:spec": {"f:proxy": {}}}),
            {"spec": {"proxy": {"http": "h"}}},
            ["spec.proxy"],
            id="whole",
        ),
        case(managed("a", fields={"f:spec": {}}), {"spec": {"replicas": 2}}, [], id="no field of it any more"),
        case(managed("a", "Update", SPEC), {"spec": {"replicas": 2}}, [], id="updated once"),
        case(managed("okd.image_registry", fields=SPEC), {"spec": {"replicas": 2}}, [], id="ourselves"),
        case(managed("a", fields=SPEC, subresource="status"), {"spec": {"replicas": 2}}, [], id="the status"),
    ],
)
def test_fields_that_others_declare(entry: dict[str, Any], patch: dict[str, Any], found: list[str]) -> None:
    assert declared_by_others(marked(managedFields=[entry]), patch) == ({"a": found} if found else {})


@pytest.mark.parametrize("manager", ["flux", "openshift-gitops"])
def test_whoever_applies_a_field_declares_it(manager: str) -> None:
    live = marked(managedFields=[managed(manager, fields=SPEC)])
    assert declared_by_others(live, {"spec": {"replicas": 2}}) == {manager: ["spec.replicas"]}


@pytest.mark.parametrize("manager", ["argocd-application-controller", "helm", "kubectl-client-side-apply"])
def test_tools_that_write_what_a_file_says_declare_what_they_update(manager: str) -> None:
    live = marked(managedFields=[managed(manager, "Update", SPEC)])
    assert declared_by_others(live, {"spec": {"replicas": 2}}) == {manager: ["spec.replicas"]}


@pytest.mark.parametrize(
    ("noted", "found"),
    [
        ({"spec": {"replicas": 1, "logLevel": "Debug"}}, ["spec.replicas"]),
        ({"spec": {"storage": {"pvc": {"claim": "a"}}}}, ["spec.storage.pvc.claim"]),
        ({"spec": {"logLevel": "Debug"}}, []),
        ({"spec": None}, []),
        ([], []),
        ("{", []),
        ("[" * 100_000, []),
    ],
)
def test_what_was_applied_as_a_file_is_declared(noted: Any, found: list[str]) -> None:
    text = noted if isinstance(noted, str) else json.dumps(noted)
    once = managed("OpenAPI-Generator", "Update", SPEC)
    annotations = {"kubectl.kubernetes.io/last-applied-configuration": text}
    live = marked(managedFields=[once], annotations=annotations)
    patch = {"spec": {"replicas": 2, "storage": {"pvc": {"claim": "b"}}}}
    assert declared_by_others(live, patch) == ({"kubectl-client-side-apply": found} if found else {})


def test_argo_cd_declares_what_it_updates() -> None:
    live = marked(
        managedFields=[managed("argocd-controller", "Update", SPEC), managed("argocd-controller", fields=SPEC)]
    )
    assert declared_by_others(live, {"spec": {"replicas": 2}}) == {"argocd-controller": ["spec.replicas"]}


def test_names_that_a_spec_refers_to() -> None:
    provider = {"name": "ldap", "type": "LDAP", "ldap": {"ca": {"name": "ldap-ca"}, "url": "ldaps://x"}}
    spec = {"trustedCA": {"name": "user-ca-bundle"}, "identityProviders": [provider], "n": 1, "empty": {"name": None}}
    spec["cloudConfig"] = {"name": "cloud-provider-config", "key": "config"}
    assert sorted(names_in(spec)) == ["cloud-provider-config", "ldap-ca", "user-ca-bundle"]
    assert list(names_in(None)) == []


@pytest.mark.parametrize(
    ("manager", "others"),
    [
        ("kubectl-edit", ["kubectl-edit"]),
        ("okd.image_registry", []),
        ("cluster-image-registry-operator", []),
        ("ImageRegistryConfigObserver-ConfigObserver", []),
        ("", ["somebody"]),
    ],
)
def test_who_set_a_field_besides_us_and_the_operator(manager: str, others: list[str]) -> None:
    entry = {"manager": manager, "operation": "Update", "fieldsV1": {"f:spec": {"f:replicas": {}}}}
    live = marked(managedFields=[entry])
    assert set_by_others(live, {"spec": {"replicas": 2}}) == others
    assert set_by_others(live, {"spec": {"logLevel": "Debug"}}) == []
    # It may be gone meanwhile.
    assert set_by_others({}, {"spec": {"replicas": 2}}) == []
