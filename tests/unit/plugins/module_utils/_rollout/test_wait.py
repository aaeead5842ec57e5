# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting: when it ends, how long errors are endured, and what happens when the API server has its own troubles."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.certificates import Trust
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    ApiError,
    Forbidden,
    RolloutFailed,
    RolloutTimeout,
    Unauthorized,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    CONFIG,
    CONFIG_MAP,
    DEPLOYMENT,
    POD,
    POD_EVENTS,
    REGISTRY_DEPLOYMENT,
    SECRET,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._report.summary import REFS
from ansible_collections.okd.image_registry.plugins.module_utils._rollout import wait as rollout
from ansible_collections.okd.image_registry.plugins.module_utils._rollout import watch
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import DONE, Expected, Verdict
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.held import Held
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.passed_on import Trusted

from tests.unit.builders import (
    Manifest,
    awaiting,
    conditions,
    config,
    credentials_file,
    deployment,
    generated_credentials,
    healthy,
    manifest,
    pod,
)
from tests.unit.tinyapi import CUT_OFF, TinyApi

LIMIT_SECONDS = 10.0


class Clock:
    """A clock that runs only when it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Waiting:
    """A wait in a thread of its own. begun: all of a test."""

    begun: ClassVar[list[Waiting]] = []

    def __init__(
        self,
        api: TinyApi,
        expected: list[Expected] | None = None,
        timeout: float = 600,
        error_grace: float = 60,
        retry_for: float = 0,
    ):
        self.clock = Clock()
        entries = expected or awaiting()
        self._wait = rollout.Wait(api.cluster(retry_for), entries, REFS, timeout, error_grace, clock=self.clock)
        self._ended: list[Any] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self.begun.append(self)

    def _run(self) -> None:
        try:
            self._ended.append(self._wait.until_done())
        except Exception as error:
            self._ended.append(error)

    def has_seen(self, state: str) -> None:
        """Wait until the wait has noted a state."""
        limit = time.monotonic() + LIMIT_SECONDS
        while state not in [entry["state"] for entry in self.seen()]:
            assert not self._ended, self._ended
            assert time.monotonic() < limit, self.seen()
            time.sleep(0.005)

    def has_ended(self) -> bool:
        return bool(self._ended)

    def report(self) -> dict[str, Any]:
        """Return what a task reports of the wait."""
        return self._wait.report()

    def seen(self) -> list[dict[str, Any]]:
        """Return the states that were noted."""
        seen: list[dict[str, Any]] = self.report()["seen"]
        return seen

    def result(self) -> Any:
        """Return what the wait ended with: its result, or the error that it raised."""
        self._thread.join(LIMIT_SECONDS)
        assert self._ended, self.seen()
        return self._ended[0]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[TinyApi]:
    """An API server that holds a registry that serves."""
    for name in ("_POLL_SECONDS", "_PAUSE_SECONDS"):
        monkeypatch.setattr(watch, name, 0.01)
    with TinyApi() as server:
        server.put(CONFIG, config())
        server.put(DEPLOYMENT, deployment())
        yield server


@pytest.fixture(autouse=True)
def every_wait_ends() -> Iterator[None]:
    """Else its threads try to reach a server that is gone, again and again, while other tests count connections."""
    yield
    ended = [waiting.has_ended() for waiting in Waiting.begun]
    Waiting.begun.clear()
    assert all(ended)


def retrying(attempt: int) -> Manifest:
    """Return a Config with which the operator fails again and again, each time in other words."""
    return config(status={"conditions": healthy(Progressing=("True", "Error", f"attempt {attempt}"))})


def told(attempt: int) -> str:
    """Return how such an attempt is told."""
    return f"the operator reports Error: attempt {attempt}"


def working(step: str) -> Manifest:
    """Return a Config with which the operator is at work."""
    return config(status={"conditions": healthy(Progressing=("True", "DeploymentNotCompleted", step))})


def test_a_registry_that_serves_is_done_at_the_first_look(api: TinyApi) -> None:
    verdict, snapshot = Waiting(api).result()
    assert verdict == DONE
    assert snapshot[CLUSTER_CONFIG] == config()
    assert snapshot[REGISTRY_DEPLOYMENT] == deployment()


def test_every_object_is_listed_and_watched_once(api: TinyApi) -> None:
    api.put(CONFIG, working("step 1"))
    waiting = Waiting(api)
    for plural in ("configs", "deployments", "pods", "routes"):
        api.wait_until_asked("watch", plural, 1)
    api.put(CONFIG, config())
    waiting.result()
    assert set(api.asked.values()) == {1}
    assert {plural for _verb, plural in api.asked} == {"configs", "deployments", "pods", "routes"}


def test_a_config_whose_watch_lags_behind_is_not_believed(api: TinyApi) -> None:
    api.put(CONFIG, config())
    api.put(DEPLOYMENT, deployment(1, availableReplicas=0))
    waiting = Waiting(api)
    waiting.has_seen("1 of 1 pods have the new configuration, 0 of 1 pods are available")
    api.lagging.add("configs")
    api.put(CONFIG, working("step 1"))
    api.put(DEPLOYMENT, deployment(1))
    waiting.has_seen("the operator reports DeploymentNotCompleted: step 1")
    api.put(CONFIG, config())
    api.catch_up()
    verdict, snapshot = waiting.result()
    assert (verdict.state, snapshot[CLUSTER_CONFIG]) == ("done", config())


def test_events_are_followed_until_it_is_done(api: TinyApi) -> None:
    api.put(CONFIG, config(replicas=2))
    waiting = Waiting(api)
    waiting.has_seen("the deployment does not yet ask for 2 replicas")
    waiting.clock.now = 1.5
    api.put(DEPLOYMENT, deployment(2, availableReplicas=1))
    waiting.has_seen("2 of 2 pods have the new configuration, 1 of 2 pods are available")
    waiting.clock.now = 2.0
    api.put(DEPLOYMENT, deployment(2))
    assert waiting.result()[0] == DONE
    assert [(entry["after"], entry["state"]) for entry in waiting.seen()] == [
        (0.0, "the deployment does not yet ask for 2 replicas"),
        (1.5, "2 of 2 pods have the new configuration, 1 of 2 pods are available"),
        (2.0, DONE.why),
    ]


def test_objects_that_come_and_go_are_followed(api: TinyApi) -> None:
    live = config(managementState="Removed", status={"conditions": conditions(Removed=("True",))})
    api.put(CONFIG, live)
    waiting = Waiting(api)
    waiting.has_seen("the deployment still exists")
    api.delete(DEPLOYMENT, deployment())
    finished = conditions(Removed=("True",), Progressing=("False", "Removed"))
    api.put(CONFIG, config(managementState="Removed", status={"conditions": finished}))
    assert waiting.result()[0] == Verdict("done", "the registry is removed")


def test_the_generated_secret_is_watched_when_credentials_are_declared(api: TinyApi) -> None:
    api.put(SECRET, generated_credentials("old"))
    waiting = Waiting(api, awaiting(credentials={"credentials": credentials_file()}))
    waiting.has_seen("the operator has not yet passed the new credentials on to the pods")
    api.put(SECRET, generated_credentials())
    assert waiting.result()[0] == DONE


def test_a_pod_in_trouble_is_named(api: TinyApi) -> None:
    api.put(DEPLOYMENT, deployment(1, availableReplicas=0))
    waiting = Waiting(api)
    waiting.has_seen("1 of 1 pods have the new configuration, 0 of 1 pods are available")
    api.put(POD, pod("p", conditions=conditions(PodScheduled=("False", "Unschedulable"))))
    waiting.has_seen(
        "1 of 1 pods have the new configuration, 0 of 1 pods are available; pod p cannot be scheduled: Unschedulable"
    )
    api.put(DEPLOYMENT, deployment())
    assert waiting.result()[0] == DONE


def test_a_final_error_ends_it_at_once(api: TinyApi) -> None:
    api.put(CONFIG, config(status={"conditions": healthy(Degraded=("True", "VerificationFailed", "Error: routes"))}))
    waiting = Waiting(api)
    error = waiting.result()
    assert isinstance(error, RolloutFailed)
    assert str(error) == (
        "The registry cannot get to the declared state: the operator reports VerificationFailed: Error: routes."
    )
    assert waiting.report()["waited"] is True


def test_an_error_is_endured_for_a_time(api: TinyApi) -> None:
    api.put(CONFIG, retrying(1))
    waiting = Waiting(api, error_grace=60)
    waiting.has_seen(told(1))
    waiting.clock.now = 59.0
    api.put(CONFIG, retrying(2))
    waiting.has_seen(told(2))
    waiting.clock.now = 60.0
    api.put(CONFIG, retrying(3))
    error = waiting.result()
    assert isinstance(error, RolloutFailed)
    assert str(error) == (
        "The registry does not get to the declared state: the operator reports Error: attempt 3. This lasted for 60 "
        "seconds (error_grace)."
    )


class Told(Expected):
    """A verdict by what the Config's replicas are."""

    def __init__(self, *verdicts: Verdict):
        self._verdicts = verdicts

    def refs(self) -> set[Ref]:
        return {CLUSTER_CONFIG}

    def verdict(self, seen: Snapshot) -> Verdict:
        live = seen[CLUSTER_CONFIG]
        assert live is not None
        chosen: int = live["spec"]["replicas"]
        return self._verdicts[chosen]


