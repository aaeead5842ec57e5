# SPDX-License-Identifier: GPL-3.0-or-later
"""emptyDir, claims, and storage that cannot be used."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.tests.operator_cases.watching import (
    BASELINE,
    BUDGET,
    NOT_FOUND,
    conditions,
    exists,
    is_observed,
    patch,
    reaches,
    states,
    storage_problem,
    version,
    volumes,
)
from tests.integration import api as paths
from tests.integration.api import Document
from tests.integration.lab import Lab
from tests.integration.setups import add_claim, wait_served

MANY_REPLICAS = "cannot use ReadWriteOnce access mode with more than one replica of the image registry"
ROLLING = "cannot use ReadWriteOnce access mode with RollingUpdate rollout strategy"
WAITING = (
    "True",
    "WaitingForDeployment",
    "All resources are successfully applied, but the deployment does not exist",
)


def issues(problem: str) -> dict[str, tuple[str, str, str]]:
    """Conditions while a claim cannot be used."""
    return {"Progressing": storage_problem(problem), "StorageExists": ("False", "PVC Issues Found", problem)}


def test_case_6_no_storage(clean: Lab) -> None:
    patch(clean, managementState="Managed")
    message = "Error: storage backend not configured"
    config = reaches(
        clean,
        {
            "Available": ("False", "StorageNotConfigured", message),
            "Progressing": ("False", "Error", "Unable to apply resources: storage backend not configured"),
            "Degraded": ("True", "StorageNotConfigured", message),
        },
    )
    assert config["spec"]["storage"] == {}
    assert clean.api.get(paths.DEPLOYMENT) is None


def test_case_7_empty_dir(clean: Lab, knobs: Callable[..., None]) -> None:
    knobs(cacheLag=0.3)
    since = version(clean)
    patch(clean, managementState="Managed", storage={"emptyDir": {}})
    seen = states(clean, since, lambda config: is_observed(config) and BASELINE.items() <= conditions(config).items())
    first = next(config for config in seen if config["status"]["observedGeneration"] == 2)
    # The Deployment is there, but the operator's cache does not have it yet.
    assert (conditions(first)["Available"], conditions(first)["Progressing"]) == (NOT_FOUND, WAITING)
    assert first["metadata"]["generation"] == 3
    last = seen[-1]
    assert last["spec"]["storage"] == last["status"]["storage"] == {"emptyDir": {}, "managementState": "Managed"}
    assert len(last["spec"]["httpSecret"]) == 128
    created = ("True", "Creation Successful", "EmptyDir storage successfully created")
    assert conditions(last)["StorageExists"] == created


def test_case_8_empty_dir_is_not_checked_for_replicas(serving: Lab) -> None:
    patch(serving, replicas=3)
    wait_served(serving)
    reaches(serving, BASELINE)
    assert exists(serving, paths.DEPLOYMENT)["spec"]["replicas"] == 3
    assert exists(serving, BUDGET)["spec"]["minAvailable"] == 1


def test_case_9_default_claim(serving: Lab) -> None:
    since = version(serving)
    patch(serving, storage={"emptyDir": None, "managementState": None, "pvc": {}})
    seen = states(serving, since, lambda config: conditions(config).get("StorageExists", ())[1:2] == ("PVC Exists",))
    assert ("True", "PVC Created", "") in [conditions(config)["StorageExists"] for config in seen]
    wait_served(serving)
    config = reaches(serving, BASELINE)
    assert config["spec"]["storage"] == {"pvc": {"claim": "image-registry-storage"}, "managementState": "Managed"}
    claim = exists(serving, f"{paths.CLAIMS}/image-registry-storage")
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    assert claim["spec"]["resources"] == {"requests": {"storage": "100Gi"}}
    assert claim["metadata"]["annotations"]["imageregistry.openshift.io"] == "true"


def test_case_10_own_claim(serving: Lab) -> None:
    add_claim(serving, "mine")
    patch(serving, replicas=2, storage={"emptyDir": None, "managementState": None, "pvc": {"claim": "mine"}})
    wait_served(serving)
    config = reaches(serving, BASELINE | {"StorageExists": ("True", "PVC Exists", "")})
    assert config["spec"]["storage"] == {"pvc": {"claim": "mine"}, "managementState": "Unmanaged"}
    volume = volumes(exists(serving, paths.DEPLOYMENT))["registry-storage"]
    assert volume["persistentVolumeClaim"] == {"claimName": "mine"}


def test_claim_without_a_volume(serving: Lab, knobs: Callable[..., None]) -> None:
    """The operator takes the claim; the scheduler finds no node for the pod until there is a volume."""
    knobs(bindClaims=False)
    add_claim(serving, "late")
    patch(serving, storage={"emptyDir": None, "managementState": None, "pvc": {"claim": "late"}})
    waits(serving, "PodScheduled", "pod has unbound immediate PersistentVolumeClaims")
    reaches(serving, {"StorageExists": ("True", "PVC Exists", "")})
    knobs(bindClaims=True)
    wait_served(serving)
    reaches(serving, BASELINE)


def test_claim_of_a_block_device(serving: Lab) -> None:
    """The registry wants a directory: the kubelet does not start a pod whose volume has none."""
    spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}, "volumeMode": "Block"}
    serving.api.create(paths.CLAIMS, {"metadata": {"name": "device"}, "spec": spec})
    patch(serving, storage={"emptyDir": None, "managementState": None, "pvc": {"claim": "device"}})
    waits(serving, "ContainersReady", "containers with unready status: [registry]")
    reaches(serving, {"StorageExists": ("True", "PVC Exists", "")})


def waits(lab: Lab, kind: str, message: str) -> None:
    """Wait until a pod says in a condition of this type that it cannot go on, and why."""

    def says(pods: list[Document]) -> bool:
        found = [conditions(pod).get(kind, ("", "", "")) for pod in pods]
        return any(status == "False" and message in text for status, _reason, text in found)

    lab.api.wait_for_all(paths.PODS, says)


def test_case_11_missing_claim(serving: Lab) -> None:
    before = exists(serving, paths.DEPLOYMENT)["spec"]
    patch(serving, storage={"emptyDir": None, "pvc": {"claim": "x"}})
    # The pods of the old storage serve on.
    problem = 'persistentvolumeclaims "x" not found'
    expected = issues(problem) | {"Available": BASELINE["Available"], "Degraded": BASELINE["Degraded"]}
    config = reaches(serving, expected)
    assert exists(serving, paths.DEPLOYMENT)["spec"] == before
    assert config["status"]["storage"] == {"emptyDir": {}, "managementState": "Managed"}
    add_claim(serving, "x")
    wait_served(serving)
    reaches(serving, BASELINE | {"StorageExists": ("True", "PVC Exists", "")})


def test_case_11_missing_claim_without_an_earlier_registry(clean: Lab, knobs: Callable[..., None]) -> None:
    knobs(inertia=300)
    patch(clean, managementState="Managed", storage={"pvc": {"claim": "x"}})
    expected = issues('persistentvolumeclaims "x" not found') | {"Available": NOT_FOUND}
    reaches(clean, expected | {"Degraded": ("False", "", "")})
    knobs(inertia=0.1)
    reaches(clean, expected | {"Degraded": ("True", "Unavailable", "The deployment does not exist")})


def test_case_12_shared_by_nobody_but_two_replicas(serving: Lab) -> None:
    add_claim(serving, "rwo", mode="ReadWriteOnce")
    patch(serving, replicas=2, storage={"emptyDir": None, "pvc": {"claim": "rwo"}})
    reaches(serving, issues(MANY_REPLICAS))
    assert exists(serving, paths.DEPLOYMENT)["spec"]["replicas"] == 1


def test_case_13_shared_by_nobody_but_rolling_update(serving: Lab) -> None:
    add_claim(serving, "rwo", mode="ReadWriteOnce")
    patch(serving, storage={"emptyDir": None, "pvc": {"claim": "rwo"}})
    reaches(serving, issues(ROLLING))


def test_cases_14_and_15_one_replica_then_more(serving: Lab) -> None:
    add_claim(serving, "rwo", mode="ReadWriteOnce")
    patch(serving, rolloutStrategy="Recreate", storage={"emptyDir": None, "pvc": {"claim": "rwo"}})
    wait_served(serving)
    reaches(serving, BASELINE)
    assert exists(serving, paths.DEPLOYMENT)["spec"]["strategy"] == {"type": "Recreate"}
    # A claim that is in use is not checked again.
    patch(serving, replicas=3)
    serving.api.wait_for(paths.DEPLOYMENT, lambda deployment: deployment["spec"]["replicas"] == 3)
    assert conditions(reaches(serving, {}))["StorageExists"] == ("True", "PVC Exists", "")


def test_case_16_two_backends(serving: Lab) -> None:
    before = exists(serving, paths.DEPLOYMENT)["metadata"]["generation"]
    patch(serving, storage={"pvc": {"claim": "x"}})
    problem = "exactly one storage type should be configured at the same time, got 2: [EmptyDir PVC]"
    reaches(serving, {"Progressing": storage_problem(problem)})
    assert exists(serving, paths.DEPLOYMENT)["metadata"]["generation"] == before


def test_case_17_switch(serving: Lab) -> None:
    add_claim(serving, "mine")
    patch(serving, storage={"emptyDir": None, "pvc": {"claim": "mine"}})
    wait_served(serving)
    config = reaches(serving, BASELINE)
    # The state of the storage sticks: the user's claim counts as the operator's now.
    assert config["status"]["storage"] == {"pvc": {"claim": "mine"}, "managementState": "Managed"}
