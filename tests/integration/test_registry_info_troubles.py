# SPDX-License-Identifier: GPL-3.0-or-later
"""registry_info where something is missing or wrong: the registry, its pods, its routes, OpenShift altogether."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox import controlplane, sandbox
from sandbox.binaries import find_binaries
from sandbox.state import Running, StateDirectory
from tests.integration import api as paths
from tests.integration.lab import Lab

GROUP = "imageregistry.operator.openshift.io"
KINDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Path]:
    """The kubeconfig of a Kubernetes that has never heard of OpenShift."""
    state, running = StateDirectory(tmp_path), Running()
    with state.lock(print):
        controlplane.boot(state, running, find_binaries(print), print)
    yield state.kubeconfig
    sandbox.down(state, print)


def test_a_removed_registry(clean: Lab) -> None:
    result = clean.run("registry_info", {})
    assert result["registry"]["state"] == "Removed"
    assert result["registry"]["replicas"] == {"wanted": 1, "ready": 0}
    assert result["conditions"]["Removed"]["status"] == "True"
    assert result["missing"] == [
        {
            "part": "deployments.registry",
            "object": "Deployment openshift-image-registry/image-registry",
            "reason": "absent",
            "message": "It does not exist. The operator makes it when the registry is Managed and its storage is "
            "configured.",
        }
    ]
    assert result["deployments"]["registry"] is None
    assert result["image_config"] == {"internal_registry_hostname": None, "external_registry_hostnames": []}
    for part in ("replica_sets", "services", "routes", "claims"):
        assert result[part] == []
    assert result["pods"]["registry"] == []
    assert [len(result["pods"][group]) for group in ("operator", "node_ca")] == [1, 2]


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("crash", "CrashLoopBackOff"),
        ("unschedulable", "cannot be scheduled: Unschedulable"),
    ],
)
def test_pods_that_do_not_get_ready_say_why(clean: Lab, knobs: Callable[..., None], outcome: str, said: str) -> None:
    knobs(podOutcome=outcome)
    clean.api.patch(paths.CONFIG, {"spec": {"managementState": "Managed", "replicas": 1, "storage": {"emptyDir": {}}}})
    clean.api.wait_for_all(paths.REGISTRY_PODS, lambda pods: any(said.split(": ")[-1] in str(pod) for pod in pods))
    (pod,) = clean.run("registry_info", {})["pods"]["registry"]
    assert pod["ready"] is False
    assert said in pod["why_not_ready"]
    assert pod["name"] in pod["why_not_ready"]


def test_a_route_that_a_router_refuses(clean: Lab, knobs: Callable[..., None]) -> None:
    knobs(refuseRoutes="default-route", refuseReason="HostAlreadyClaimed", refuseMessage="somebody else has it")
    clean.api.patch(
        paths.CONFIG,
        {"spec": {"managementState": "Managed", "defaultRoute": True, "storage": {"emptyDir": {}}}},
    )
    clean.api.wait_for_all(paths.ROUTES, lambda routes: routes and (routes[0].get("status") or {}).get("ingress"))
    result = clean.run("registry_info", {})
    ((admission,),) = [route["admission"] for route in result["routes"]]
    assert (admission["admitted"], admission["reason"], admission["message"]) == (
        False,
        "HostAlreadyClaimed",
        "somebody else has it",
    )
    assert result["registry"]["hosts"] == []


def test_a_kind_that_the_cluster_does_not_serve(clean: Lab) -> None:
    clean.api.delete(f"{KINDS}/imagepruners.{GROUP}")
    clean.api.wait_gone(f"{KINDS}/imagepruners.{GROUP}")
    result = clean.run("registry_info", {})
    missing = {entry["part"]: entry for entry in result["missing"]}
    assert set(missing) == {"image_pruner", "deployments.registry"}
    assert "does not serve imagepruners of imageregistry.operator.openshift.io/v1" in missing["image_pruner"]["message"]
    assert result["config"] is not None


def test_a_cluster_that_is_not_openshift(lab: Lab, bare: Path) -> None:
    result = lab.run("registry_info", {"kubeconfig": str(bare)})
    missing = {entry["part"]: entry["message"] for entry in result["missing"]}
    assert {entry["reason"] for entry in result["missing"]} == {"absent"}
    assert {part for part, message in missing.items() if "does not serve" in message} == {
        "cluster.infrastructure_name",
        "config",
        "cluster_operator",
        "routes",
        "image_config",
        "image_pruner",
    }
    assert set(missing) - {part for part, message in missing.items() if "does not serve" in message} == {
        "deployments.registry",
        "deployments.operator",
    }
    assert result["registry"]["state"] is None