def test_trouble_that_needs_patience_is_given_it_and_then_a_remedy(api: TinyApi) -> None:
    api.put(CONFIG, config(replicas=0))
    silence = Verdict("waiting", "silence", True, patience=180, subject="operator", remedy="Look at it.")
    waiting = Waiting(api, [Told(silence, Verdict("waiting", "still silence", True, patience=180, subject="operator"))])
    waiting.has_seen("silence")
    waiting.clock.now = 179.0
    api.put(CONFIG, config(replicas=1))
    waiting.has_seen("still silence")
    waiting.clock.now = 180.0
    api.put(CONFIG, config(replicas=0))
    error = waiting.result()
    assert isinstance(error, RolloutFailed)
    assert str(error) == (
        "The registry does not get to the declared state: silence. This lasted for 180 seconds. Look at it."
    )


def test_other_trouble_is_endured_anew(api: TinyApi) -> None:
    api.put(CONFIG, config(replicas=0))
    silence = Verdict("waiting", "silence", True, patience=180, subject="operator")
    waiting = Waiting(api, [Told(silence, Verdict("waiting", "an error", True), DONE)], error_grace=60)
    waiting.has_seen("silence")
    waiting.clock.now = 179.0
    api.put(CONFIG, config(replicas=1))
    waiting.has_seen("an error")
    waiting.clock.now = 238.0
    api.put(CONFIG, config(replicas=2))
    assert waiting.result()[0] == DONE


