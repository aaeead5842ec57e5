# SPDX-License-Identifier: GPL-3.0-or-later
"""The page from end to end: what is written, when it is written again, what a result tells, and how it fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils import _converge
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLAIM,
    CLUSTER_CONFIG,
    CLUSTER_OPERATOR,
    CONFIG,
    DEPLOYMENT,
    INFRASTRUCTURE,
    SECRET,
    USER_CREDENTIALS,
)
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import DONE
from ansible_collections.okd.image_registry.plugins.module_utils._work import writing

from tests.unit.builders import ALL_SECTIONS, Manifest, claim, config, deployment, manifest, user_credentials
from tests.unit.tasks import done
from tests.unit.tinyapi import TinyApi

WORK = writing("registry", *ALL_SECTIONS)
PATCHED = ("patch", CLUSTER_CONFIG.path)
KEYS = {"s3": {"access_key": "AKIAEXAMPLE", "secret_key": "s3cr3t-example"}}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[TinyApi]:
    """An API server that holds a registry that serves."""
    monkeypatch.setattr(_converge, "_BACKOFF_SECONDS", 0.0)
    with TinyApi() as server:
        server.put(CONFIG, config())
        server.put(DEPLOYMENT, deployment())
        yield server


def live(generation: int, version: str, **spec: Any) -> Manifest:
    """Return a Config in a version, whose spec has changed so often; the operator has seen it."""
    changed = config(status={"observedGeneration": generation}, **spec)
    return changed | {"metadata": changed["metadata"] | {"generation": generation, "resourceVersion": version}}


def once(api: TinyApi, happens: Callable[[], None]) -> Callable[[], None]:
    """Return what happens before the first write of the Config only."""

    def happen() -> None:
        api.meanwhile.clear()
        happens()

    return happen


def test_a_result_tells_everything_even_where_nothing_is_done(api: TinyApi) -> None:
    result = done(api, WORK, replicas=1)
    assert result.keys() == {"changed", "warnings", "cluster", "diff", "plan", "findings", "rollout", "registry"}
    assert (result["changed"], result["diff"], result["plan"], result["findings"]) == (False, [], [], [])
    assert result["rollout"] == {"waited": True, "duration": 0.0, "seen": []}
    assert result["registry"]["replicas"] == {"wanted": 1, "ready": 1}
    assert api.written == []


def test_a_result_names_the_cluster(api: TinyApi) -> None:
    api.put(INFRASTRUCTURE, manifest("Infrastructure", "cluster", status={"infrastructureName": "prod-x7k2p"}))
    served = deployment()
    annotations = {"release.openshift.io/version": "4.22.0"}
    api.put(DEPLOYMENT, served | {"metadata": served["metadata"] | {"annotations": annotations}})
    named = {"api_url": api.url, "infrastructure_name": "prod-x7k2p", "version": "4.22.0"}
    found = done(api, WORK, replicas=2, wait=False)["cluster"]
    # Messages tell it in this order.
    assert (found, list(found)) == (named, list(named))
    # Once in a task, however often it looks again.
    assert api.asked["get", "infrastructures"] == 1
    assert done(api, WORK, storage={"pvc": {"claim": "missing"}})["cluster"] == named


@pytest.mark.parametrize("name", ["prod-x7k2p", None])
def test_a_task_for_another_cluster_changes_nothing(api: TinyApi, name: str | None) -> None:
    if name:
        api.put(INFRASTRUCTURE, manifest("Infrastructure", "cluster", status={"infrastructureName": name}))
    for replicas, known in enumerate(filter(None, (name, api.url)), start=2):
        assert done(api, WORK, replicas=replicas, wait=False, cluster=known)["changed"]
    del api.written[:]
    other = done(api, WORK, replicas=5, wait=False, cluster="edge-a1b2c")
    assert (other["failed"], other["code"], other["changed"]) == (True, "other-cluster", False)
    assert f"the option cluster is edge-a1b2c, but this is the cluster {api.url}" in other["msg"]
    assert api.written == []


@pytest.mark.parametrize("is_removed", [False, True])
@pytest.mark.parametrize("check_mode", [False, True])
def test_a_result_names_the_version_with_one_request_more_where_there_is_no_registry(
    api: TinyApi, is_removed: bool, check_mode: bool
) -> None:
    versions = [{"name": "operator", "version": "4.21.3"}]
    api.put(CLUSTER_OPERATOR, manifest("ClusterOperator", "image-registry", status={"versions": versions}))
    served = deployment()
    annotations = {"release.openshift.io/version": "4.22.0"}
    api.put(DEPLOYMENT, served | {"metadata": served["metadata"] | {"annotations": annotations}})
    if is_removed:
        api.delete(DEPLOYMENT, served)
        api.put(CONFIG, config(managementState="Removed"))
    result = done(api, WORK, check_mode=check_mode, replicas=2, wait=False)
    assert result["cluster"]["version"] == ("4.21.3" if is_removed else "4.22.0")
    assert api.asked["get", "clusteroperators"] == (1 if is_removed else 0)


@pytest.mark.parametrize("status", [403, 404])
def test_a_cluster_whose_name_may_not_be_read_is_known_by_its_url(api: TinyApi, status: int) -> None:
    api.refusals["get", "infrastructures"] = status
    result = done(api, WORK, replicas=1)
    assert not result.get("failed")
    assert result["cluster"] == {"api_url": api.url, "infrastructure_name": None, "version": None}


def test_a_task_that_is_not_let_in_tells_where(api: TinyApi) -> None:
    api.refusals["get", "configs"] = 401
    assert done(api, WORK, replicas=1)["cluster"] == {"api_url": api.url}


def test_what_differs_is_written_once(api: TinyApi) -> None:
    result = done(api, WORK, replicas=2, wait=False)
    assert (result["changed"], result["rollout"]) == (True, {"waited": False})
    (difference,) = result["diff"]
    assert (difference["before"], difference["after"]) == ({"spec": {"replicas": 1}}, {"spec": {"replicas": 2}})
    assert api.written == [PATCHED]


def test_check_mode_predicts_and_writes_nothing(api: TinyApi) -> None:
    predicted = done(api, WORK, check_mode=True, replicas=2)
    assert api.written == []
    assert api.asked["patch", "configs"] == 1
    run = done(api, WORK, replicas=2, wait=False)
    assert all(predicted[part] == run[part] for part in ("changed", "plan", "diff", "findings"))


def test_findings_stop_the_task_before_the_first_write(api: TinyApi) -> None:
    result = done(api, WORK, replicas=-1, storage={"s3": {"bucket": "B"}})
    assert (result["failed"], result["changed"], result["code"]) == (True, False, "refused")
    assert result["msg"].startswith("Nothing was changed: ")
    assert {"invalid-replicas", "invalid-bucket-name"} <= {finding["code"] for finding in result["findings"]}
    assert api.written == []
    # What is known to be wrong is not sent at all.
    assert api.asked["patch", "configs"] == 0


def test_a_warning_is_told_and_stops_nothing(api: TinyApi) -> None:
    result = done(api, WORK, replicas=0, rollout_strategy="Recreate", wait=False)
    assert result["changed"]
    assert [finding["code"] for finding in result["findings"]] == ["no-replicas"]
    assert [warning for warning in result["warnings"] if warning.endswith("[no-replicas]")]


def test_no_secret_is_in_a_result(api: TinyApi) -> None:
    result = done(api, WORK, credentials=KEYS, http_secret="a-secret-of-my-own", wait=False)
    assert api.written == [("create", USER_CREDENTIALS.path), PATCHED]
    shown = json.dumps(result)
    for secret in (
        "AKIAEXAMPLE",
        "s3cr3t-example",
        "a-secret-of-my-own",
        "a-secret-token",
        config()["spec"]["httpSecret"],
    ):
        assert secret not in shown


@pytest.mark.parametrize(
    ("status", "code"), [(401, "unauthorized"), (403, "forbidden"), (500, "api-error")], ids=["401", "403", "500"]
)
def test_a_config_that_cannot_be_read_fails_the_task_with_a_code(
    api: TinyApi, monkeypatch: pytest.MonkeyPatch, status: int, code: str
) -> None:
    monkeypatch.setattr("ansible_collections.okd.image_registry.plugins.module_utils._task._RETRY_SECONDS", 0.0)
    api.refusals["get", "configs"] = status
    result = done(api, WORK, replicas=2)
    assert (result["failed"], result["code"], result["status"]) == (True, code, status)
    assert result["msg"].endswith(f"[{code}]")
    assert result["findings"] == []


def test_a_change_of_the_status_alone_does_not_stop_a_write(api: TinyApi) -> None:
    api.meanwhile["patch", "configs"] = once(api, lambda: api.put(CONFIG, live(1, "200")))
    result = done(api, WORK, replicas=2, wait=False)
    assert (result["changed"], api.written) == (True, [PATCHED])


def test_a_change_of_the_spec_is_worked_out_anew(api: TinyApi) -> None:
    api.meanwhile["patch", "configs"] = once(api, lambda: api.put(CONFIG, live(2, "200", defaultRoute=True)))
    result = done(api, WORK, replicas=2, default_route=True, wait=False)
    assert (result["changed"], api.written) == (True, [PATCHED])
    stored = api.cluster().get(CLUSTER_CONFIG)
    assert stored and (stored["spec"]["replicas"], stored["spec"]["defaultRoute"]) == (2, True)


def test_who_is_interrupted_and_then_refused_has_changed_nothing(api: TinyApi) -> None:
    bucket: Manifest = {"s3": {"bucket": "images", "region": "us-east-1"}}
    api.put(CONFIG, config(storage={**bucket, "managementState": "Unmanaged"}, used=bucket))
    taken = config(storage={**bucket, "managementState": "Managed"}, used=bucket)
    taken["metadata"] |= {"resourceVersion": "200", "generation": 2}
    api.meanwhile["patch", "configs"] = once(api, lambda: api.put(CONFIG, taken))
    result = done(api, WORK, management_state="Removed", wait=False)
    assert (result["failed"], result["changed"], api.written) == (True, False, [])
    assert result["msg"].startswith("Nothing was changed.") and "removal-deletes-images" in result["msg"]
    assert [step["outcome"] for step in result["plan"]] == ["not done"]


def test_storage_that_the_operator_notes_meanwhile_is_not_removed_unasked(api: TinyApi) -> None:
    managed: Manifest = {"pvc": {"claim": "registry"}, "managementState": "Managed"}
    api.put(CONFIG, config(storage=managed, used=None))
    api.put(CLAIM, claim("registry"))
    noted = config(storage=managed, used=managed)
    noted["metadata"] |= {"resourceVersion": "200"}
    api.meanwhile["patch", "configs"] = once(api, lambda: api.put(CONFIG, noted))
    result = done(api, WORK, management_state="Removed", wait=False)
    assert (result["failed"], result["changed"], api.written) == (True, False, [])
    assert "removal-deletes-images" in result["msg"]


def test_who_is_always_interrupted_gives_up_and_says_of_what(api: TinyApi) -> None:
    generations = iter(range(2, 100))

    def interrupt() -> None:
        generation = next(generations)
        api.put(CONFIG, live(generation, f"{generation}00"))

    api.meanwhile["patch", "configs"] = interrupt
    result = done(api, WORK, replicas=2, wait=False)
    assert (result["failed"], result["code"]) == (True, "contended")
    assert "Config cluster" in result["msg"]
    assert api.written == []


BUCKET: Manifest = {"s3": {"bucket": "images", "region": "us-east-1"}, "managementState": "Unmanaged"}
MOVE: Manifest = {
    "storage": {"s3": {"bucket": "others", "region_endpoint": "https://s3.example.com"}},
    "credentials": KEYS,
    "accept_data_loss": True,
    "wait": False,
}
OLD_KEYS = user_credentials("AKIAOLD", "old")


def serve_from_bucket(api: TinyApi, state: str = "Managed") -> None:
    """Have the registry of the cluster serve from a bucket, with keys of the user's."""
    api.put(CONFIG, config(storage=BUCKET, used=BUCKET, managementState=state))
    api.put(SECRET, OLD_KEYS)


