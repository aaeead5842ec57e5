# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of registry_info: every part of it, and what becomes of it when parts are missing."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    ApiError,
    Forbidden,
    NotFound,
    Refused,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLAIM,
    CLUSTER_CONFIG,
    CLUSTER_IMAGE_CONFIG,
    CLUSTER_INFRASTRUCTURE,
    CLUSTER_PRUNER,
    NODE_CA_PODS,
    OPERATOR_DEPLOYMENT,
    OPERATOR_PODS,
    REGISTRY_DEPLOYMENT,
    REGISTRY_OPERATOR,
    REGISTRY_PODS,
    REGISTRY_ROUTES,
    REPLICA_SET,
    SECRET,
    SERVICE,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._report import info

from tests.unit import builders
from tests.unit.builders import Manifest, conditions, healthy, ingress, manifest

case = pytest.param
OPTIONS = {"name": "cluster"}
HOST = "registry.example.com"

# Each part of the report: what it is made of, and what is there when that is missing.
PARTS: dict[str, tuple[Ref, Any]] = {
    "cluster.infrastructure_name": (CLUSTER_INFRASTRUCTURE, None),
    "config": (CLUSTER_CONFIG, None),
    "cluster_operator": (REGISTRY_OPERATOR, None),
    "deployments.registry": (REGISTRY_DEPLOYMENT, None),
    "deployments.operator": (OPERATOR_DEPLOYMENT, None),
    "replica_sets": (REPLICA_SET.all(), []),
    "pods.registry": (REGISTRY_PODS, []),
    "pods.operator": (OPERATOR_PODS, []),
    "pods.node_ca": (NODE_CA_PODS, []),
    "services": (SERVICE.all(), []),
    "routes": (REGISTRY_ROUTES, []),
    "secrets": (SECRET.all(), []),
    "claims": (CLAIM.all(), []),
    "image_config": (CLUSTER_IMAGE_CONFIG, None),
    "image_pruner": (CLUSTER_PRUNER, None),
}
REFUSAL = 'the resource is forbidden: User "nobody" cannot read it'
DENIED = Forbidden("GET", "x", 403, "Forbidden", REFUSAL)


def labelled(name: str, key: str, value: str) -> Manifest:
    """Return a ready pod with one label."""
    metadata = {"creationTimestamp": "2026-01-15T10:00:00Z", "labels": {key: value}}
    return manifest("Pod", name, metadata=metadata, spec={}, status={"conditions": conditions(Ready=("True",))})


def created(source: Manifest) -> Manifest:
    """Return an object with the time when the API server created it."""
    return source | {"metadata": source["metadata"] | {"creationTimestamp": "2026-01-15T10:00:00Z"}}


PODS = [
    labelled("node-ca-2", "name", "node-ca"),
    labelled("image-registry-2", "docker-registry", "default"),
    labelled("node-ca-1", "name", "node-ca"),
    labelled("image-registry-1", "docker-registry", "default"),
    labelled("operator-1", "name", "cluster-image-registry-operator"),
    labelled("image-pruner-1", "app", "image-pruner"),
]


def selected(ref: Ref) -> list[Manifest]:
    """Return the pods that have the labels of a ref."""
    name, _equals, value = ref.labels.partition("=")
    return [pod for pod in PODS if pod["metadata"]["labels"].get(name) == value]


OBJECTS: dict[Ref, Any] = {
    CLUSTER_INFRASTRUCTURE: manifest("Infrastructure", "cluster", status={"infrastructureName": "prod-x7k2p"}),
    CLUSTER_CONFIG: builders.config(replicas=2, storage={"pvc": {"claim": "registry"}, "managementState": "Unmanaged"})
    | {"apiVersion": "imageregistry.operator.openshift.io/v1"},
    REGISTRY_OPERATOR: manifest("ClusterOperator", "image-registry", status={"conditions": healthy()}),
    REGISTRY_DEPLOYMENT: created(builders.deployment(2)),
    OPERATOR_DEPLOYMENT: created(builders.deployment()),
    REPLICA_SET.all(): [created(manifest("ReplicaSet", "image-registry-1", spec={}))],
    **{ref: selected(ref) for ref in (REGISTRY_PODS, OPERATOR_PODS, NODE_CA_PODS)},
    SERVICE.all(): [manifest("Service", "image-registry", spec={})],
    REGISTRY_ROUTES: [builders.route("public", HOST, ingress(HOST))],
    SECRET.all(): [builders.user_credentials()],
    CLAIM.all(): [builders.claim("registry")],
    CLUSTER_IMAGE_CONFIG: manifest("Image", "cluster", spec={}, status={"externalRegistryHostnames": [HOST]}),
    CLUSTER_PRUNER: manifest("ImagePruner", "cluster", spec={}),
}


