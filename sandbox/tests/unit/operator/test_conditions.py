# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions of the Config: the rows of the operator's syncStatus, and which of them wins."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.operator.conditions import Condition, Observed, registry_conditions
from sandbox.operator.errors import ApplyError, PermanentError

RETRYABLE = ApplyError("unable to sync storage configuration: no")
PERMANENT = PermanentError("StorageNotConfigured", "storage backend not configured")

UNMANAGED = "The registry configuration is set to unmanaged mode"


def deployment(reason: str = "NewReplicaSetAvailable", deleted: bool = False, **status: Any) -> dict[str, Any]:
    progressing = {"type": "Progressing", "status": "True", "reason": reason, "message": "it took too long"}
    if reason == "ProgressDeadlineExceeded":
        progressing["status"] = "False"
    metadata = {"deletionTimestamp": "2026-01-01T00:00:00Z"} if deleted else {}
    return {"metadata": metadata, "status": status | {"conditions": [progressing]}}


def ready(replicas: int = 2, **changes: Any) -> dict[str, Any]:
    return deployment(**({"replicas": replicas, "availableReplicas": replicas} | changes))


def route(status: str) -> dict[str, Any]:
    condition = {"type": "Admitted", "status": status, "message": "the host is taken"}
    ingress = {"host": "r.example.com", "routerName": "default", "conditions": [condition]}
    return {"metadata": {"name": "public"}, "status": {"ingress": [ingress]}}


CASES = [
    # given, Available, Progressing, Degraded
    (
        Observed("Unmanaged", ready()),
        Condition("True", "Unmanaged", UNMANAGED),
        Condition("False", "Unmanaged", UNMANAGED),
        Condition("False", "Unmanaged", UNMANAGED),
    ),
    (
        Observed("Managed", None, error=PERMANENT),
        Condition("False", "StorageNotConfigured", "Error: storage backend not configured"),
        Condition("False", "Error", "Unable to apply resources: storage backend not configured"),
        Condition("True", "StorageNotConfigured", "Error: storage backend not configured"),
    ),
    (
        Observed("Managed", ready(), error=PERMANENT),
        Condition("True", "Ready", "The registry is ready"),
        Condition("False", "Error", "Unable to apply resources: storage backend not configured"),
        Condition("True", "StorageNotConfigured", "Error: storage backend not configured"),
    ),
    (
        Observed("Removed", None),
        Condition("True", "Removed", "The registry is removed"),
        Condition("False", "Removed", "All registry resources are removed"),
        Condition("False", "Removed", "The registry is removed"),
    ),
    (
        Observed("Removed", ready(deleted=True)),
        Condition("False", "DeploymentDeleted", "The deployment is being deleted"),
        Condition("True", "DeletingDeployment", "The deployment is being removed"),
        Condition("False", "Removed", "The registry is removed"),
    ),
    (
        Observed("Managed", None, error=RETRYABLE),
        Condition("False", "DeploymentNotFound", "The deployment does not exist"),
        Condition("True", "Error", "Unable to apply resources: unable to sync storage configuration: no"),
        Condition("False"),
    ),
    (
        Observed("Managed", None),
        Condition("False", "DeploymentNotFound", "The deployment does not exist"),
        Condition(
            "True",
            "WaitingForDeployment",
            "All resources are successfully applied, but the deployment does not exist",
        ),
        Condition("False"),
    ),
    (
        Observed("Force", None),
        Condition("False", "DeploymentNotFound", "The deployment does not exist"),
        Condition(
            "True",
            "WaitingForDeployment",
            "All resources are successfully applied, but the deployment does not exist",
        ),
        Condition("False"),
    ),
    (
        Observed("Managed", ready(deleted=True)),
        Condition("False", "DeploymentDeleted", "The deployment is being deleted"),
        Condition("True", "FinalizingDeployment", "The deployment is being deleted"),
        Condition("False"),
    ),
    (
        Observed("Managed", {"metadata": {}}),
        Condition("False", "NoReplicasAvailable", "The deployment does not have available replicas"),
        Condition("True", "DeploymentNotCompleted", "The deployment has not completed"),
        Condition("False"),
    ),
    (
        Observed("Managed", deployment("ReplicaSetUpdated", replicas=3, availableReplicas=2)),
        Condition("True", "MinimumAvailability", "The registry has minimum availability"),
        Condition("True", "DeploymentNotCompleted", "The deployment has not completed"),
        Condition("False"),
    ),
    (
        # A scale-up does not end the Deployment's own condition, so Progressing stays False.
        Observed("Managed", deployment(replicas=3, availableReplicas=1)),
        Condition("True", "MinimumAvailability", "The registry has minimum availability"),
        Condition("False", "Ready", "The registry is ready"),
        Condition("False"),
    ),
    (
        Observed("Managed", ready()),
        Condition("True", "Ready", "The registry is ready"),
        Condition("False", "Ready", "The registry is ready"),
        Condition("False"),
    ),
    (
        Observed("Managed", ready(), error=RETRYABLE),
        Condition("True", "Ready", "The registry is ready"),
        Condition("True", "Error", "Unable to apply resources: unable to sync storage configuration: no"),
        Condition("False"),
    ),
    (
        Observed("Managed", ready(0), unavailable_for=301),
        Condition("False", "NoReplicasAvailable", "The deployment does not have available replicas"),
        Condition("False", "Ready", "The registry is ready"),
        Condition("True", "Unavailable", "The deployment does not have available replicas"),
    ),
    (
        Observed("Managed", ready(reason="ProgressDeadlineExceeded")),
        Condition("True", "Ready", "The registry is ready"),
        Condition("True", "DeploymentNotCompleted", "The deployment has not completed"),
        Condition(
            "True", "ProgressDeadlineExceeded", "Registry deployment has timed out progressing: it took too long"
        ),
    ),
    (
        Observed("Managed", ready(), routes=[route("True"), route("False")]),
        Condition("True", "Ready", "The registry is ready"),
        Condition("False", "Ready", "The registry is ready"),
        Condition(
            "True",
            "RouteDegraded",
            "route public (host r.example.com, router default) not admitted: the host is taken",
        ),
    ),
    (
        # Refused routes are not looked at while the rollout goes on.
        Observed("Managed", ready(reason="ReplicaSetUpdated"), routes=[route("False")]),
        Condition("True", "Ready", "The registry is ready"),
        Condition("True", "DeploymentNotCompleted", "The deployment has not completed"),
        Condition("False"),
    ),
]


@pytest.mark.parametrize(("observed", "available", "progressing", "degraded"), CASES)
def test_rows(observed: Observed, available: Condition, progressing: Condition, degraded: Condition) -> None:
    conditions = registry_conditions(observed)
    assert conditions["Available"] == available
    assert conditions["Progressing"] == progressing
    assert conditions["Degraded"] == degraded


@pytest.mark.parametrize("state", ["Managed", "Unmanaged", "Removed", "Force", ""])
def test_removed_tells_the_management_state_only(state: str) -> None:
    expected = Condition("True", "Removed", "The registry is removed") if state == "Removed" else Condition("False")
    assert registry_conditions(Observed(state, ready()))["Removed"] == expected


@pytest.mark.parametrize(("seconds", "status"), [(299, "False"), (300, "False"), (301, "True")])
def test_unavailable_only_after_the_inertia(seconds: float, status: str) -> None:
    observed = Observed("Managed", None, unavailable_for=seconds, inertia=300)
    assert registry_conditions(observed)["Degraded"].status == status
