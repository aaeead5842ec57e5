# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that waits ends early, with the operator's, the router's or the kubelet's words, when it cannot get there.

What is refused before any write is brought about from outside, so that the wait meets it as well.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.integration import api as paths
from tests.integration import setups
from tests.integration.lab import Lab

GRACE_SECONDS = 2
EARLY_SECONDS = 12.0
TIMEOUT_SECONDS = 60
SILENT_SECONDS, LEASE_SECONDS = 8, 15
LEASE = f"/apis/coordination.k8s.io/v1/namespaces/{paths.NAMESPACE}/leases/openshift-master-controllers"
WITH_ROUTE = {"default_route": True}


@dataclass(frozen=True)
class Trouble:
    """How a cluster gets into trouble, the task that runs into it, and the words that it ends with.

    knobs are set after prepare. meanwhile: a patch of the Config's spec that comes while the task waits, for what it
    would refuse before. permanent: the task ends at once, whatever its error_grace.
    """

    id: str
    prepare: Callable[[Lab], None]
    module: str
    args: dict[str, Any]
    says: tuple[str, ...]
    knobs: dict[str, Any] = field(default_factory=dict)
    meanwhile: dict[str, Any] = field(default_factory=dict)
    permanent: bool = False


def _nothing(_lab: Lab) -> None:
    pass


def _lose_claim(lab: Lab) -> None:
    setups.serve_from_claim(lab)
    lab.api.delete(f"{paths.CLAIMS}/registry")


def _configure(**spec: Any) -> Callable[[Lab], None]:
    def configure(lab: Lab) -> None:
        lab.api.patch(paths.CONFIG, {"spec": {"managementState": "Managed", **spec}})

    return configure


def _block_claim(lab: Lab) -> None:
    setups.add_claim(lab, "block", mode="ReadWriteOnce")
    setups.wait_bound(lab, "block")
    storage = {"pvc": {"claim": "block"}, "managementState": "Unmanaged"}
    _configure(storage=storage, replicas=2, rolloutStrategy="Recreate")(lab)


def _missing_tls_secret(lab: Lab) -> None:
    setups.serve_from_claim(lab)
    lab.api.patch(paths.CONFIG, {"spec": {"routes": [{"name": "public", "secretName": "nowhere"}]}})


def _bucket_without_credentials(lab: Lab) -> None:
    setups.add_bucket(lab)
    bucket = {"bucket": setups.BUCKET, "region": setups.REGION, "regionEndpoint": lab.s3_endpoint}
    _configure(storage={"s3": bucket, "managementState": "Unmanaged"})(lab)


def _bucket_with_half_credentials(lab: Lab) -> None:
    name = paths.USER_SECRET.rsplit("/", 1)[1]
    setups.add_secret(lab, name, {"REGISTRY_STORAGE_S3_ACCESSKEY": setups.ACCESS_KEY})
    _bucket_without_credentials(lab)


def _operator_refused_by_store(lab: Lab) -> None:
    setups.add_credentials(lab)
    _bucket_without_credentials(lab)


FROM_CLAIM = {"management_state": "Managed", "storage": {"pvc": {"claim": "registry", "size": "10Gi"}}, "replicas": 2}

TROUBLES = [
    Trouble(
        "claim lost",
        _lose_claim,
        "registry_routes",
        WITH_ROUTE,
        ("unable to sync storage configuration", 'persistentvolumeclaims "registry" not found'),
    ),
    Trouble(
        "claim missing from the start",
        _configure(storage={"pvc": {"claim": "nowhere"}}),
        "registry_routes",
        WITH_ROUTE,
        ('persistentvolumeclaims "nowhere" not found',),
    ),
    Trouble(
        "ReadWriteOnce claim with two replicas",
        _block_claim,
        "registry_routes",
        WITH_ROUTE,
        ("cannot use ReadWriteOnce access mode with more than one replica of the image registry",),
    ),
    Trouble(
        "two backends",
        setups.serve_from_claim,
        "registry_replicas",
        {"replicas": 3},
        ("exactly one storage type should be configured at the same time, got 2: [EmptyDir PVC]",),
        {"holdRollout": True},
        meanwhile={"storage": {"emptyDir": {}}},
    ),
    Trouble(
        "TLS secret missing",
        _missing_tls_secret,
        "registry_replicas",
        {"replicas": 3},
        ("unable to apply objects: failed to create object *v1.Route", 'secret "nowhere" not found'),
    ),
    Trouble(
        "route refused",
        setups.serve_from_claim,
        "registry_routes",
        {"routes": [{"name": "public", "hostname": "registry.example.com"}]},
        (
            "does not admit route public (host registry.example.com)",
            "HostAlreadyClaimed",
            "a route in another namespace holds the requested host",
        ),
        {"refuseRoutes": "public"},
    ),
    Trouble(
        "default route refused",
        setups.serve_from_claim,
        "registry_routes",
        WITH_ROUTE,
        ("does not admit route default-route", "not today"),
        {"refuseRoutes": "*", "refuseMessage": "not today"},
    ),
    Trouble(
        "credentials missing",
        _bucket_without_credentials,
        "registry_routes",
        WITH_ROUTE,
        ("unable to get cluster minted credentials", 'secret "installer-cloud-credentials" not found'),
    ),
    Trouble(
        "credentials incomplete",
        _bucket_with_half_credentials,
        "registry_routes",
        WITH_ROUTE,
        ("does not contain required key", "REGISTRY_STORAGE_S3_SECRETKEY"),
    ),
    Trouble(
        "credentials refused by the store",
        _operator_refused_by_store,
        "registry_routes",
        WITH_ROUTE,
        ("unable to sync storage configuration", "InvalidAccessKeyId"),
        {"storageCall": "InvalidAccessKeyId"},
    ),
    Trouble(
        "storage not configured",
        _nothing,
        "registry",
        {"management_state": "Managed"},
        ("StorageNotConfigured", "storage backend not configured"),
        permanent=True,
    ),
    Trouble(
        "replicas that cannot be",
        _configure(storage={"emptyDir": {}}, replicas=-1),
        "registry_routes",
        WITH_ROUTE,
        ("VerificationFailed", "replicas must be greater than or equal to 0"),
        permanent=True,
    ),
    Trouble(
        "route named twice",
        _configure(storage={"emptyDir": {}}, routes=[{"name": "one"}, {"name": "one"}]),
        "registry_replicas",
        {"rollout_strategy": "Recreate"},
        ("VerificationFailed", "duplication of names has been detected in the additional routes"),
        permanent=True,
    ),
    Trouble(
        "pods crash",
        _nothing,
        "registry",
        FROM_CLAIM,
        ("0 of 2 pods are available", "container registry of pod image-registry-", "CrashLoopBackOff"),
        {"podOutcome": "crash"},
    ),
    Trouble(
        "image cannot be pulled",
        _nothing,
        "registry",
        FROM_CLAIM,
        ("container registry of pod image-registry-", "ImagePull"),
        {"podOutcome": "image-pull"},
    ),
    Trouble(
        "pods cannot be scheduled",
        _nothing,
        "registry",
        FROM_CLAIM,
        ("pod image-registry-", "cannot be scheduled", "Unschedulable"),
        {"podOutcome": "unschedulable"},
    ),
    Trouble(
        "rollout over its deadline",
        _nothing,
        "registry",
        FROM_CLAIM,
        ("the rollout timed out", "has timed out progressing"),
        {"podOutcome": "pending", "progressDeadline": 2},
    ),
    Trouble(
        "new pods of a registry that serves crash",
        setups.serve_from_claim,
        "registry_replicas",
        {"replicas": 3},
        ("3 of 3 pods have the new configuration", "CrashLoopBackOff"),
        {"podOutcome": "crash"},
    ),
    Trouble(
        "operator cannot read the Config",
        setups.serve_from_claim,
        "registry_replicas",
        {"replicas": 3},
        ("the operator has not observed generation",),
        {"holdRollout": True},
        meanwhile={"requests": {"read": {"maxWaitInQueue": "1d"}}},
    ),
]


