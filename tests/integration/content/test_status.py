# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook okd.image_registry.status: what a person reads of a registry."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG
from ansible_collections.okd.image_registry.plugins.module_utils._report import info

from sandbox.state import StateDirectory
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import Document
from tests.integration.lab import Lab
from tests.integration.playbook import Played, play

PLAYBOOK = "okd.image_registry.status"
HOST = "default-route-openshift-image-registry.apps.sandbox.example.com"

Status = Callable[..., Played]


@pytest.fixture(scope="module")
def serving(clean_module: Lab) -> Lab:
    """A registry that serves from a claim, with the default route."""
    setups.serve_from_claim(clean_module, defaultRoute=True)
    clean_module.api.wait_for_all(
        paths.ROUTES, lambda routes: routes and (routes[0].get("status") or {}).get("ingress")
    )
    return clean_module


@pytest.fixture
def status(state: StateDirectory, tmp_path: Path) -> Status:
    """Run the playbook by its full name, from a directory that has nothing to do with the collection."""

    def run(*arguments: str, **environment: str) -> Played:
        played = play(tmp_path, state.kubeconfig, PLAYBOOK, *arguments, **environment)
        assert played.changed == 0
        return played

    return run


@pytest.mark.parametrize("arguments", [(), ("--check", "--diff")], ids=["run", "check mode"])
def test_a_registry_that_serves(serving: Lab, status: Status, arguments: tuple[str, ...]) -> None:
    first, second = sorted(pod["metadata"]["name"] for pod in serving.api.items(paths.REGISTRY_PODS))
    lines = [re.sub(r" on worker-\d,", " on NODE,", line) for line in status(*arguments).message]
    version = serving.api.read(paths.DEPLOYMENT)["metadata"]["annotations"]["release.openshift.io/version"]
    assert lines == [
        f"Cluster: sandbox-x7k2p, {serving.api.server}, version {version}",
        "State: Managed",
        "Storage: pvc, claim registry, Unmanaged",
        "Claim registry: Bound, 100Gi, ReadWriteMany",
        "Replicas: 2 wanted, 2 ready",
        "Setting default_route: true",
        "Available: True, Ready: The registry is ready",
        "Progressing: False, Ready: The registry is ready",
        "Degraded: False",
        "StorageExists: True, PVC Exists",
        "ClusterOperator: Available True (Ready), Progressing False (Ready), Degraded False (AsExpected)",
        f"Route default-route: {HOST}, admitted by router default",
        f"Pod {first}: Running on NODE, ready, 0 restarts",
        f"Pod {second}: Running on NODE, ready, 0 restarts",
        "Pods operator: 1 of 1 ready",
        "Pods node-ca: 2 of 2 ready",
    ]


def test_what_may_not_be_seen_is_named(serving: Lab, status: Status) -> None:
    lines = status(K8S_AUTH_CONTEXT="sandbox-viewer").message
    assert lines[1:5] == [
        "State: Managed",
        "Storage: pvc, claim registry, Unmanaged",
        "Claim registry: Bound, 100Gi, ReadWriteMany",
        "Replicas: 2 wanted, 2 ready",
    ]
    assert lines[-1].startswith("Missing: Secret openshift-image-registry/*, forbidden: ")


def test_what_is_unknown_is_not_told_as_nothing(serving: Lab, status: Status) -> None:
    lines = status(K8S_AUTH_CONTEXT="sandbox-nobody").message
    assert lines[:4] == [
        f"Cluster: unknown, {serving.api.server}",
        "State: unknown",
        "Storage: unknown",
        "Replicas: unknown wanted, unknown ready",
    ]
    assert all(line.startswith("Missing: ") for line in lines[4:])
    assert len(lines[4:]) == len(info.refs({"name": CLUSTER_CONFIG.name}))


def test_another_name(serving: Lab, status: Status) -> None:
    lines = status("-e", "registry_name=instance").message
    assert lines[1] == "State: unknown"
    assert (
        lines[-1]
        == "Missing: Config instance, absent: It does not exist. The operator looks at the Config cluster only."
    )


def test_a_registry_in_trouble(clean: Lab, knobs: Callable[..., None], status: Status) -> None:
    knobs(podOutcome="unschedulable", refuseRoutes="*", refuseReason="HostAlreadyClaimed", refuseMessage="it is taken")
    patch = {"managementState": "Managed", "defaultRoute": True, "storage": {"emptyDir": {}}}
    clean.api.patch(paths.CONFIG, {"spec": patch})
    clean.api.wait_for_all(paths.REGISTRY_PODS, lambda pods: any("Unschedulable" in str(pod) for pod in pods))
    clean.api.wait_for_all(paths.ROUTES, _are_seen_by_a_router)
    lines = status().message
    assert "Storage: emptyDir, Managed" in lines
    assert "Replicas: 1 wanted, 0 ready" in lines
    assert "Available: False, NoReplicasAvailable: The deployment does not have available replicas" in lines
    assert f"Route default-route: {HOST}, refused by router default (HostAlreadyClaimed: it is taken)" in lines
    (pod,) = [line for line in lines if line.startswith("Pod image-registry-")]
    assert re.search(
        r": Pending on no node, not ready \(pod \S+ cannot be scheduled: Unschedulable.*\), 0 restarts$", pod
    )


def test_a_registry_that_is_removed(clean: Lab, status: Status) -> None:
    lines = status().message
    assert lines[1:4] == ["State: Removed", "Storage: not configured", "Replicas: 1 wanted, 0 ready"]
    assert lines[-1].startswith("Missing: Deployment openshift-image-registry/image-registry, absent: ")


def _are_seen_by_a_router(routes: list[Document]) -> bool:
    return bool(routes) and all((route.get("status") or {}).get("ingress") for route in routes)