def test_what_nobody_can_tell_is_believed_after_a_time_and_said(api: TinyApi) -> None:
    api.put(CONFIG, config(replicas=0))
    waiting = Waiting(api, [Told(Verdict("waiting", "unproven", doubt="It may not be so."))], error_grace=60)
    waiting.has_seen("unproven")
    waiting.clock.now = 59.0
    api.put(CONFIG, config(replicas=0))
    assert not waiting.has_ended()
    waiting.clock.now = 60.0
    api.put(CONFIG, config(replicas=0))
    verdict, _snapshot = waiting.result()
    assert (verdict.state, verdict.doubt) == ("done", "It may not be so.")


def test_what_lasts_is_looked_up_once_in_a_while(api: TinyApi) -> None:
    api.put(CONFIG, config(replicas=0))
    events = frozenset({POD_EVENTS})
    first, second = (Verdict("waiting", step, explained_by=events) for step in ("step 1", "step 2"))
    waiting = Waiting(api, [Told(first, second, DONE)])
    waiting.has_seen("step 1")
    assert api.asked["list", "events"] == 0
    waiting.clock.now = 5.0
    api.put(CONFIG, config(replicas=1))
    api.wait_until_asked("list", "events", 1)
    waiting.clock.now = 6.0
    api.put(CONFIG, config(replicas=0))
    waiting.clock.now = 35.0
    api.put(CONFIG, config(replicas=1))
    # Those of a kind that cannot be selected by are asked for twice.
    api.wait_until_asked("list", "events", 3)
    api.put(CONFIG, config(replicas=2))
    assert waiting.result()[0] == DONE


