# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificate authorities, and the conditions of the DaemonSet that takes them to the nodes."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.operator.certificates import additional_authorities, all_authorities, service_authorities
from sandbox.operator.errors import ApplyError
from sandbox.operator.nodeca import node_ca_conditions

HOSTS = (
    "image-registry.openshift-image-registry.svc..5000",
    "image-registry.openshift-image-registry.svc.cluster.local..5000",
)
OWN = {host: "SERVICE" for host in HOSTS}


def test_service_authorities() -> None:
    assert service_authorities({"data": {"service-ca.crt": "SERVICE"}}) == OWN
    assert service_authorities({"data": {}}) == service_authorities(None) == {}


@pytest.mark.parametrize(
    ("storage", "disable_redirect", "own"),
    [("", False, "SERVICE"), ("STORAGE", True, "SERVICE"), ("STORAGE", False, "SERVICE\nSTORAGE")],
)
def test_storage_authority_joins_the_registrys_own(storage: str, disable_redirect: bool, own: str) -> None:
    everything = all_authorities(OWN, {"lab..5000": "LAB"}, storage, disable_redirect)
    expected = {host: own for host in HOSTS} | {"lab..5000": "LAB"}
    assert everything == expected | ({"storage-ca-bundle.pem": storage} if storage else {})


@pytest.mark.parametrize("spec", [{}, {"additionalTrustedCA": {"name": ""}}])
def test_no_additional_authorities(spec: dict[str, Any]) -> None:
    assert additional_authorities({"spec": spec}, {}) == {}


def test_additional_authorities() -> None:
    image_config = {"spec": {"additionalTrustedCA": {"name": "cas"}}}
    assert additional_authorities(image_config, {"cas": {"data": {"h": "C"}}}) == {"h": "C"}
    with pytest.raises(ApplyError, match=r'^configmap "cas" not found$'):
        additional_authorities(image_config, {})


@pytest.mark.parametrize(
    ("status", "available", "progressing"),
    [
        ({"numberAvailable": 2, "desiredNumberScheduled": 2, "updatedNumberScheduled": 2}, "AsExpected", "AsExpected"),
        ({"desiredNumberScheduled": 2, "updatedNumberScheduled": 1}, "NoAvailableReplicas", "Progressing"),
        ({"numberAvailable": 1, "numberMisscheduled": 1}, "AsExpected", "Progressing"),
    ],
)
def test_node_ca(status: dict[str, int], available: str, progressing: str) -> None:
    conditions = node_ca_conditions({"status": status})
    assert conditions["NodeCADaemonAvailable"].reason == available
    assert conditions["NodeCADaemonProgressing"].reason == progressing
    assert conditions["NodeCADaemonControllerDegraded"].status == "False"


def test_missing_node_ca() -> None:
    conditions = node_ca_conditions(None)
    assert {kind: condition.reason for kind, condition in conditions.items()} == {
        "NodeCADaemonAvailable": "NotFound",
        "NodeCADaemonProgressing": "NotFound",
    }
