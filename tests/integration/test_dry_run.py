# SPDX-License-Identifier: GPL-3.0-or-later
"""What only the API server knows comes to light in a dry run of every step, before the first write."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration import api as paths
from tests.integration import setups
from tests.integration.lab import Lab

LIMIT_RANGES = f"/api/v1/namespaces/{paths.NAMESPACE}/limitranges"
CRD = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/configs.imageregistry.operator.openshift.io"
SCHEMA_SECONDS = 10.0

FROM_CLAIM = {"management_state": "Managed", "storage": {"pvc": {"claim": "registry", "size": "100Gi"}}}


def _finding(result: dict[str, Any]) -> dict[str, str]:
    findings: list[dict[str, str]] = result["findings"]
    (finding,) = findings
    return finding


def test_policy_that_forbids_an_object_is_not_taken_for_a_missing_right(clean: Lab) -> None:
    limits = [{"type": "PersistentVolumeClaim", "max": {"storage": "50Gi"}}]
    clean.api.create(LIMIT_RANGES, {"metadata": {"name": "small-claims"}, "spec": {"limits": limits}})
    finding = _finding(clean.refused("registry_storage", FROM_CLAIM))
    assert finding["object"] == f"PersistentVolumeClaim {paths.NAMESPACE}/registry"
    assert "maximum storage usage per PersistentVolumeClaim is 50Gi, but request is 100Gi" in finding["found"]
    assert "Grant" not in finding["remedy"]
    assert "right" not in finding["needed"]


def test_step_that_is_fine_is_not_written_when_another_is_refused(clean: Lab) -> None:
    limits = [{"type": "PersistentVolumeClaim", "max": {"storage": "50Gi"}}]
    clean.api.create(LIMIT_RANGES, {"metadata": {"name": "small-claims"}, "spec": {"limits": limits}})
    keys = {"s3": {"access_key": setups.ACCESS_KEY, "secret_key": setups.SECRET_KEY}}
    clean.refused("registry", {**FROM_CLAIM, "credentials": keys, "replicas": 2})
    assert clean.api.get(paths.USER_SECRET) is None
    assert clean.spec()["managementState"] == "Removed"


@pytest.fixture
def older(clean: Lab) -> Iterator[Lab]:
    """A cluster of a version whose Config has no chunkSizeMiB, which came with OpenShift 4.17."""
    definition = clean.api.read(CRD)
    (version,) = definition["spec"]["versions"]
    s3 = version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["storage"]["properties"]["s3"]
    chunk_size = s3["properties"].pop("chunkSizeMiB")
    clean.api.patch(CRD, {"spec": {"versions": [version]}})
    _until_known(clean, False)
    yield clean
    s3["properties"]["chunkSizeMiB"] = chunk_size
    clean.api.patch(CRD, {"spec": {"versions": [version]}})
    _until_known(clean, True)


def _until_known(lab: Lab, known: bool) -> None:
    """Wait until the API server has taken up the schema, of which nothing but an answer tells."""
    deadline = time.monotonic() + SCHEMA_SECONDS
    patch = {"spec": {"storage": {"s3": {"chunkSizeMiB": 64}}}}
    while ("chunkSizeMiB" in lab.api.patch(f"{paths.CONFIG}?dryRun=All", patch)["spec"]["storage"]["s3"]) != known:
        assert time.monotonic() < deadline, "the API server does not take up the schema"


def test_field_that_the_cluster_does_not_know_is_an_error(older: Lab) -> None:
    setups.add_bucket(older)
    keys = {"s3": {"access_key": setups.ACCESS_KEY, "secret_key": setups.SECRET_KEY}}
    storage = {"s3": setups.s3(older, chunk_size_mib=64)}
    finding = _finding(
        older.refused("registry", {"management_state": "Managed", "storage": storage, "credentials": keys})
    )
    assert (finding["object"], finding["field"]) == ("Config cluster", "spec.storage.s3.chunkSizeMiB")
    assert "does not know" in finding["found"]
    assert finding["needed"] == "OpenShift 4.17 or newer"
