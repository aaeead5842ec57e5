# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions of the Config that describe the DaemonSet `node-ca`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .conditions import Condition


def node_ca_conditions(daemon_set: Mapping[str, Any] | None) -> dict[str, Condition]:
    """NodeCADaemon conditions by type."""
    if daemon_set is None:
        missing = "The daemon set node-ca does not exist"
        return {
            "NodeCADaemonAvailable": Condition("False", "NotFound", missing),
            "NodeCADaemonProgressing": Condition("True", "NotFound", missing),
        }
    return {
        "NodeCADaemonAvailable": _available(daemon_set.get("status") or {}),
        "NodeCADaemonProgressing": _progressing(daemon_set.get("status") or {}),
        "NodeCADaemonControllerDegraded": Condition("False", "AsExpected"),
    }


def _available(status: Mapping[str, Any]) -> Condition:
    if status.get("numberAvailable", 0) > 0:
        return Condition("True", "AsExpected", "The daemon set node-ca has available replicas")
    return Condition("False", "NoAvailableReplicas", "The daemon set node-ca does not have available replicas")


def _progressing(status: Mapping[str, Any]) -> Condition:
    outdated = status.get("updatedNumberScheduled", 0) < status.get("desiredNumberScheduled", 0)
    if outdated or status.get("numberMisscheduled", 0) > 0:
        return Condition("True", "Progressing", "The daemon set node-ca is updating node pods")
    return Condition("False", "AsExpected", "The daemon set node-ca is deployed")
