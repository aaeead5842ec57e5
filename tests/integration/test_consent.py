# SPDX-License-Identifier: GPL-3.0-or-later
"""What could cost images needs accept_data_loss, and says what would be lost; what cannot does not."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import condition
from tests.integration.lab import Lab, warnings
from tests.integration.prediction import converge, idempotent

Knobs = Callable[..., None]
DISKS: dict[str, Any] = {"storage": {"empty_dir": {}}}
REMOVED = {"management_state": "Removed"}
KEPT = {**REMOVED, "storage": {"management_state": "Unmanaged"}}
CLAIM = f"{paths.CLAIMS}/image-registry-storage"


def needs_consent(lab: Lab, args: dict[str, Any], *says: str) -> None:
    """A task must be refused in check mode and for real, with nothing written, and pass the check with consent."""
    spec = lab.spec()
    for check in (True, False):
        result = lab.refused("registry", args, check=check)
        missing = [part for part in ("accept_data_loss", *says) if part not in result["msg"]]
        assert not missing, f"{missing} not in: {result['msg']}"
    assert lab.spec() == spec
    assert lab.run("registry", {**args, "accept_data_loss": True}, check=True)["changed"] is True


def needs_none(lab: Lab, args: dict[str, Any]) -> None:
    """A task must pass the check without consent."""
    lab.run("registry", args, check=True)


def test_fresh_registry(clean: Lab) -> None:
    on_disks = {"management_state": "Managed", **DISKS}
    needs_consent(
        clean, on_disks, "storage.empty_dir", "storage that is lost with the pod", "lost when the pod is replaced"
    )
    needs_consent(clean, DISKS, "storage that is lost with the pod")
    needs_none(clean, {"management_state": "Managed", "storage": {"pvc": {"claim": "registry", "size": "10Gi"}}})
    needs_none(clean, {"management_state": "Managed", "storage": {"pvc": {}}})
    needs_none(clean, REMOVED)
    converge(clean, "registry", {**on_disks, "accept_data_loss": True})


def test_claim_of_the_user(clean: Lab) -> None:
    setups.add_credentials(clean)
    setups.add_claim(clean, "other")
    setups.serve_from_claim(clean, replicas=1)
    left = ("images in the claim registry", "stay behind in the claim registry")
    needs_consent(clean, {"storage": {"pvc": {"claim": "other"}}}, *left, "the claim other")
    needs_consent(clean, {"storage": {"s3": setups.s3(clean)}}, *left, f"the S3 bucket {setups.BUCKET}")
    needs_consent(clean, DISKS, *left, "storage that is lost with the pod")
    # Whoever removes the registry and gives the storage away in one task destroys it as well.
    given_away = {**REMOVED, "storage": {"management_state": "Managed"}}
    needs_consent(clean, given_away, "deletes the claim registry", "Unmanaged", "every image in it")
    needs_none(clean, {"storage": {"pvc": {"claim": "registry"}}})
    needs_none(clean, {"storage": {"pvc": {"claim": "registry", "size": "200Gi"}}})
    needs_none(clean, REMOVED)


def test_claim_that_a_removed_registry_has_left(clean: Lab) -> None:
    setups.add_claim(clean, "other")
    setups.serve_from_claim(clean, replicas=1)
    converge(clean, "registry", REMOVED)
    needs_consent(clean, {"storage": {"pvc": {"claim": "other"}}}, "images in the claim registry", "the claim other")
    needs_none(clean, {"management_state": "Managed"})
    # Images that are gone already cannot be lost.
    clean.api.delete(f"{paths.CLAIMS}/registry")
    needs_none(clean, {"storage": {"pvc": {"claim": "other"}}})


def test_claim_of_a_registry_that_does_not_come_back(clean: Lab) -> None:
    """Removed empties status.storage, and it stays so while the operator cannot use the old storage again."""
    block = {"storage": {"pvc": {"claim": "block"}, "managementState": "Unmanaged"}, "rolloutStrategy": "Recreate"}
    setups.add_claim(clean, "block", mode="ReadWriteOnce")
    setups.wait_bound(clean, "block")
    setups.serve(clean, {**block, "replicas": 1})
    converge(clean, "registry", REMOVED)
    clean.api.patch(paths.CONFIG, {"spec": {"managementState": "Managed", "replicas": 2}})
    refused = "cannot use ReadWriteOnce access mode with more than one replica"
    clean.api.wait_for(paths.CONFIG, lambda config: refused in condition(config, "Progressing").get("message", ""))
    assert "pvc" not in clean.config()["status"]["storage"]
    needs_consent(clean, {"storage": {"pvc": {"claim": "other", "size": "10Gi"}}}, "images in the claim block")


def test_storage_that_never_came_into_use(clean: Lab) -> None:
    """To correct the first choice leaves nothing behind."""
    clean.api.patch(paths.CONFIG, {"spec": {"managementState": "Managed", "storage": {"pvc": {"claim": "mistyped"}}}})
    clean.api.wait_for(paths.CONFIG, lambda config: "not found" in condition(config, "Progressing").get("message", ""))
    setups.add_claim(clean, "mistyped", mode="ReadWriteOnce")
    needs_none(clean, {"storage": {"pvc": {"claim": "registry", "size": "10Gi"}}})


def test_claim_of_the_operator(clean: Lab) -> None:
    setups.serve(clean, {"storage": {"pvc": {}}, "replicas": 1})
    needs_consent(clean, REMOVED, "deletes the claim image-registry-storage", "Unmanaged")
    needs_none(clean, KEPT)
    plan = converge(clean, "registry", KEPT)["plan"]
    assert [step["fields"] for step in plan] == [["spec.storage.managementState"], ["spec.managementState"]]
    assert clean.api.get(CLAIM) is not None


@pytest.mark.parametrize(
    ("declared", "wait", "times"), [("Managed", True, 1), ("Managed", False, 3), ("Unmanaged", False, 1)]
)
def test_claim_of_the_operator_stays_whatever_the_operator_writes_back(
    clean: Lab, knobs: Knobs, declared: str, wait: bool, times: int
) -> None:
    """On a conflict it writes its earlier copy of the whole spec but the state: Removed, and Managed storage."""
    setups.serve(clean, {"storage": {"pvc": {}}, "replicas": 1})
    clean.run("registry", {"management_state": declared})
    knobs(conflict=times)
    result = clean.run("registry", {**KEPT, "wait": wait})
    assert any("put back: spec.storage.managementState. [put-back]" in text for text in warnings(result))
    clean.api.wait_for(paths.CONFIG, lambda config: condition(config, "Removed").get("status") == "True")
    clean.api.wait_gone(paths.DEPLOYMENT)
    spec = clean.spec()
    assert (spec["managementState"], spec["storage"]["managementState"]) == ("Removed", "Unmanaged")
    assert not clean.api.read(CLAIM)["metadata"].get("deletionTimestamp")
    idempotent(clean, "registry", KEPT)


def test_claim_of_the_operator_that_a_gitops_tool_declares_as_managed(clean: Lab) -> None:
    """It would take the claim back, and the operator of a registry that is Removed would delete it."""
    setups.serve(clean, {"storage": {"pvc": {}}, "replicas": 1})
    live = clean.api.read(paths.CONFIG)
    head = {"apiVersion": live["apiVersion"], "kind": live["kind"], "metadata": {"name": live["metadata"]["name"]}}
    clean.api.apply(paths.CONFIG, "gitops", {**head, "spec": {"storage": {"managementState": "Managed"}}})
    needs_consent(clean, KEPT, "while gitops has set the storage to Managed", "change or remove it there first")
    clean.api.apply(paths.CONFIG, "gitops", {**head, "spec": {"storage": {"managementState": "Unmanaged"}}})
    needs_none(clean, KEPT)


def test_claim_of_the_operator_stays_also_where_two_tasks_do_not_wait(clean: Lab, knobs: Knobs) -> None:
    setups.serve(clean, {"storage": {"pvc": {}}, "replicas": 1})
    knobs(conflict=1, operatorPaused=True)
    clean.run("registry_storage", {"storage": {"management_state": "Unmanaged"}, "wait": False})
    # Of what the spec says by now the operator knows nothing yet.
    result = clean.modules.run("registry", {**REMOVED, "wait": False, "wait_timeout": 1})
    assert (result["code"], result["changed"]) == ("storage-not-handed-over", False)
    knobs(operatorPaused=None)
    clean.api.wait_for(paths.CONFIG, lambda config: config["spec"]["storage"]["managementState"] == "Managed")
    needs_consent(clean, REMOVED, "deletes the claim image-registry-storage", "Unmanaged")
    assert not clean.api.read(CLAIM)["metadata"].get("deletionTimestamp")


def test_claim_of_the_operator_stays_while_the_operator_is_silent(clean: Lab, knobs: Knobs) -> None:
    setups.serve(clean, {"storage": {"pvc": {}}, "replicas": 1})
    knobs(operatorPaused=True)
    result = clean.modules.run("registry", {**KEPT, "wait": False, "wait_timeout": 2})
    assert (result["failed"], result["code"]) == (True, "storage-not-handed-over")
    assert [step["outcome"] for step in result["plan"]] == ["done", "not done"]
    assert clean.spec()["managementState"] == "Managed"
    knobs(operatorPaused=None)
    setups.wait_served(clean)
    assert [step["fields"] for step in clean.run("registry", KEPT)["plan"]] == [["spec.managementState"]]
    assert clean.api.get(CLAIM) is not None


def test_claim_of_the_operator_goes_with_consent(clean: Lab) -> None:
    setups.serve(clean, {"storage": {"pvc": {}}, "replicas": 1})
    clean.run("registry", {**REMOVED, "accept_data_loss": True})
    clean.api.wait_gone(CLAIM)


def test_claim_of_the_user_that_was_given_away_goes_once(clean: Lab) -> None:
    given_away = {"pvc": {"claim": "registry", "size": "10Gi"}, "management_state": "Managed"}
    converge(clean, "registry", {"management_state": "Managed", "storage": given_away})
    removed = {**REMOVED, "storage": given_away, "accept_data_loss": True}
    assert [step["kind"] for step in clean.run("registry", removed)["plan"]] == ["Config"]
    clean.api.wait_gone(f"{paths.CLAIMS}/registry")
    idempotent(clean, "registry", removed)


def test_bucket(clean: Lab) -> None:
    setups.serve_from_bucket(clean, replicas=1)
    here = f"the S3 bucket {setups.BUCKET} / {setups.REGION} / {clean.s3_endpoint}"
    for change in ({"bucket": "another-bucket"}, {"region_endpoint": "https://s3.test"}, {"region_endpoint": ""}):
        needs_consent(clean, {"storage": {"s3": setups.s3(clean, **change)}}, f"images in {here}")
    # The same bucket at the same endpoint, whatever its region is called; and no name is no other name.
    needs_none(clean, {"storage": {"s3": setups.s3(clean, region="eu-central-1")}})
    assert clean.run("registry", {"storage": {"s3": setups.s3(clean, bucket="")}}, check=True)["changed"] is False
    needs_none(clean, {"storage": {"s3": setups.s3(clean, chunk_size_mib=32)}})


def test_pods_disks(clean: Lab) -> None:
    setups.serve_from_disks(clean)
    to_claim = {"storage": {"pvc": {"claim": "registry", "size": "10Gi"}}}
    needs_consent(clean, to_claim, "the pods' own disks (emptyDir)", "lost with the pods")
    gone = ("images in the pods' own disks (emptyDir)", "they are deleted with the pods")
    needs_consent(clean, REMOVED, *gone)
    # Whoever owns a disk that goes with its pod.
    needs_consent(clean, KEPT, *gone)
    needs_none(clean, {**DISKS, "default_route": True})


@pytest.mark.parametrize("module", ["registry_routes", "registry_credentials"])
def test_modules_that_can_cost_no_images_take_no_consent(lab: Lab, module: str) -> None:
    result = lab.refused(module, {"accept_data_loss": True})
    assert "Unsupported parameters" in result["msg"]
