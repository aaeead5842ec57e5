# SPDX-License-Identifier: GPL-3.0-or-later
"""The API server of the sandbox: who may do what, and what it accepts of the OpenShift kinds."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from kubernetes.config import new_client_from_config
from kubernetes.dynamic import DynamicClient, Resource
from kubernetes.dynamic.exceptions import ConflictError, DynamicApiError, ForbiddenError

from sandbox import sandbox
from sandbox.access import CONTEXTS
from sandbox.state import StateDirectory
from tests.integration.lab import Lab

MERGE = "application/merge-patch+json"
NAMESPACE = "openshift-image-registry"

Connect = Callable[[str], DynamicClient]


@pytest.fixture(scope="module")
def connect(clean_module: Lab, state: StateDirectory, tmp_path_factory: pytest.TempPathFactory) -> Connect:
    """Make a client for one of the contexts of the kubeconfig."""
    directory = tmp_path_factory.mktemp("discovery")

    def connect(context: str) -> DynamicClient:
        client = new_client_from_config(str(sandbox.kubeconfig(state)), context=context)
        return DynamicClient(client, cache_file=str(directory / context))

    return connect


@pytest.fixture(scope="module")
def client(connect: Connect) -> DynamicClient:
    """The administrator."""
    return connect("sandbox")


def resource(client: DynamicClient, kind: str, api_version: str = "v1") -> Resource:
    return client.resources.get(api_version=api_version, kind=kind)


def configs(client: DynamicClient) -> Resource:
    return resource(client, "Config", "imageregistry.operator.openshift.io/v1")


def test_each_context_has_the_rights_of_its_user(connect: Connect, client: DynamicClient) -> None:
    assert list(CONTEXTS) == ["sandbox", "sandbox-viewer", "sandbox-nobody"]
    resource(client, "Secret").get(namespace=NAMESPACE)
    viewer = connect("sandbox-viewer")
    configs(viewer).get(name="cluster")
    resource(viewer, "Pod").get(namespace=NAMESPACE)
    with pytest.raises(ForbiddenError):
        resource(viewer, "Secret").get(namespace=NAMESPACE)
    with pytest.raises(ForbiddenError):
        configs(viewer).patch(name="cluster", body={"spec": {"replicas": 2}}, content_type=MERGE, dry_run="All")
    with pytest.raises(ForbiddenError):
        configs(connect("sandbox-nobody")).get(name="cluster")


def apply_spec(
    client: DynamicClient,
    spec: dict[str, Any],
    kind: str = "Config",
    api_version: str = "imageregistry.operator.openshift.io/v1",
) -> dict[str, Any]:
    """The spec that a merge patch would lead to, nothing being written."""
    patched = resource(client, kind, api_version).patch(
        name="cluster", body={"spec": spec}, content_type=MERGE, dry_run="All"
    )
    found: dict[str, Any] = patched.to_dict()["spec"]
    return found


def refusal(client: DynamicClient, spec: dict[str, Any], *kind: str) -> str:
    with pytest.raises(DynamicApiError) as caught:
        apply_spec(client, spec, *kind)
    assert caught.value.status == 422
    said: str = json.loads(caught.value.body)["message"]
    return said


NOT_A_QUANTITY = {"resources": {"requests": {"memory": "a lot"}}}
CLOUD_FRONT = {"baseURL": "https://cdn.example.com", "keypairID": "id"}


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            {"rolloutStrategy": "Rolling"},
            'spec.rolloutStrategy: Invalid value: "Rolling": spec.rolloutStrategy in body should match '
            "'^(RollingUpdate|Recreate)$'",
        ),
        ({"rolloutStrategy": ""}, 'spec.rolloutStrategy: Invalid value: ""'),
        (
            {"managementState": "Off"},
            'spec.managementState: Invalid value: "Off": spec.managementState in body should match '
            "'^(Managed|Unmanaged|Force|Removed)$'",
        ),
        (
            {"storage": {"managementState": "Foo"}},
            'spec.storage.managementState: Invalid value: "Foo": spec.storage.managementState in body should match '
            "'^(Managed|Unmanaged)$'",
        ),
        (
            {"storage": {"s3": {"chunkSizeMiB": 2}}},
            "spec.storage.s3.chunkSizeMiB: Invalid value: 2: spec.storage.s3.chunkSizeMiB in body should be greater "
            "than or equal to 5",
        ),
        ({"storage": {"s3": {"chunkSizeMiB": 5121}}}, "should be less than or equal to 5120"),
        (
            {"storage": {"azure": {"networkAccess": {"type": "External", "internal": {"vnetName": "net"}}}}},
            '"spec.storage.azure.networkAccess" must validate at least one schema',
        ),
        ({"replicas": "two"}, 'spec.replicas in body must be of type integer: "string"'),
        ({"replicas": None}, "spec.replicas: Required value"),
        (
            {"logLevel": "Loud"},
            'spec.logLevel: Unsupported value: "Loud": supported values: "", "Normal", "Debug", "Trace", "TraceAll"',
        ),
        ({"operatorLogLevel": "Loud"}, 'spec.operatorLogLevel: Unsupported value: "Loud"'),
        (
            {"storage": {"azure": {"container": "UPPER"}}},
            'spec.storage.azure.container: Invalid value: "UPPER": spec.storage.azure.container in body should match '
            "'^[0-9a-z]+(-[0-9a-z]+)*$'",
        ),
        (
            {"storage": {"azure": {"container": "ab"}}},
            "spec.storage.azure.container in body should be at least 3 chars",
        ),
        ({"storage": {"azure": {"networkAccess": {"type": "Open"}}}}, 'Unsupported value: "Open"'),
        (
            {"storage": {"s3": {"trustedCA": {"name": "Not_A_Name"}}}},
            "spec.storage.s3.trustedCA.name in body should match",
        ),
        ({"storage": {"s3": {"cloudFront": {"baseURL": "u"}}}}, "spec.storage.s3.cloudFront.keypairID: Required value"),
        ({"storage": {"s3": {"cloudFront": {**CLOUD_FRONT, "privateKey": {}}}}}, "privateKey.key: Required value"),
        (
            {"storage": {"ibmcos": {"serviceInstanceCRN": "x"}}},
            "spec.storage.ibmcos.serviceInstanceCRN in body should match",
        ),
        ({"storage": {"oss": {"encryption": {"method": "KMS"}}}}, "must validate at least one schema"),
        ({"storage": {"oss": {"encryption": {"kms": {"keyID": "k"}}}}}, "must validate at least one schema"),
        ({"storage": {"oss": {"endpointAccessibility": "Open"}}}, 'Unsupported value: "Open"'),
        ({"requests": {"read": {"maxWaitInQueue": "soon"}}}, "must be of type duration"),
        ({"routes": [{"hostname": "a.example.com"}]}, "spec.routes.name: Required value"),
        ({"topologySpreadConstraints": [{"maxSkew": 1}]}, "spec.topologySpreadConstraints.topologyKey: Required value"),
        (NOT_A_QUANTITY, 'spec.resources.requests.memory: Invalid value: "a lot"'),
        ({"resources": {"claims": [{"request": "r"}]}}, "spec.resources.claims.name: Required value"),
        ({"readOnly": "yes"}, 'spec.readOnly in body must be of type boolean: "string"'),
        ({"nodeSelector": {"a": True}}, "spec.nodeSelector.a in body must be of type string"),
    ],
)
def test_bad_values_get_the_servers_own_refusal(client: DynamicClient, spec: dict[str, Any], message: str) -> None:
    said = refusal(client, spec)
    assert said.startswith('Config.imageregistry.operator.openshift.io "cluster" is invalid: ')
    assert message in said


@pytest.mark.parametrize(
    ("kind", "spec", "message"),
    [
        ("ImagePruner", {"keepYoungerThanDuration": "soon"}, "must be of type duration"),
        ("ImagePruner", {"logLevel": "Loud"}, 'spec.logLevel: Unsupported value: "Loud"'),
        ("ImagePruner", {"suspend": "yes"}, "spec.suspend in body must be of type boolean"),
        (
            "Image",
            {"registrySources": {"allowedRegistries": ["a.example.com"], "blockedRegistries": ["b.example.com"]}},
            '"spec.registrySources" must not validate the schema (not)',
        ),
        ("Image", {"registrySources": {"insecureRegistries": ["a.example.com/b:tag"]}}, "in body should match"),
        ("Image", {"registrySources": {"containerRuntimeSearchRegistries": []}}, "should have at least 1 items"),
        (
            "Image",
            {"registrySources": {"containerRuntimeSearchRegistries": ["a.example.com", "a.example.com"]}},
            'Duplicate value: "a.example.com"',
        ),
        ("Image", {"additionalTrustedCA": {}}, "spec.additionalTrustedCA.name: Required value"),
        ("Image", {"imageStreamImportMode": "New"}, 'Unsupported value: "New"'),
    ],
)
def test_bad_values_of_the_other_kinds_are_refused_too(
    client: DynamicClient, kind: str, spec: dict[str, Any], message: str
) -> None:
    group = "config.openshift.io" if kind == "Image" else "imageregistry.operator.openshift.io"
    assert message in refusal(client, spec, kind, f"{group}/v1")


def create_route(client: DynamicClient, spec: dict[str, Any]) -> dict[str, Any]:
    """The spec of a new Route as the server would store it, nothing being written."""
    version = "route.openshift.io/v1"
    body = {"apiVersion": version, "kind": "Route", "metadata": {"name": "r"}}
    routes = resource(client, "Route", version)
    spec = {"to": {"name": "image-registry"}} | spec
    created: dict[str, Any] = routes.create(body=body | {"spec": spec}, namespace=NAMESPACE, dry_run="All").to_dict()
    stored: dict[str, Any] = created["spec"]
    return stored


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"host": f"{'a' * 64}.example.com"}, "spec.host in body should match"),
        ({"host": "Registry.example.com"}, "spec.host in body should match"),
        (
            {"to": {"name": "image-registry", "weight": 257}},
            "spec.to.weight in body should be less than or equal to 256",
        ),
        ({"to": {"name": "image-registry", "kind": "Deployment"}}, 'spec.to.kind: Unsupported value: "Deployment"'),
    ],
)
def test_routes_that_openshift_refuses_are_refused(client: DynamicClient, spec: dict[str, Any], message: str) -> None:
    with pytest.raises(DynamicApiError) as caught:
        create_route(client, spec)
    assert caught.value.status == 422
    assert message in json.loads(caught.value.body)["message"]


def test_a_route_keeps_what_it_is_given(client: DynamicClient) -> None:
    spec = {"host": f"{'a' * 63}.example.com", "path": "/v2", "to": {"kind": "Service", "name": "r", "weight": 256}}
    assert create_route(client, spec) == {**spec, "wildcardPolicy": "None"}


@pytest.mark.parametrize(
    "spec",
    [
        {"replicas": -1},
        {"storage": {"emptyDir": {}, "pvc": {"claim": "a"}}},
        {"routes": [{"name": "a"}, {"name": "a"}]},
        {"requests": {"read": {"maxWaitInQueue": "1d", "maxRunning": -1}}},
        {"logLevel": ""},
        {"storage": {"s3": {"trustedCA": {"name": ""}}}},
        {"resources": {"limits": {"cpu": 1, "memory": "0.5Gi"}}},
        {"observedConfig": None, "unsupportedConfigOverrides": None},
        {"unsupportedConfigOverrides": {"deployment": {"annotations": {"a": "b"}}}},
    ],
)
def test_what_only_the_operator_judges_is_accepted_by_the_server(client: DynamicClient, spec: dict[str, Any]) -> None:
    found = apply_spec(client, spec)
    for field, value in spec.items():
        if isinstance(value, dict):
            assert {name: found[field][name] for name in value} == value
        elif value is not None:
            assert found[field] == value


def test_unknown_fields_are_pruned_at_every_depth(client: DynamicClient) -> None:
    spec = {
        "nosuchfield": 1,
        "storage": {"pvc": {"claim": "a", "claimName": "b"}},
        "tolerations": [{"operator": "Exists", "unknown": True}],
        "affinity": {
            "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "k", "x": 1}]}
        },
    }
    found = apply_spec(client, spec)
    assert "nosuchfield" not in found
    assert found["storage"]["pvc"] == {"claim": "a"}
    assert found["tolerations"] == [{"operator": "Exists"}]
    assert found["affinity"] == {
        "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "k"}]}
    }


@pytest.mark.parametrize(
    ("backend", "given", "filled"),
    [
        ("azure", {}, {"networkAccess": {"type": "External"}}),
        ("azure", {"networkAccess": {}}, {"networkAccess": {"type": "External"}}),
        ("oss", {}, {"endpointAccessibility": "Internal"}),
        ("oss", {"encryption": {}}, {"endpointAccessibility": "Internal", "encryption": {"method": "AES256"}}),
        (
            "s3",
            {"cloudFront": {**CLOUD_FRONT, "privateKey": {"key": "k"}}},
            {"cloudFront": {**CLOUD_FRONT, "privateKey": {"key": "k", "name": ""}}},
        ),
    ],
)
def test_defaults_are_filled_in(
    client: DynamicClient, backend: str, given: dict[str, Any], filled: dict[str, Any]
) -> None:
    assert apply_spec(client, {"storage": {backend: given}})["storage"][backend] == filled


def test_log_levels_default_to_normal(client: DynamicClient) -> None:
    found = apply_spec(client, {"logLevel": None, "operatorLogLevel": None})
    assert (found["logLevel"], found["operatorLogLevel"]) == ("Normal", "Normal")


def test_status_is_written_only_through_its_subresource_and_moves_no_generation(client: DynamicClient) -> None:
    before = configs(client).get(name="cluster").to_dict()
    after = configs(client).patch(name="cluster", body={"status": {"readyReplicas": 9}}, content_type=MERGE).to_dict()
    assert after["status"] == before["status"]
    dry = configs(client).status.patch(
        name="cluster", body={"status": {"readyReplicas": 9}}, content_type=MERGE, dry_run="All"
    )
    assert dry.to_dict()["status"]["readyReplicas"] == 9
    assert dry.to_dict()["metadata"]["generation"] == before["metadata"]["generation"]


def test_stale_replace_is_a_conflict(client: DynamicClient) -> None:
    config = configs(client).get(name="cluster").to_dict()
    config["metadata"]["resourceVersion"] = "1"
    with pytest.raises(ConflictError):
        configs(client).replace(body=config)


@pytest.mark.parametrize(("storage_class", "grows"), [("standard", True), ("fixed", False)])
def test_claim_grows_only_where_its_class_allows_it(client: DynamicClient, storage_class: str, grows: bool) -> None:
    claims = resource(client, "PersistentVolumeClaim")
    name = f"on-{storage_class}"
    claims.create(
        body={
            "metadata": {"name": name},
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": storage_class,
                "resources": {"requests": {"storage": "1Gi"}},
            },
        },
        namespace=NAMESPACE,
    )
    seen = claims.watch(namespace=NAMESPACE, name=name, timeout=10)
    assert any(event["raw_object"]["status"]["phase"] == "Bound" for event in seen)
    larger = {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}
    if grows:
        claims.patch(name=name, namespace=NAMESPACE, body=larger, content_type=MERGE)
    else:
        with pytest.raises(ForbiddenError, match="the storageclass that provisions the pvc must support resize"):
            claims.patch(name=name, namespace=NAMESPACE, body=larger, content_type=MERGE)
