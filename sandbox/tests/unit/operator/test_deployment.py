# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry's Deployment: environment, placement, strategy and digests."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.operator import names
from sandbox.operator.checksums import checksum_of, dependencies_checksum, digest, with_checksum
from sandbox.operator.deployment import registry_deployment
from sandbox.operator.environment import registry_environment
from sandbox.operator.errors import ApplyError
from sandbox.operator.spec import canonical_spec, decoded_spec
from sandbox.operator.storage import emptydir, s3_pods
from sandbox.operator.volumes import references, registry_volumes
from sandbox.tests.transcripts import transcript

NAMESPACE = {"metadata": {"annotations": {names.SUPPLEMENTAL_GROUPS: "1000320000/10000"}}}


def decoded(**spec: Any) -> dict[str, Any]:
    return canonical_spec({"httpSecret": "s", "replicas": 1} | spec)


def environment(**spec: Any) -> dict[str, str]:
    return {item["name"]: item["value"] for item in registry_environment(decoded(**spec))}


def deployment(**spec: Any) -> dict[str, Any]:
    return registry_deployment(decoded(**spec), emptydir.parts({}), "sha256:0", NAMESPACE)


def pod(**spec: Any) -> dict[str, Any]:
    found: dict[str, Any] = deployment(**spec)["spec"]["template"]["spec"]
    return found


@pytest.mark.parametrize(
    ("spec", "level"),
    [
        ({}, "info"),
        ({"logLevel": "Normal"}, "info"),
        ({"logLevel": "Debug"}, "debug"),
        ({"logLevel": "Trace", "logging": 1}, "debug"),
        ({"logLevel": "TraceAll"}, "debug"),
        ({"logging": 1}, "warn"),
        ({"logging": 2}, "info"),
        ({"logging": 3}, "info"),
        ({"logging": 4}, "debug"),
    ],
)
def test_log_level(spec: dict[str, Any], level: str) -> None:
    assert environment(**spec)["REGISTRY_LOG_LEVEL"] == level


@pytest.mark.parametrize(
    ("spec", "variables"),
    [
        ({"readOnly": True}, {"REGISTRY_STORAGE_MAINTENANCE_READONLY": "{enabled: true}"}),
        ({"disableRedirect": True}, {"REGISTRY_STORAGE_REDIRECT_DISABLE": "true"}),
        (
            {"proxy": {"http": "h", "https": "s", "noProxy": "n"}},
            {"HTTP_PROXY": "h", "HTTPS_PROXY": "s", "NO_PROXY": "n"},
        ),
        (
            {"requests": {"write": {"maxInQueue": 7}}},
            {
                "REGISTRY_OPENSHIFT_REQUESTS_WRITE_MAXRUNNING": "0",
                "REGISTRY_OPENSHIFT_REQUESTS_WRITE_MAXINQUEUE": "7",
                "REGISTRY_OPENSHIFT_REQUESTS_WRITE_MAXWAITINQUEUE": "0s",
            },
        ),
        ({"requests": {"read": {"maxWaitInQueue": "5s"}}}, {}),
    ],
)
def test_settings_add_exactly_their_variables(spec: dict[str, Any], variables: dict[str, str]) -> None:
    assert environment(**spec).items() - environment().items() == variables.items()


def test_observed_tls_profile_is_used() -> None:
    observed = {"servingInfo": {"minTLSVersion": "VersionTLS13", "cipherSuites": ["A", "B"]}}
    variables = environment(observedConfig=observed)
    assert variables["REGISTRY_HTTP_TLS_MINVERSION"] == "VersionTLS13"
    assert variables["OPENSHIFT_REGISTRY_HTTP_TLS_CIPHERSUITES"] == "A,B"