@pytest.mark.parametrize("trouble", [pytest.param(trouble, id=trouble.id) for trouble in TROUBLES])
def test_task_ends_early_with_the_reason(clean: Lab, knobs: Callable[..., None], trouble: Trouble) -> None:
    trouble.prepare(clean)
    knobs(**trouble.knobs)
    grace = TIMEOUT_SECONDS if trouble.permanent else GRACE_SECONDS
    limits = {"wait_timeout": TIMEOUT_SECONDS, "error_grace": grace}
    mark = clean.log.mark()
    task = clean.start(trouble.module, {**trouble.args, **limits})
    if trouble.meanwhile:
        clean.log.until_waiting(mark)
        clean.api.patch(paths.CONFIG, {"spec": trouble.meanwhile})
    result = task.result()
    assert result.get("failed"), result
    missing = [part for part in trouble.says if part not in result["msg"]]
    assert not missing, f"{missing} not in: {result['msg']}"
    # It was written before it failed, and the result says so.
    assert result["changed"] is True
    assert result["plan"]
    assert result["rollout"]["waited"] is True
    assert result["rollout"]["duration"] < EARLY_SECONDS
    assert result["rollout"]["seen"][-1]["state"] in result["msg"]
    if not trouble.permanent:
        assert result["rollout"]["duration"] >= GRACE_SECONDS
        assert f"This lasted for {GRACE_SECONDS} seconds (error_grace)" in result["msg"]


def test_an_operator_that_does_not_look_is_waited_for_longer_and_looked_at(
    clean: Lab, knobs: Callable[..., None]
) -> None:
    setups.serve_from_claim(clean)
    knobs(operatorPaused=True)
    limits = {"error_grace": GRACE_SECONDS, "wait_timeout": SILENT_SECONDS}
    result = clean.modules.run("registry_replicas", {"replicas": 3, **limits})
    assert result["failed"]
    assert f"within {SILENT_SECONDS} seconds (wait_timeout): the operator has not observed generation" in result["msg"]
    assert "Lease openshift-master-controllers is held by cluster-image-registry-operator-" in result["msg"]
    assert "oc logs" in result["msg"]


def test_a_fail_over_of_the_operator_is_outlasted(clean: Lab, knobs: Callable[..., None]) -> None:
    setups.serve_from_claim(clean)
    knobs(leaseDuration=LEASE_SECONDS)
    holder = clean.api.read(LEASE)["spec"]["holderIdentity"]
    clean.api.wait_for(LEASE, lambda lease: lease["spec"]["leaseDurationSeconds"] == LEASE_SECONDS)
    knobs(operatorCrashed=True)
    knobs(operatorCrashed=None)
    result = clean.run("registry_replicas", {"replicas": 3, "error_grace": GRACE_SECONDS})
    assert result["registry"]["replicas"] == {"wanted": 3, "ready": 3}
    assert result["rollout"]["duration"] > GRACE_SECONDS
    spec = clean.api.read(LEASE)["spec"]
    assert (spec["holderIdentity"] != holder, spec["leaseTransitions"]) == (True, 1)


def test_error_is_reported_also_where_nothing_changed(clean: Lab) -> None:
    _missing_tls_secret(clean)
    result = clean.modules.run("registry_replicas", {"replicas": 2, "error_grace": GRACE_SECONDS})
    assert (result["failed"], result["changed"], result["plan"]) == (True, False, [])
    assert 'secret "nowhere" not found' in result["msg"]
