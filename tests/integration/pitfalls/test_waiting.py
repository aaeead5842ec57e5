# SPDX-License-Identifier: GPL-3.0-or-later
"""Pitfalls of waiting: conditions that lag or lie, edits that get lost, a Config that is not there yet."""

from collections.abc import Callable

import pytest

from sandbox.tests.operator_cases.watching import CLUSTER_OPERATOR, JOBS
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import Document, condition, is_ready
from tests.integration.lab import Lab, warnings
from tests.integration.prediction import converge, idempotent

Knobs = Callable[..., None]
GRACE_SECONDS = 2


def _ready_pods(lab: Lab) -> int:
    return sum(map(is_ready, lab.api.items(paths.REGISTRY_PODS)))


@pytest.fixture
def serving(clean: Lab) -> Lab:
    """A registry that serves from a claim with one pod."""
    setups.serve_from_claim(clean, replicas=1)
    return clean


def test_scaling_goes_through_the_config(serving: Lab) -> None:
    """The operator reverts edits of the Deployment: neither scaling nor restarting is done there."""
    mark = serving.log.mark()
    serving.run("registry_replicas", {"replicas": 2})
    assert [(request.verb, request.path) for request in serving.log.writes_since(mark)] == [("patch", paths.CONFIG)]
    serving.api.patch(paths.DEPLOYMENT, {"spec": {"replicas": 5}})
    idempotent(serving, "registry_replicas", {"replicas": 2})
    assert serving.api.read(paths.DEPLOYMENT)["spec"]["replicas"] == 2
    assert _ready_pods(serving) == 2


def test_edit_that_the_operator_overwrites_is_put_back(serving: Lab, knobs: Knobs) -> None:
    """On a conflict the operator writes its earlier copy of the whole spec: an accepted patch may be lost."""
    knobs(conflict=1)
    result = serving.run("registry", {"replicas": 2, "disable_redirect": True})
    assert any("Something else changed fields during the wait" in text for text in warnings(result))
    live = serving.spec()
    assert (live["replicas"], live["disableRedirect"]) == (2, True)


def test_edits_at_the_same_time_do_not_undo_each_other(serving: Lab) -> None:
    """Two tasks read the same Config; the one that writes second must not write back what it has read."""
    tasks = [
        serving.start("registry_replicas", {"replicas": 2}),
        serving.start("registry_routes", {"default_route": True}),
        serving.start("registry_workload", {"disable_redirect": True}),
    ]
    assert not any(task.result().get("failed") for task in tasks)
    live = serving.spec()
    assert (live["replicas"], live["defaultRoute"], live["disableRedirect"]) == (2, True, True)


def test_scale_up_that_no_condition_shows_is_waited_for(serving: Lab, knobs: Knobs) -> None:
    """observedGeneration is reached and Progressing is False while the new pods are still starting."""
    knobs(holdRollout=True)
    task = serving.start("registry_replicas", {"replicas": 3})

    def seems_done(config: Document) -> bool:
        observed: bool = config["status"]["observedGeneration"] == config["metadata"]["generation"]
        scaled: bool = config["spec"]["replicas"] == 3
        return observed and scaled and condition(config, "Progressing")["status"] == "False"

    serving.api.wait_for(paths.CONFIG, seems_done)
    assert (task.is_running, _ready_pods(serving)) == (True, 1)
    knobs(holdRollout=None)
    assert task.result()["registry"]["replicas"] == {"wanted": 3, "ready": 3}
    assert _ready_pods(serving) == 3


def test_registry_that_goes_on_serving_from_the_old_storage_is_no_success(serving: Lab, knobs: Knobs) -> None:
    """While new storage cannot be reached, Available stays True and Degraded stays False."""
    setups.add_credentials(serving)
    knobs(storageCall="AccessDenied")
    to_bucket = {"storage": {"s3": setups.s3(serving)}, "accept_data_loss": True, "error_grace": GRACE_SECONDS}
    result = serving.modules.run("registry_storage", to_bucket)
    assert result["failed"] is True
    assert "AccessDenied" in result["msg"]
    statuses = {kind: condition(serving.config(), kind)["status"] for kind in ("Available", "Degraded")}
    assert statuses == {"Available": "True", "Degraded": "False"}