def test_an_error_that_went_away_is_endured_anew(api: TinyApi) -> None:
    api.put(CONFIG, retrying(1))
    waiting = Waiting(api, error_grace=60)
    waiting.has_seen(told(1))
    waiting.clock.now = 50.0
    api.put(CONFIG, working("step 1"))
    waiting.has_seen("the operator reports DeploymentNotCompleted: step 1")
    waiting.clock.now = 55.0
    api.put(CONFIG, retrying(2))
    waiting.has_seen(told(2))
    waiting.clock.now = 114.0
    api.put(CONFIG, retrying(3))
    waiting.has_seen(told(3))
    waiting.clock.now = 115.0
    api.put(CONFIG, retrying(4))
    assert isinstance(waiting.result(), RolloutFailed)


def test_time_runs_out(api: TinyApi) -> None:
    api.put(CONFIG, working("step 1"))
    waiting = Waiting(api, timeout=600)
    waiting.has_seen("the operator reports DeploymentNotCompleted: step 1")
    waiting.clock.now = 599.0
    api.put(CONFIG, working("step 2"))
    waiting.has_seen("the operator reports DeploymentNotCompleted: step 2")
    waiting.clock.now = 600.0
    api.put(CONFIG, working("step 3"))
    error = waiting.result()
    assert isinstance(error, RolloutTimeout)
    assert str(error) == (
        "The registry did not get to the declared state within 600 seconds (wait_timeout): the operator reports "
        "DeploymentNotCompleted: step 3."
    )
    assert waiting.report()["duration"] == 600.0


def test_what_is_done_in_the_last_moment_counts(api: TinyApi) -> None:
    api.put(CONFIG, working("step 1"))
    waiting = Waiting(api, timeout=600)
    waiting.has_seen("the operator reports DeploymentNotCompleted: step 1")
    waiting.clock.now = 700.0
    api.put(CONFIG, config())
    assert waiting.result()[0] == DONE


@pytest.mark.parametrize(
    ("live", "limits", "kind", "option"),
    [
        (working("step 1"), {"timeout": 0.3}, RolloutTimeout, "wait_timeout"),
        (retrying(1), {"error_grace": 0.3}, RolloutFailed, "error_grace"),
    ],
    ids=["timeout", "error_grace"],
)
def test_limits_hold_without_any_event(
    api: TinyApi, live: Manifest, limits: dict[str, float], kind: type[Exception], option: str
) -> None:
    api.put(CONFIG, live)
    timeout, error_grace = limits.get("timeout", 60.0), limits.get("error_grace", 60.0)
    wait = rollout.Wait(api.cluster(), awaiting(), REFS, timeout, error_grace)
    with pytest.raises(kind, match=option):
        wait.until_done()


def test_what_is_due_is_handed_back_when_the_operator_has_not_done_it_by_itself(api: TinyApi) -> None:
    storage = {"s3": {"bucket": "images", "trustedCA": {"name": "ours"}}}
    api.put(CONFIG, config(storage=storage, used=storage))
    api.put(CONFIG_MAP, manifest("ConfigMap", "image-registry-certificates", data={}))
    expected: list[Expected] = [Trusted(Trust("ours"))]
    waiting = Waiting(api, expected)
    state = "the operator has not yet given the pods the declared authorities of the object store"
    waiting.has_seen(state)
    assert not waiting.has_ended()
    waiting.clock.now = 3.0
    api.put(DEPLOYMENT, deployment())
    verdict, _snapshot = waiting.result()
    assert (verdict.state, verdict.why) == ("due", state)