def outcomes(result: Manifest) -> dict[str, str]:
    """Return what became of the steps of a task, by the kind of object."""
    return {step["kind"]: step["outcome"] for step in result["plan"]}


@pytest.mark.parametrize("denial", [403, 422], ids=str)
def test_keys_of_another_bucket_are_not_written_without_the_bucket(api: TinyApi, denial: int) -> None:
    serve_from_bucket(api)
    api.denials["patch", "configs"] = denial
    result = done(api, WORK, **MOVE)
    assert (result["failed"], result["changed"], api.written) == (True, False, [])
    assert result["msg"].startswith("Nothing was changed. PATCH Config cluster")
    assert outcomes(result) == {"Config": "not done", "Secret": "not done"}
    stored = api.cluster().get(USER_CREDENTIALS)
    assert stored and stored["data"] == OLD_KEYS["data"]


def test_a_task_that_stops_half_way_says_what_was_done(api: TinyApi) -> None:
    serve_from_bucket(api)
    api.denials["patch", "secrets"] = 403
    result = done(api, WORK, **MOVE)
    assert (result["failed"], result["changed"], result["code"], api.written) == (True, True, "forbidden", [PATCHED])
    assert outcomes(result) == {"Config": "done", "Secret": "not done"}
    assert result["msg"].startswith(f"Done: patch Config cluster. Not done: patch {USER_CREDENTIALS}. PATCH Secret")