def test_error_whose_words_change_all_the_time_is_one_error(serving: Lab) -> None:
    """The operator retries endlessly, and each of its messages has a new request id: that is no progress."""
    setups.add_credentials(serving)
    bucket = {"bucket": "ab", "region": setups.REGION, "regionEndpoint": serving.s3_endpoint}
    storage = {"pvc": None, "s3": bucket, "managementState": "Unmanaged"}
    serving.api.patch(paths.CONFIG, {"spec": {"storage": storage}})

    def words(config: Document) -> str | None:
        progressing = condition(config, "Progressing")
        return progressing["message"] if progressing.get("reason") == "Error" else None

    first = serving.api.wait_for(paths.CONFIG, words)
    serving.api.wait_for(paths.CONFIG, lambda config: words(config) not in (None, first))
    result = serving.modules.run("registry_replicas", {"replicas": 2, "error_grace": 4})
    assert result["failed"] is True
    assert "This lasted for 4 seconds (error_grace)" in result["msg"]
    assert len({entry["state"] for entry in result["rollout"]["seen"] if "reports Error" in entry["state"]}) > 1


def test_failure_of_a_pruning_job_is_none_of_the_registry(serving: Lab) -> None:
    """Any failed Job of the namespace degrades the ClusterOperator, though the registry serves as declared."""
    pod = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}
    serving.api.create(JOBS, {"metadata": {"name": "by-hand"}, "spec": {"template": {"spec": pod}}})
    failed = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "too many failures"}
    failed["lastTransitionTime"] = "2026-01-01T00:00:00Z"
    serving.api.patch(f"{JOBS}/by-hand/status", {"status": {"conditions": [failed]}})
    serving.api.wait_for(CLUSTER_OPERATOR, lambda found: condition(found, "Degraded").get("status") == "True")
    result = serving.run("registry_replicas", {"replicas": 2})
    assert result["registry"]["replicas"] == {"wanted": 2, "ready": 2}
    seen = serving.run("registry_info", {})["cluster_operator"]["conditions"]["Degraded"]
    assert (seen["status"], seen["reason"]) == ("True", "ImagePrunerJobFailed")


def test_duration_that_stops_the_operator_is_found_and_cured(serving: Lab) -> None:
    """With a duration that Go cannot parse all conditions stay Ready, whatever is declared after that."""
    serving.api.patch(paths.CONFIG, {"spec": {"requests": {"read": {"maxWaitInQueue": "1d"}}}})
    (finding,) = serving.refused("registry_replicas", {"replicas": 2})["findings"]
    assert (finding["field"], finding["found"]) == ("spec.requests.read.maxWaitInQueue", "'1d'")
    config = serving.config()
    assert config["status"]["observedGeneration"] < config["metadata"]["generation"]
    assert setups.says_ready(config)
    args = {"requests": {"read": {"max_wait_in_queue": "24h"}}}
    converge(serving, "registry_workload", args)
    config = serving.config()
    assert config["status"]["observedGeneration"] == config["metadata"]["generation"]


def test_config_that_is_not_there_yet_is_reported_and_never_created(clean: Lab, knobs: Knobs) -> None:
    """Early in an installation, or without the capability, there is no Config; only the operator may make it."""
    knobs(operatorPaused=True)
    clean.api.patch(paths.CONFIG, {"metadata": {"finalizers": None}})
    clean.api.delete(paths.CONFIG)
    clean.api.wait_gone(paths.CONFIG)
    args = {"management_state": "Managed", "storage": {"pvc": {"claim": "registry", "size": "10Gi"}}}
    (finding,) = clean.refused("registry", args)["findings"]
    assert finding["found"] == "no such object"
    assert "capability ImageRegistry" in finding["remedy"]
    assert clean.run("registry_info", {})["config"] is None
    knobs(operatorPaused=None)
    # A registry that is Removed is there.
    clean.api.wait_for(paths.CONFIG, lambda config: condition(config, "Removed").get("status") == "True")
    clean.run("registry", args)
    assert _ready_pods(clean) == 1