def test_overwritten_fields_are_handed_back_and_the_wait_goes_on(api: TinyApi) -> None:
    api.put(CONFIG, config(replicas=1))
    wait = rollout.Wait(api.cluster(), awaiting({"spec": {"replicas": 2}}), REFS, timeout=60, error_grace=60)
    verdict, snapshot = wait.until_done()
    assert (verdict.state, verdict.why) == ("lost", "spec.replicas")
    live = snapshot[CLUSTER_CONFIG]
    assert live is not None
    assert live["spec"]["replicas"] == 1
    api.put(CONFIG, config(replicas=2))
    api.put(DEPLOYMENT, deployment(2))
    assert wait.until_done()[0] == DONE
    assert [entry["state"] for entry in wait.report()["seen"]] == ["spec.replicas", DONE.why]


@pytest.mark.parametrize("plural", ["configs", "deployments"])
def test_what_decides_must_be_readable(api: TinyApi, plural: str) -> None:
    for verb in ("list", "watch", "get"):
        api.refusals[verb, plural] = 403
    assert isinstance(Waiting(api).result(), Forbidden)


@pytest.mark.parametrize("plural", ["pods", "routes"])
def test_what_only_explains_may_be_hidden(api: TinyApi, plural: str) -> None:
    for verb in ("list", "watch", "get"):
        api.refusals[verb, plural] = 403
    assert Waiting(api).result()[0] == DONE


def test_what_may_be_read_but_not_watched_is_read_again(api: TinyApi) -> None:
    api.refusals["list", "configs"] = 403
    api.put(CONFIG, working("step 1"))
    waiting = Waiting(api)
    waiting.has_seen("the operator reports DeploymentNotCompleted: step 1")
    api.put(CONFIG, config())
    assert waiting.result()[0] == DONE
    assert api.asked["get", "configs"] > 1


def test_a_failure_to_read_again_is_no_end(api: TinyApi) -> None:
    api.refusals["list", "configs"] = 403
    api.put(CONFIG, working("step 1"))
    waiting = Waiting(api)
    waiting.has_seen("the operator reports DeploymentNotCompleted: step 1")
    api.refusals["get", "configs"] = 500
    waiting.has_seen("GET Config cluster: HTTP 500 InternalError: no get configs")
    api.put(CONFIG, config())
    del api.refusals["get", "configs"]
    assert waiting.result()[0] == DONE


def test_a_watch_that_breaks_off_begins_again(api: TinyApi) -> None:
    api.put(CONFIG, working("step 1"))
    waiting = Waiting(api)
    api.wait_until_asked("watch", "configs", 1)
    api.cut_watches()
    api.wait_until_asked("watch", "configs", 2)
    api.put(CONFIG, config())
    assert waiting.result()[0] == DONE


@pytest.mark.parametrize("refusal", [CUT_OFF, 410, 500, 404], ids=["no answer", "gone", "error", "not found"])
def test_a_watch_that_cannot_begin_is_tried_again(api: TinyApi, refusal: int) -> None:
    api.put(CONFIG, working("step 1"))
    api.refusals["watch", "configs"] = refusal
    waiting = Waiting(api)
    api.wait_until_asked("watch", "configs", 3)
    del api.refusals["watch", "configs"]
    api.put(CONFIG, config())
    assert waiting.result()[0] == DONE


@pytest.mark.parametrize("verb", ["list", "watch"])
def test_a_kind_that_an_api_server_does_not_serve_yet_is_no_end(api: TinyApi, verb: str) -> None:
    api.put(CONFIG, working("step 1"))
    waiting = Waiting(api, retry_for=1.0)
    api.wait_until_asked("watch", "configs", 1)
    api.refusals[verb, "configs"] = (404, "404 page not found")
    asked = api.asked[verb, "configs"]
    api.cut_watches()
    api.wait_until_asked(verb, "configs", asked + 2)
    api.put(CONFIG, config())
    del api.refusals[verb, "configs"]
    assert waiting.result()[0] == DONE
    assert not any("does not exist" in entry["state"] for entry in waiting.seen())


def test_a_config_that_cannot_be_read_at_the_end_is_read_again(api: TinyApi) -> None:
    api.put(CONFIG, config())
    api.refusals["get", "configs"] = 500
    waiting = Waiting(api)
    waiting.has_seen("GET Config cluster: HTTP 500 InternalError: no get configs")
    del api.refusals["get", "configs"]
    assert waiting.result()[0] == DONE


