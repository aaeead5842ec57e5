# SPDX-License-Identifier: GPL-3.0-or-later
"""ClusterOperator: status, reason and message of the union, and the version."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.operator import names
from sandbox.operator.clusteroperator import operator_version, union
from sandbox.operator.conditions import Condition


def condition(kind: str, status: str, reason: str = "", message: str = "") -> dict[str, str]:
    return {"type": kind, "status": status, "reason": reason, "message": message}


def test_healthy() -> None:
    united = union(
        [
            condition("Available", "True", "Ready", "The registry is ready"),
            condition("Progressing", "False", "Ready", "The registry is ready"),
            condition("Degraded", "False"),
            condition("Removed", "False"),
        ],
        [condition("Available", "True", "AsExpected", "made"), condition("Failed", "False", "Complete", "done")],
    )
    message = "Available: The registry is ready\nImagePrunerAvailable: made"
    assert united["Available"] == Condition("True", "Ready", message)
    assert united["Progressing"] == Condition("False", "Ready", "Progressing: The registry is ready")
    assert united["Degraded"] == Condition("False", "AsExpected", "")


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        (["True", "True"], "True"),
        (["True", "False"], "False"),
        (["True", "Unknown"], "Unknown"),
        (["Unknown", "False"], "False"),
        ([], "True"),
    ],
)
def test_first_abnormal_status_wins_over_unknown(statuses: list[str], status: str) -> None:
    inputs = [condition(f"X{index}Available", value, "Why") for index, value in enumerate(statuses)]
    assert union(inputs, [])["Available"].status == status


def test_reasons_are_prefixed_sorted_and_joined() -> None:
    united = union(
        [condition("Degraded", "True", "VerificationFailed", "a\nb"), condition("NodeCADaemonDegraded", "False", "X")],
        [condition("Degraded", "True", "JobFailed", "c")],
    )
    assert united["Degraded"] == Condition(
        "True",
        "ImagePrunerJobFailed::NodeCADaemonX::VerificationFailed",
        "Degraded: a\nDegraded: b\nImagePrunerDegraded: c",
    )


def deployment(**status: Any) -> dict[str, Any]:
    serving = {"availableReplicas": 1, "observedGeneration": 3, "updatedReplicas": 1, "replicas": 1}
    annotations = {names.RELEASE_VERSION_ANNOTATION: "4.99.0"}
    return {"metadata": {"generation": 3, "annotations": annotations}, "status": serving | status}


@pytest.mark.parametrize(
    ("state", "given", "version"),
    [
        ("Removed", None, names.RELEASE_VERSION),
        ("Unmanaged", deployment(), names.RELEASE_VERSION),
        ("Managed", None, "4.1.0"),
        ("Managed", deployment(), "4.99.0"),
        ("Managed", deployment(availableReplicas=0), "4.1.0"),
        ("Managed", deployment(observedGeneration=2), "4.1.0"),
        ("Managed", deployment(updatedReplicas=0), "4.1.0"),
    ],
)
def test_version(state: str, given: dict[str, Any] | None, version: str) -> None:
    assert operator_version(state, given, "4.1.0") == version
