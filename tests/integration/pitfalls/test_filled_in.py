# SPDX-License-Identifier: GPL-3.0-or-later
"""Pitfalls of what the operator and the API server fill in, or drop, by themselves."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration import api as paths
from tests.integration import setups
from tests.integration.lab import Lab, warnings
from tests.integration.prediction import converge, idempotent

CRD = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/configs.imageregistry.operator.openshift.io"


def test_only_the_field_that_changes_is_sent(clean: Lab) -> None:
    """Whoever writes back a whole spec made of variables wipes, or fights over, what the operator filled in."""
    setups.serve(clean, {"storage": {"pvc": {}}, "replicas": 1})
    profile = {"servingInfo": {"minTLSVersion": "VersionTLS12", "cipherSuites": ["ECDHE-RSA-AES128-GCM-SHA256"]}}
    clean.api.patch(paths.CONFIG, {"spec": {"observedConfig": profile}})
    setups.wait_served(clean)
    before = clean.spec()
    filled_in = (before["httpSecret"], before["storage"]["pvc"]["claim"], before["storage"]["managementState"])
    assert all(filled_in)

    mark = clean.log.mark()
    args = {"management_state": "Managed", "storage": {"pvc": {}}, "replicas": 2, "log_level": "Normal"}
    result = clean.run("registry", args)
    assert [(request.verb, request.path) for request in clean.log.writes_since(mark)] == [("patch", paths.CONFIG)]
    assert [step["fields"] for step in result["plan"]] == [["spec.replicas"]]
    assert clean.spec() == {**before, "replicas": 2}


def test_claim_without_a_name_is_the_operators_own(clean: Lab) -> None:
    """`pvc: {}` and `claim: ""` mean the default claim, whose name the operator fills in."""
    converge(clean, "registry_storage", {"management_state": "Managed", "storage": {"pvc": {}}})
    assert clean.spec()["storage"]["pvc"] == {"claim": "image-registry-storage"}
    idempotent(clean, "registry_storage", {"storage": {"pvc": {"claim": ""}}})
    # The same claim by its name is no move away from it; it only becomes the user's.
    result = clean.run("registry_storage", {"storage": {"pvc": {"claim": "image-registry-storage"}}}, check=True)
    assert [step["fields"] for step in result["plan"]] == [["spec.storage.managementState"]]


def test_azure_network_access_that_appears_by_itself_is_no_change(clean: Lab) -> None:
    """The API server adds `networkAccess: {type: External}` to every Azure storage."""
    azure = {"account_name": "images", "container": "registry"}
    clean.run("registry_storage", {"storage": {"azure": azure}})
    assert clean.spec()["storage"]["azure"]["networkAccess"] == {"type": "External"}
    spellings: tuple[dict[str, Any], ...] = ({}, {"network_access": {"type": "External"}}, {"network_access": {}})
    for more in spellings:
        idempotent(clean, "registry_storage", {"storage": {"azure": {**azure, **more}}})


def test_azure_network_access_can_be_closed_but_not_opened_again(clean: Lab) -> None:
    """The operator does not undo a private endpoint; a task that seems to do so has to say that."""
    internal = {"network_access": {"type": "Internal", "internal": {"vnet_name": "vnet-1"}}}
    result = clean.run("registry_storage", {"storage": {"azure": internal}})
    assert any("It does not undo this" in text for text in warnings(result))
    result = clean.run("registry_storage", {"storage": {"azure": {"network_access": {"type": "External"}}}})
    assert any("does not remove the private endpoint" in text for text in warnings(result))
    # What belongs to Internal is refused by the API server with External, so it goes along.
    assert clean.spec()["storage"]["azure"]["networkAccess"] == {"type": "External"}


@pytest.fixture
def older_cluster(clean: Lab) -> Iterator[Lab]:
    """A cluster whose CRD lacks fields that newer versions of OpenShift have."""
    newest = clean.api.read(CRD)["spec"]["versions"]
    (version,) = clean.api.read(CRD)["spec"]["versions"]
    spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
    del spec["topologySpreadConstraints"], spec["storage"]["properties"]["s3"]["properties"]["chunkSizeMiB"]
    del spec["storage"]["properties"]["azure"]["properties"]["networkAccess"]
    clean.api.patch(CRD, {"spec": {"versions": [version]}})
    try:
        _wait_served(clean, known=False)
        yield clean
    finally:
        clean.api.patch(CRD, {"spec": {"versions": newest}})
        _wait_served(clean, known=True)


def _wait_served(lab: Lab, known: bool) -> None:
    """Wait until the API server goes by the CRD, of which it says nothing: ask it for a field again and again."""
    deadline = time.monotonic() + paths.LIMIT_SECONDS
    constraint = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}
    patch = {"spec": {"topologySpreadConstraints": [constraint]}}
    while ("topologySpreadConstraints" in lab.api.patch(f"{paths.CONFIG}?dryRun=All", patch)["spec"]) is not known:
        assert time.monotonic() < deadline


@pytest.mark.parametrize(
    ("args", "field", "since"),
    [
        ({"storage": {"s3": {"bucket": "images", "region": "r", "chunk_size_mib": 64}}}, "s3.chunkSizeMiB", "4.17"),
        ({"storage": {"azure": {"network_access": {"type": "Internal"}}}}, "azure.networkAccess", "4.15"),
    ],
    ids=["chunk size", "network access"],
)
def test_field_that_the_cluster_does_not_have_is_an_error(
    older_cluster: Lab, args: dict[str, Any], field: str, since: str
) -> None:
    """The API server drops a field that its CRD lacks and answers 200: every run would report a change."""
    for check in (True, False):
        result = older_cluster.refused("registry_storage", args, check=check)
        (finding,) = result["findings"]
        assert finding["field"] == f"spec.storage.{field}"
        assert finding["needed"] == f"OpenShift {since} or newer"


def test_list_that_the_cluster_does_not_have_is_an_error(older_cluster: Lab) -> None:
    """The same for a field of the Config itself, together with one that the cluster has."""
    zones = {"max_skew": 1, "topology_key": "zone", "when_unsatisfiable": "ScheduleAnyway"}
    args = {"topology_spread_constraints": [zones], "read_only": True}
    (finding,) = older_cluster.refused("registry_workload", args)["findings"]
    assert (finding["field"], finding["needed"]) == ("spec.topologySpreadConstraints", "OpenShift 4.11 or newer")


def test_check_mode_knows_what_the_api_server_would_refuse_and_add(clean: Lab) -> None:
    """Schema errors and defaults come from the API server itself, before anything is written."""
    args = {"storage": {"azure": {"network_access": {"type": "Internal", "internal": {"vnet_name": "v"}}}}}
    assert "dry run" in clean.refused("registry_storage", args, check=True)["msg"]
    result = clean.run("registry_storage", {"storage": {"azure": {}}}, check=True)
    (difference,) = result["diff"]
    assert difference["after"]["spec"]["storage"]["azure"] == {"networkAccess": {"type": "External"}}
