# SPDX-License-Identifier: GPL-3.0-or-later
"""Pitfalls of storage: two backends, whose medium it is, what becomes of the images."""

from typing import Any

import pytest

from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import Document, condition
from tests.integration.lab import Lab
from tests.integration.prediction import converge, idempotent
from tests.unit.builders import config, planned

STORAGE = "registry_storage"
REMOVED = {"management_state": "Removed"}
LIVE: dict[str, Document] = {
    "emptyDir": {},
    "pvc": {"claim": "theirs"},
    "s3": {"bucket": "theirs", "region": "r"},
    "gcs": {"bucket": "theirs"},
    "swift": {"container": "theirs"},
    "azure": {"accountName": "theirs", "networkAccess": {"type": "External"}},
    "ibmcos": {"bucket": "theirs"},
    "oss": {"bucket": "theirs"},
}
DECLARED: dict[str, tuple[str, Document]] = {
    "emptyDir": ("empty_dir", {}),
    "pvc": ("pvc", {}),
    "s3": ("s3", {"region": "r"}),
    "gcs": ("gcs", {"region": "r"}),
    "swift": ("swift", {"region_name": "r"}),
    "azure": ("azure", {"cloud_name": "AzurePublicCloud"}),
    "ibmcos": ("ibmcos", {"location": "l"}),
    "oss": ("oss", {"region": "r"}),
}


@pytest.mark.parametrize("old", LIVE)
@pytest.mark.parametrize("new", DECLARED)
def test_switch_takes_out_the_other_backend_and_its_owner(old: str, new: str) -> None:
    """A merge patch keeps the old backend unless it is nulled, and its managementState would decide over the new."""
    option, settings = DECLARED[new]
    live = config(storage={old: LIVE[old], "managementState": "Managed"})
    after = planned({"storage": {option: settings}}, live).storage
    assert set(after) == ({new} if old != new else {new, "managementState"})


def test_switch_of_a_config_with_every_backend_leaves_one() -> None:
    """However many backends somebody has set, the one that is declared is the one that stays."""
    live = config(storage={**LIVE, "managementState": "Managed"})
    after = planned({"storage": {"pvc": {"claim": "ours"}}}, live).storage
    assert after == {"pvc": {"claim": "ours"}, "managementState": "Unmanaged"}


def test_claim_of_the_user_does_not_inherit_an_owner_that_deletes_it(clean: Lab) -> None:
    """A sticky `managementState: Managed` of the storage before deletes the user's claim with the next Removed."""
    setups.serve_from_disks(clean)
    assert clean.spec()["storage"]["managementState"] == "Managed"
    to_claim = {"storage": {"pvc": {"claim": "registry", "size": "10Gi"}}}
    result = clean.refused(STORAGE, to_claim)
    assert "Nothing copies images" in result["msg"]
    result = clean.run(STORAGE, {**to_claim, "accept_data_loss": True})
    assert result["plan"][-1]["fields"] == [
        "spec.storage.emptyDir",
        "spec.storage.managementState",
        "spec.storage.pvc.claim",
    ]
    clean.run("registry", REMOVED)
    assert clean.api.read(f"{paths.CLAIMS}/registry")["metadata"].get("deletionTimestamp") is None


def test_encryption_that_the_operator_would_turn_on_again_is_refused(clean: Lab) -> None:
    """In a bucket that it manages the operator turns encryption on, whatever the Config says."""
    setups.add_bucket(clean)
    setups.add_credentials(clean)
    plain: dict[str, Any] = {"s3": setups.s3(clean, encrypt=False)}
    storage = {"management_state": "Managed", "storage": {**plain, "management_state": "Managed"}}
    (finding,) = clean.refused("registry", storage)["findings"]
    assert finding["field"] == "storage.s3.encrypt"
    # A bucket that is named is the user's, and left as it is.
    converge(clean, "registry", {"management_state": "Managed", "storage": plain})
    live = clean.spec()["storage"]
    assert (live["managementState"], live["s3"].get("encrypt", False)) == ("Unmanaged", False)
    clean.run("registry_replicas", {"replicas": 2})
    idempotent(clean, STORAGE, {"storage": plain})


def test_bucket_without_a_region_is_refused(clean: Lab) -> None:
    """Without a region the operator never sees an existing bucket as applied and sets it up again in every sync."""
    setups.add_credentials(clean)
    bucket = {key: value for key, value in setups.s3(clean).items() if key != "region"}
    result = clean.refused("registry", {"management_state": "Managed", "storage": {"s3": bucket}})
    assert [finding["field"] for finding in result["findings"]] == ["storage.s3.region"]


@pytest.mark.parametrize("ignored", ["Force", None])
def test_state_in_which_the_operator_idles_is_refused(clean: Lab, ignored: str | None) -> None:
    """Without a managementState, or with Force, the API server accepts everything and the operator applies nothing."""
    clean.api.patch(paths.CONFIG, {"spec": {"managementState": ignored}})
    claim = {"storage": {"pvc": {"claim": "registry", "size": "10Gi"}}}
    (finding,) = clean.refused("registry", {**claim, "replicas": 2})["findings"]
    assert (finding["field"], finding["found"]) == ("management_state", ignored or "none")
    converge(clean, "registry", {**claim, "replicas": 2, "management_state": "Managed"})