@pytest.mark.parametrize(
    ("requests", "problem"),
    [
        ({"read": {"maxRunning": -1}}, "Requests.Read.MaxRunning must be positive number"),
        ({"read": {"maxInQueue": -1}}, "Requests.Read.MaxInQueue must be positive number"),
        ({"write": {"maxRunning": -1}}, "Requests.Write.MaxRunning must be positive number"),
        ({"write": {"maxInQueue": -5}}, "Requests.Write.MaxInQueue must be positive number"),
    ],
)
def test_negative_limits_are_refused(requests: dict[str, Any], problem: str) -> None:
    with pytest.raises(ApplyError, match=f"^{problem}$"):
        environment(requests=requests)


@pytest.mark.parametrize(
    ("strategy", "replicas", "expected"),
    [
        ("", 0, {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": -1, "maxSurge": "25%"}}),
        ("", 1, {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": "25%"}}),
        ("RollingUpdate", 2, {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 1}}),
        ("RollingUpdate", 5, {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 4, "maxSurge": "25%"}}),
        ("Recreate", 2, {"type": "Recreate"}),
    ],
)
def test_strategy(strategy: str, replicas: int, expected: dict[str, Any]) -> None:
    assert deployment(rolloutStrategy=strategy, replicas=replicas)["spec"]["strategy"] == expected


@pytest.mark.parametrize(("replicas", "apart"), [(0, False), (1, False), (2, True), (3, False)])
def test_two_replicas_are_kept_apart(replicas: int, apart: bool) -> None:
    assert ("affinity" in pod(replicas=replicas)) is apart


def test_own_placement_replaces_the_default() -> None:
    affinity: dict[str, Any] = {"nodeAffinity": {}}
    constraints = [{"maxSkew": 2, "topologyKey": "z", "whenUnsatisfiable": "ScheduleAnyway"}]
    placed = pod(replicas=2, affinity=affinity, topologySpreadConstraints=constraints, nodeSelector={"a": "b"})
    assert placed["affinity"] == affinity
    assert placed["topologySpreadConstraints"] == constraints
    assert placed["nodeSelector"] == {"kubernetes.io/os": "linux", "a": "b"}


def test_node_selector_ends_the_default_spreading() -> None:
    assert len(pod()["topologySpreadConstraints"]) == 2
    assert "topologySpreadConstraints" not in pod(nodeSelector={"a": "b"})


@pytest.mark.parametrize("namespace", [None, {"metadata": {}}, {"metadata": {"annotations": {}}}])
def test_namespace_without_supplemental_groups(namespace: dict[str, Any] | None) -> None:
    with pytest.raises(ApplyError, match=r"doesn't have annotation openshift.io/sa.scc.supplemental-groups"):
        registry_deployment(decoded(), emptydir.parts({}), "sha256:0", namespace)


# The fields of the pods that an empty list, an empty map or nothing in the Config brings about.
PLACEMENT = ("topologySpreadConstraints", "tolerations", "affinity", "nodeSelector", "resources")


def test_empty_and_absent_differ_until_the_operator_writes_as_recorded() -> None:
    recorded: dict[str, dict[str, Any]] = {"Config/cluster": {}, "Deployment/image-registry": {}}
    path = transcript.DIRECTORY / "by_field" / "empty-lists.json"
    steps = 0
    for event in [*json.loads(path.read_text(encoding="utf-8"))["events"], {"step": "the end"}]:
        if "step" in event:
            steps += 1
            shown = pod_of(decoded_spec(recorded["Config/cluster"]["spec"]))
            was = recorded["Deployment/image-registry"]
            assert {key: shown.get(key) for key in PLACEMENT} == {key: was.get(key) for key in PLACEMENT}, event
        elif event["object"] in recorded:
            recorded[event["object"]].update(event["changed"])
    assert steps == 7


def pod_of(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the pod that is made of a spec, with the resources of its container as the API stores them."""
    made = registry_deployment(spec, emptydir.parts({}), "sha256:0", NAMESPACE)["spec"]["template"]["spec"]
    resources = made["containers"][0]["resources"]
    return {**made, "resources": {kind: amounts for kind, amounts in resources.items() if amounts}}


@pytest.mark.parametrize("empty", [{"nodeSelector": {}}, {"topologySpreadConstraints": []}])
def test_an_empty_value_counts_only_until_the_operator_writes(empty: dict[str, Any]) -> None:
    spec = {"httpSecret": "s", "replicas": 1} | empty
    assert "topologySpreadConstraints" not in pod_of(decoded_spec(spec))
    assert "topologySpreadConstraints" in pod_of(canonical_spec(spec))
    assert canonical_spec(decoded_spec(spec)) == canonical_spec(spec)


def test_group_of_the_namespace() -> None:
    assert pod()["securityContext"]["fsGroup"] == 1000320000


def test_overrides_reach_the_deployment_and_its_pods() -> None:
    overrides = {"deployment": {"annotations": {"a": "b"}, "runtimeClassName": "r", "replicas": 9}, "other": 1}
    made = deployment(unsupportedConfigOverrides=overrides)
    template = made["spec"]["template"]
    assert made["metadata"]["annotations"]["a"] == template["metadata"]["annotations"]["a"] == "b"
    assert template["spec"]["runtimeClassName"] == "r"
    assert made["spec"]["replicas"] == 1


@pytest.mark.parametrize("overrides", [None, {}, {"deployment": None}, {"deployment": {"annotations": None}}])
def test_overrides_that_say_nothing(overrides: dict[str, Any] | None) -> None:
    assert deployment(unsupportedConfigOverrides=overrides) == deployment()


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ("x", "string into Go struct field ConfigOverrides.deployment of type resource.DeploymentOverrides"),
        ([], "array into Go struct field ConfigOverrides.deployment of type resource.DeploymentOverrides"),
        (
            {"annotations": ["a"]},
            "array into Go struct field DeploymentOverrides.deployment.annotations of type map[string]string",
        ),
        (
            {"annotations": {"a": True}},
            "bool into Go struct field DeploymentOverrides.deployment.annotations of type string",
        ),
        (
            {"runtimeClassName": 1},
            "number into Go struct field DeploymentOverrides.deployment.runtimeClassName of type string",
        ),
    ],
)
def test_overrides_of_another_type(overrides: Any, said: str) -> None:
    with pytest.raises(ApplyError) as caught:
        deployment(unsupportedConfigOverrides={"deployment": overrides})
    assert str(caught.value) == f"invalid unsupportedConfigOverrides: json: cannot unmarshal {said}"


def test_references_of_volumes_and_variables() -> None:
    parts = s3_pods.parts(canonical_spec({"storage": {"s3": {"bucket": "b"}}})["storage"]["s3"])
    volumes = [item.volume for item in [*parts.volumes, *registry_volumes()]]
    variables = [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "extra", "key": "k"}}}]
    assert references(volumes, variables) == [
        ("ConfigMap", "image-registry-certificates"),
        ("ConfigMap", "trusted-ca"),
        ("Secret", "extra"),
        ("Secret", "image-registry-private-configuration"),
        ("Secret", "image-registry-tls"),
        ("Secret", "installation-pull-secrets"),
    ]


def test_dependencies_checksum_follows_the_contents_only() -> None:
    def checksum(obj: dict[str, Any] | None) -> str:
        return dependencies_checksum([("Secret", "s", obj)])

    first = checksum({"metadata": {"resourceVersion": "1"}, "data": {"k": "v"}})
    assert first == checksum({"metadata": {"resourceVersion": "2"}, "data": {"k": "v"}})
    assert len({first, checksum({"data": {"k": "w"}}), checksum({}), checksum(None)}) == 4


def test_checksum_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    annotated = with_checksum({"metadata": {"name": "n", "annotations": {"x": "y"}}})
    assert annotated["metadata"]["annotations"]["x"] == "y"
    assert checksum_of(annotated) == f"sha256:{digest({'metadata': {'name': 'n', 'annotations': {'x': 'y'}}})}"


def test_same_spec_gives_the_same_deployment() -> None:
    assert with_checksum(deployment()) == with_checksum(deployment())
    assert with_checksum(deployment(replicas=2)) != with_checksum(deployment())