def read(options: Manifest = OPTIONS, /, **failures: ApiError) -> Snapshot:
    """Return what is read of a healthy cluster, with failures by part."""
    by_ref = {PARTS[part.replace("__", ".")][0]: failure for part, failure in failures.items()}
    return Snapshot({ref: by_ref.get(ref, _answer(ref)) for ref in info.refs(options)})


def _answer(ref: Ref) -> Any:
    found = OBJECTS.get(ref, not_found(ref.name or "*"))
    return {"items": found} if isinstance(found, list) else found


def not_found(name: str) -> NotFound:
    """Return the API server's answer on an object that does not exist."""
    return NotFound("GET", name, 404, "NotFound", f'"{name}" not found')


def below(result: Manifest, part: str) -> Any:
    """Return a part of the result."""
    for key in part.split("."):
        result = result[key]
    return result


def test_everything_that_is_read_is_reported() -> None:
    result = info.compose(read(), OPTIONS)
    assert result["missing"] == []
    assert result["config"]["spec"]["replicas"] == 2
    assert set(result["conditions"]) == {"Available", "Progressing", "Degraded", "Removed"}
    assert set(result["cluster_operator"]["conditions"]) == set(result["conditions"])
    assert result["deployments"]["registry"]["replicas"]["ready"] == 2
    assert result["deployments"]["operator"]["replicas"]["ready"] == 1
    for part, name in (
        ("replica_sets", "image-registry-1"),
        ("services", "image-registry"),
        ("routes", "public"),
        ("secrets", "image-registry-private-configuration-user"),
        ("claims", "registry"),
    ):
        assert [entry["name"] for entry in result[part]] == [name]
    assert result["image_config"]["external_registry_hostnames"] == [HOST]
    assert result["image_pruner"]["spec"] == {}


def test_credentials_that_the_storage_does_not_use_are_told() -> None:
    (finding,) = info.compose(read(), OPTIONS)["findings"]
    assert (finding["code"], finding["severity"]) == ("credentials-left", "warning")
    assert "REGISTRY_STORAGE_S3_ACCESSKEY, REGISTRY_STORAGE_S3_SECRETKEY" in finding["found"]
    assert "s3cr3t-example" not in str(finding)
    assert info.compose(read(config=DENIED), OPTIONS)["findings"] == []


@pytest.mark.parametrize(("listed", "told"), [([], ["certificate-left"]), ([{"secretName": "public-tls"}], [])])
def test_the_key_of_a_route_that_is_gone_is_told(listed: list[Manifest], told: list[str]) -> None:
    ours = {"managedFields": [{"manager": "okd.image_registry"}]}
    keys = {"tls.crt": "c", "tls.key": "the key"}
    pairs = [
        builders.secret("public-tls", keys, type="kubernetes.io/tls", metadata=ours),
        builders.secret("image-registry-tls", keys, type="kubernetes.io/tls"),
    ]
    live = OBJECTS[CLUSTER_CONFIG] | {"spec": {"routes": [{"name": "public", **entry} for entry in listed]}}
    seen = read().joined(Snapshot({CLUSTER_CONFIG: live, SECRET.all(): {"items": pairs}}))
    assert [finding["code"] for finding in info.compose(seen, OPTIONS)["findings"]] == told


def test_the_cluster_is_named() -> None:
    operator = manifest(
        "ClusterOperator", "image-registry", status={"versions": [{"name": "operator", "version": "4.22.0"}]}
    )
    whole = read().joined(Snapshot({REGISTRY_OPERATOR: operator}))
    assert info.compose(whole, OPTIONS)["cluster"] == {"infrastructure_name": "prod-x7k2p", "version": "4.22.0"}