def test_an_api_server_that_fails_is_named_and_endured(api: TinyApi) -> None:
    api.refusals["list", "configs"] = 500
    waiting = Waiting(api)
    waiting.has_seen("GET Config cluster: HTTP 500 InternalError: no list configs")
    del api.refusals["list", "configs"]
    assert waiting.result()[0] == DONE


def test_routes_are_no_condition_where_there_are_none(api: TinyApi) -> None:
    api.put(CONFIG, working("step 1"))
    for verb in ("list", "watch"):
        api.refusals[verb, "routes"] = 404
    waiting = Waiting(api)
    api.wait_until_asked("watch", "routes", 3)
    api.put(CONFIG, config())
    assert waiting.result()[0] == DONE
    assert {entry["state"] for entry in waiting.seen()} == {
        "the operator reports DeploymentNotCompleted: step 1",
        DONE.why,
    }


def test_a_user_who_is_not_known_any_more_ends_it(api: TinyApi) -> None:
    api.put(CONFIG, working("step 1"))
    waiting = Waiting(api)
    api.wait_until_asked("watch", "configs", 1)
    api.refusals["list", "configs"] = 401
    api.cut_watches()
    assert isinstance(waiting.result(), Unauthorized)
    assert isinstance(waiting.result(), ApiError)


@pytest.mark.parametrize("event", ["no event", {"type": "MODIFIED", "object": {"metadata": {}}}], ids=repr)
def test_a_watch_that_tells_of_nothing_begins_again(api: TinyApi, event: Any) -> None:
    api.put(CONFIG, working("step 1"))
    waiting = Waiting(api)
    api.wait_until_asked("watch", "configs", 1)
    api.say(CONFIG, event)
    api.wait_until_asked("watch", "configs", 2)
    api.put(CONFIG, config())
    assert waiting.result()[0] == DONE


def test_an_object_without_a_name_in_a_list_is_no_end(api: TinyApi) -> None:
    api.refusals["list", "pods"] = '{"metadata": {"resourceVersion": "0"}, "items": [{}, {"metadata": null}]}'
    assert Waiting(api).result()[0] == DONE


def test_threads_end_with_the_wait(api: TinyApi) -> None:
    before = set(threading.enumerate())
    api.put(CONFIG, working("step 1"))
    waiting = Waiting(api)
    for plural in ("configs", "deployments", "pods", "routes"):
        api.wait_until_asked("watch", plural, 1)
    ours = [thread for thread in threading.enumerate() if thread not in before and thread.name.endswith("(_follow)")]
    assert len(ours) == 4
    api.put(CONFIG, config())
    waiting.result()
    for thread in ours:
        thread.join(LIMIT_SECONDS)
        assert not thread.is_alive()


def test_declared_secrets_are_watched_by_name(api: TinyApi) -> None:
    api.put(CONFIG, working("step 1"))
    api.put(SECRET, generated_credentials())
    ref = SECRET(generated_credentials()["metadata"]["name"])
    waiting = Waiting(api, [*awaiting(), Held(Wanted(ref, {}))])
    api.wait_until_asked("watch", "secrets", 1)
    api.put(CONFIG, config())
    assert waiting.result()[0] == DONE
    assert api.asked["get", "secrets"] == 0
    for verb in ("list", "watch"):
        assert [query.get("fieldSelector") for query in api.queries[verb, "secrets"]] == [f"metadata.name={ref.name}"]


def test_declared_secrets_that_may_not_be_listed_are_read(api: TinyApi) -> None:
    api.put(CONFIG, working("step 1"))
    api.put(SECRET, generated_credentials())
    for verb in ("list", "watch"):
        api.refusals[verb, "secrets"] = 403
    ref = SECRET(generated_credentials()["metadata"]["name"])
    waiting = Waiting(api, [*awaiting(), Held(Wanted(ref, {}))])
    api.wait_until_asked("get", "secrets", 3)
    api.put(CONFIG, config())
    assert waiting.result()[0] == DONE
    assert api.asked["list", "secrets"] == 1