def test_a_write_that_is_not_answered_may_have_been_done(api: TinyApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible_collections.okd.image_registry.plugins.module_utils._task._RETRY_SECONDS", 0.0)
    serve_from_bucket(api)
    api.denials["patch", "configs"] = 500
    result = done(api, WORK, **MOVE)
    assert (result["failed"], result["changed"]) == (True, True)
    assert outcomes(result) == {"Config": "unknown", "Secret": "not done"}
    assert "Not known whether done: patch Config cluster." in result["msg"]


def test_a_task_that_fails_after_its_last_write_has_done_every_step(api: TinyApi) -> None:
    result = done(api, WORK, replicas=2, wait_timeout=1)
    assert (result["code"], outcomes(result)) == ("rollout-timeout", {"Config": "done"})
    assert not result["msg"].startswith("Done")


@pytest.mark.parametrize(
    ("given", "state"),
    [
        pytest.param({**MOVE, "storage": {"s3": {"region": "eu-west-1"}}}, "Managed", id="the same bucket"),
        pytest.param(MOVE, "Unmanaged", id="an operator that does nothing"),
    ],
)
def test_otherwise_what_the_config_refers_to_is_written_first(api: TinyApi, given: Manifest, state: str) -> None:
    serve_from_bucket(api, state)
    done(api, WORK, **given)
    assert api.written == [("patch", USER_CREDENTIALS.path), PATCHED]


def overwrite(api: TinyApi, times: int) -> None:
    """Set replicas back each time that the task has written them and waits."""
    for number in range(1, times + 1):
        # Each write is tried first.
        api.wait_until_asked("patch", "configs", 2 * number)
        api.wait_until_asked("watch", "configs", number)
        api.put(CONFIG, live(number * 10, f"{number}000", replicas=1))


def overwrite_once_and_serve(api: TinyApi) -> None:
    """Set replicas back once, and let the operator do what is written after that."""
    overwrite(api, 1)
    api.wait_until_asked("patch", "configs", 4)
    api.wait_until_asked("watch", "configs", 2)
    api.put(DEPLOYMENT, deployment(2))
    api.put(CONFIG, live(99, "9000", replicas=2))


def test_what_is_overwritten_during_the_wait_is_put_back_once(api: TinyApi) -> None:
    other = threading.Thread(target=overwrite_once_and_serve, args=(api,))
    other.start()
    result = done(api, WORK, replicas=2)
    other.join()
    assert result["changed"], result
    assert [warning for warning in result["warnings"] if "spec.replicas. [put-back]" in warning]
    assert result["rollout"]["seen"][-1]["state"] == DONE.why
    assert api.written == [PATCHED, PATCHED]


def test_what_is_overwritten_again_fails_the_task(api: TinyApi) -> None:
    other = threading.Thread(target=overwrite, args=(api, 2))
    other.start()
    result = done(api, WORK, replicas=2)
    other.join()
    assert (result["failed"], result["changed"], result["code"]) == (True, True, "overwritten")
    assert "spec.replicas" in result["msg"]
    assert result["rollout"]["waited"] is True
    assert api.written == [PATCHED, PATCHED]


OURS: Manifest = {"pvc": {"claim": "image-registry-storage"}, "managementState": "Managed"}
REMOVE: Manifest = {"management_state": "Removed", "storage": {"management_state": "Unmanaged"}}
HANDOVER, STATE = ["spec.storage.managementState"], ["spec.managementState"]


def serve_from_claim_of_the_operator(api: TinyApi) -> None:
    """Have the registry of the cluster serve from a claim that the operator deletes with it."""
    api.put(CONFIG, config(storage=OURS, used=OURS, status={"storageManaged": True}))
    api.delete(DEPLOYMENT, deployment())


def observe(api: TinyApi, number: int, by: str = "cluster-image-registry-operator", **spec: Any) -> None:
    """Let the operator observe the Config once it was written so often for real, and somebody change fields before."""
    # A round tries each of its writes first.
    api.wait_until_asked("watch", "configs", number)
    found = api.cluster().get(CLUSTER_CONFIG) or {}
    metadata = found["metadata"]
    before, after = found["spec"], {**found["spec"], **spec}
    generation = metadata["generation"] + (before != after)
    changed: Manifest = {"f:spec": {f"f:{name}": {f"f:{key}": {} for key in value} for name, value in spec.items()}}
    metadata |= {"resourceVersion": str(int(metadata["resourceVersion"]) + 1), "generation": generation}
    metadata["managedFields"] = [{"manager": by, "operation": "Update", "fieldsV1": changed}]
    api.put(CONFIG, {**found, "spec": after, "status": {**found["status"], "observedGeneration": generation}})


def meanwhile(*acts: Callable[[], None]) -> threading.Thread:
    """Begin to do something, one after another, while a task runs."""
    thread = threading.Thread(target=lambda: [act() for act in acts])
    thread.start()
    return thread


def owners_at_writes(api: TinyApi) -> list[tuple[str, str]]:
    """Return, as it grows, state and owner of the storage just before each write of the Config."""
    found: list[tuple[str, str]] = []

    def note() -> None:
        spec = (api.cluster().get(CLUSTER_CONFIG) or {})["spec"]
        found.append((spec["managementState"], spec["storage"]["managementState"]))

    api.meanwhile["patch", "configs"] = note
    return found


def test_storage_that_stays_is_handed_over_before_the_registry_is_removed(api: TinyApi) -> None:
    serve_from_claim_of_the_operator(api)
    foretold = done(api, WORK, check_mode=True, **REMOVE)
    found = owners_at_writes(api)
    operator = meanwhile(lambda: observe(api, 1))
    # Who waits for nothing else waits for this.
    result = done(api, WORK, wait=False, **REMOVE)
    operator.join()
    assert (result["changed"], result["rollout"], result["warnings"]) == (True, {"waited": False}, [])
    assert [step["fields"] for step in result["plan"]] == [HANDOVER, STATE]
    assert [(entry["before"]["spec"], entry["after"]["spec"]) for entry in result["diff"]] == [
        ({"storage": {"managementState": "Managed"}}, {"storage": {"managementState": "Unmanaged"}}),
        ({"managementState": "Managed"}, {"managementState": "Removed"}),
    ]
    assert all(foretold[part] == result[part] for part in ("changed", "plan", "diff", "findings"))
    assert found == [("Managed", "Managed"), ("Managed", "Unmanaged")]
    assert done(api, WORK, wait=False, **REMOVE)["changed"] is False


def test_storage_that_the_operator_takes_back_is_handed_over_again(api: TinyApi) -> None:
    serve_from_claim_of_the_operator(api)
    found = owners_at_writes(api)
    operator = meanwhile(lambda: observe(api, 1, storage=OURS), lambda: observe(api, 2))
    result = done(api, WORK, wait=False, **REMOVE)
    operator.join()
    assert not result.get("failed"), result
    assert [text for text in result["warnings"] if "put back: spec.storage.managementState. [put-back]" in text]
    assert found == [("Managed", "Managed"), ("Managed", "Managed"), ("Managed", "Unmanaged")]


def test_nothing_is_removed_while_somebody_else_takes_storage_back(api: TinyApi) -> None:
    """Who did it once may do it again, after the removal."""
    serve_from_claim_of_the_operator(api)

    found = owners_at_writes(api)
    somebody = meanwhile(lambda: observe(api, 1, by="kubectl-edit", storage=OURS))
    result = done(api, WORK, wait=False, **REMOVE)
    somebody.join()
    assert (result["failed"], result["code"]) == (True, "storage-not-handed-over")
    assert "kubectl-edit set it back." in result["msg"]
    assert found == [("Managed", "Managed")]


@pytest.mark.parametrize("wait", [True, False])
def test_nothing_is_removed_without_an_operator_that_knows_what_stays(api: TinyApi, wait: bool) -> None:
    serve_from_claim_of_the_operator(api)
    result = done(api, WORK, wait=wait, wait_timeout=1, **REMOVE)
    assert (result["failed"], result["changed"], result["code"]) == (True, True, "storage-not-handed-over")
    assert result["msg"].startswith(
        "Done: patch Config cluster (spec.storage.managementState). Not done: patch Config cluster "
        "(spec.managementState). Nothing was removed, because"
    )
    assert "the operator has not observed generation 2 of the Config. Look at the operator's log" in result["msg"]
    assert [step["outcome"] for step in result["plan"]] == ["done", "not done"]
    spec = (api.cluster().get(CLUSTER_CONFIG) or {})["spec"]
    assert (spec["managementState"], spec["storage"]["managementState"]) == ("Managed", "Unmanaged")


def test_an_unmanaged_that_nobody_has_observed_is_waited_for(api: TinyApi) -> None:
    storage = OURS | {"managementState": "Unmanaged"}
    api.put(CONFIG, config(storage=storage, used=OURS, status={"storageManaged": True, "observedGeneration": 0}))
    operator = meanwhile(lambda: observe(api, 1))
    result = done(api, WORK, management_state="Removed", wait=False)
    operator.join()
    assert [step["fields"] for step in result["plan"]] == [STATE]
    assert (api.written, api.asked["watch", "configs"]) == ([PATCHED], 1)


def test_an_action_of_the_task_is_not_lost_with_the_handover(api: TinyApi) -> None:
    serve_from_claim_of_the_operator(api)
    operator = meanwhile(lambda: observe(api, 1))
    done(api, WORK, wait=False, rotate_http_secret=True, **REMOVE)
    operator.join()
    assert not (api.cluster().get(CLUSTER_CONFIG) or {})["spec"].get("httpSecret")
    assert api.written == [PATCHED, PATCHED]