def test_pods_are_grouped_by_what_they_do_and_ordered_by_name() -> None:
    groups = info.compose(read(), OPTIONS)["pods"]
    assert {group: [pod["name"] for pod in found] for group, found in groups.items()} == {
        "registry": ["image-registry-1", "image-registry-2"],
        "operator": ["operator-1"],
        "node_ca": ["node-ca-1", "node-ca-2"],
    }


def test_the_registry_in_short() -> None:
    assert info.compose(read(), OPTIONS)["registry"] == {
        "state": "Managed",
        "backend": "pvc",
        "storage": {"claim": "registry"},
        "storage_management_state": "Unmanaged",
        "replicas": {"wanted": 2, "ready": 2},
        "settings": [],
        "hosts": [HOST],
        "conditions": {
            "Available": {"status": "True", "reason": "Ready", "message": "The registry is ready"},
            "Progressing": {"status": "False", "reason": "Ready", "message": "The registry is ready"},
            "Degraded": {"status": "False", "reason": "", "message": ""},
        },
    }


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    ("failure", "reason", "message"),
    [
        case(not_found("x"), "absent", "It does not exist. ", id="no such object"),
        case(
            NotFound("GET", "x", 404, "Not Found", "404 page not found"),
            "absent",
            "The cluster is not OpenShift or OKD, or its capability ImageRegistry is disabled.",
            id="no such kind",
        ),
        case(
            Forbidden("GET", "x", 403, "Forbidden", REFUSAL),
            "forbidden",
            f"{REFUSAL}. Grant the right to ",
            id="forbidden",
        ),
        case(
            ApiError("GET", "x", 503, "ServiceUnavailable", "the server is currently unable to handle the request"),
            "unavailable",
            "GET x: HTTP 503 ServiceUnavailable: the server is currently unable to handle the request",
            id="unavailable",
        ),
    ],
)
def test_a_missing_part_is_told_and_leaves_the_rest(part: str, failure: ApiError, reason: str, message: str) -> None:
    ref, nothing = PARTS[part]
    whole = info.compose(read(), OPTIONS)
    result = info.compose(read(**{part.replace(".", "__"): failure}), OPTIONS)
    (told,) = result["missing"]
    assert (told["part"], told["object"], told["reason"]) == (part, str(ref), reason)
    assert message in told["message"]
    assert below(result, part) == nothing
    assert {other: below(result, other) for other in PARTS if other != part} == {
        other: below(whole, other) for other in PARTS if other != part
    }


@pytest.mark.parametrize(
    ("part", "right"),
    [case("config", "get configs", id="one object"), case("secrets", "list secrets", id="all of a kind")],
)
def test_a_forbidden_part_names_the_right_that_is_needed(part: str, right: str) -> None:
    (told,) = info.compose(read(**{part: DENIED}), OPTIONS)["missing"]
    assert told["message"] == f"{REFUSAL}. Grant the right to {right}, or connect as another user."


def test_what_cannot_be_read_is_unknown_in_short_and_not_zero() -> None:
    failures = {part.replace(".", "__"): DENIED for part in PARTS}
    result = info.compose(read(**failures), OPTIONS)
    assert len(result["missing"]) == len(PARTS)
    assert result["conditions"] == {}
    assert result["cluster"] == {"infrastructure_name": None, "version": None}
    assert result["registry"] == {
        "state": None,
        "backend": None,
        "storage": {},
        "storage_management_state": None,
        "replicas": {"wanted": None, "ready": None},
        "settings": None,
        "hosts": [],
        "conditions": {},
    }


def test_a_deployment_that_does_not_exist_has_no_ready_replica() -> None:
    result = info.compose(read(deployments__registry=not_found("image-registry")), OPTIONS)
    assert result["registry"]["replicas"] == {"wanted": 2, "ready": 0}


def test_another_name_is_asked_for_and_told_when_it_is_missing() -> None:
    options = {"name": "instance"}
    result = info.compose(read(options), options)
    assert result["config"] is None
    assert result["missing"] == [
        {
            "part": "config",
            "object": "Config instance",
            "reason": "absent",
            "message": "It does not exist. The operator looks at the Config cluster only.",
        }
    ]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a?b", "Cluster", "a" * 254], ids=repr)
def test_a_name_that_no_config_can_have_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        info.refs({"name": name})
    (finding,) = refused.value.findings
    assert (finding.field, finding.found) == ("name", repr(name))
    assert "Config cluster" in finding.remedy