def test_removal_that_deletes_images_needs_consent(clean: Lab) -> None:
    """Removed deletes the claim or bucket with all images when the operator manages it."""
    setups.serve(clean, {"storage": {"pvc": {}}, "replicas": 1})
    claim = f"{paths.CLAIMS}/image-registry-storage"
    result = clean.refused("registry", REMOVED)
    assert "the claim image-registry-storage" in result["msg"]
    assert "accept_data_loss" in result["msg"]
    assert clean.api.read(claim)["metadata"].get("deletionTimestamp") is None
    clean.run("registry", {**REMOVED, "accept_data_loss": True})
    clean.api.wait_gone(claim)


@pytest.fixture(scope="module")
def on_block_claim(clean_module: Lab) -> Lab:
    """One pod serves from a claim of its own; refused tasks leave it so."""
    setups.serve_from_claim_of_one_pod(clean_module)
    return clean_module


@pytest.mark.parametrize(
    ("module", "args", "field"),
    [
        ("registry_replicas", {"replicas": 2}, "replicas"),
        ("registry_replicas", {"rollout_strategy": "RollingUpdate"}, "rollout_strategy"),
        ("registry", {"replicas": 3, "storage": {"pvc": {"claim": "block"}}}, "replicas"),
        ("registry", {"replicas": 2, "storage": {"empty_dir": {}}, "accept_data_loss": True}, "replicas"),
    ],
    ids=["scaled later", "rolled later", "with the claim", "with emptyDir"],
)
def test_storage_of_one_pod_is_not_shared(on_block_claim: Lab, module: str, args: Document, field: str) -> None:
    """The operator checks a claim only when it is first used: later pods hang on the volume, or have other images."""
    result = on_block_claim.refused(module, args)
    assert [finding["field"] for finding in result["findings"]] == [field]


def test_registry_is_not_turned_on_with_storage_that_cannot_serve(clean: Lab) -> None:
    """The operator uses what is stored, however old it is, and retries endlessly."""
    setups.add_claim(clean, "block", mode="ReadWriteOnce")
    setups.wait_bound(clean, "block")
    stored = {"storage": {"pvc": {"claim": "block"}, "managementState": "Unmanaged"}, "replicas": 2}
    clean.api.patch(paths.CONFIG, {"spec": stored})
    result = clean.refused("registry", {"management_state": "Managed"})
    assert [finding["field"] for finding in result["findings"]] == ["replicas", "rollout_strategy"]
    converge(clean, "registry", {"management_state": "Managed", "replicas": 1, "rollout_strategy": "Recreate"})


def test_default_claim_of_somebody_else_is_used_by_its_name_only(clean: Lab) -> None:
    """The operator refuses to take the claim that it would make when it is there without its mark."""
    setups.add_claim(clean, "image-registry-storage")
    setups.wait_bound(clean, "image-registry-storage")
    result = clean.refused("registry", {"management_state": "Managed", "storage": {"pvc": {}}})
    assert "that the operator did not make" in result["findings"][0]["found"]
    named = {"pvc": {"claim": "image-registry-storage"}}
    converge(clean, "registry", {"management_state": "Managed", "storage": named})


def test_status_tells_where_the_images_are(clean: Lab) -> None:
    """A spec that was never applied names storage without images; what is in use stands in the status."""
    setups.add_claim(clean, "other")
    setups.serve_from_claim(clean, replicas=1)
    clean.api.patch(paths.CONFIG, {"spec": {"storage": {"pvc": {"claim": "nowhere"}}}})
    clean.api.wait_for(paths.CONFIG, lambda found: condition(found, "Progressing").get("reason") == "Error")
    assert clean.config()["status"]["storage"]["pvc"] == {"claim": "registry"}
    # The way back loses nothing.
    converge(clean, STORAGE, {"storage": {"pvc": {"claim": "registry"}}})
    result = clean.refused(STORAGE, {"storage": {"pvc": {"claim": "other"}}})
    assert "images in the claim registry" in result["msg"]


@pytest.mark.parametrize(
    "storage",
    [
        {"s3": {"bucket": "ab", "region": "us-east-1"}},
        {"ibmcos": {"bucket": "ab"}},
        {"gcs": {"bucket": "ab"}},
        {"azure": {"container": "ab"}},
        {"oss": {"bucket": "ab"}},
        {"pvc": {"claim": "A_b"}},
    ],
    ids=lambda storage: next(iter(storage)),
)
def test_name_that_the_store_refuses_is_refused_before(on_block_claim: Lab, storage: Document) -> None:
    """The API server accepts any name; the operator then repeats its request to the object store endlessly."""
    result = on_block_claim.refused(STORAGE, {"storage": storage, "accept_data_loss": True})
    name = next(value for settings in storage.values() for value in settings.values())
    assert repr(name) in [finding["found"] for finding in result["findings"]]
