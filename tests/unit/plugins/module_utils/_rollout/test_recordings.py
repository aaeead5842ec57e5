# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts on the recordings of the real operator event by event."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import Desired
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    GENERATED_CREDENTIALS,
    REGISTRY_DEPLOYMENT,
    REGISTRY_ROUTES,
    USER_CREDENTIALS,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.admitted import Admitted
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import DONE, Expected, Verdict, judge
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.passed_on import CredentialsPassedOn

from tests.unit import builders, recordings
from tests.unit.builders import ALL_SECTIONS, options
from tests.unit.recordings import CONFIG, DEPLOYMENT, Moment

CLAIM_MISSING = 'persistentvolumeclaims "nope" not found'
ONE_REPLICA_ONLY = "cannot use ReadWriteOnce access mode with more than one replica of the image registry"
NO_CREDENTIALS = 'secret "installer-cloud-credentials" not found'


@dataclass(frozen=True)
class Task:
    """A task that declares what one step of a recording changed, and how its wait has to end.

    end: done, or the state that remains; at: when that is judged first, in the recording's seconds; by: the object
    whose event decides it; words: what the verdict must quote.
    """

    recording: str
    step: int
    given: dict[str, Any]
    end: str
    at: float
    by: str
    words: str = ""

    def __str__(self) -> str:
        return f"{self.recording}, step {self.step}"

    def expected(self) -> list[Expected]:
        """Return what the task waits for."""
        desired = Desired(options(**self.given), ALL_SECTIONS)
        before, stored = recordings.before(self.recording, self.step), self.moments()[0].objects[CONFIG]
        return desired.expected(Change((), before.objects[CONFIG], stored, {}), before.observed())

    def moments(self) -> list[Moment]:
        """Return what there is to see after the task's write."""
        return recordings.after(self.recording, self.step)

    def verdicts(self) -> list[tuple[Moment, Verdict]]:
        """Return the verdict at each moment."""
        expected = self.expected()
        return [(moment, judge(expected, moment.observed())) for moment in self.moments()]


def done(recording: str, step: int, at: float, by: str, /, **given: Any) -> Task:
    """Return a task whose wait ends well."""
    return Task(recording, step, given, "done", at, by)


def stuck(recording: str, step: int, at: float, words: str, /, **given: Any) -> Task:
    """Return a task about which the operator or the router says that it cannot be done as it is, and tries again."""
    return Task(recording, step, given, "troubled", at, CONFIG, words)


def failed(recording: str, step: int, at: float, words: str, /, **given: Any) -> Task:
    """Return a task of which the operator says that it cannot be done."""
    return Task(recording, step, given, "failed", at, CONFIG, words)


KEYS_1 = {"s3": {"access_key": "AKIA1", "secret_key": "s3cr3t"}}
KEYS_2 = {"s3": {"access_key": "AKIA2", "secret_key": "s3cr3t2"}}
ROUTE = {"name": "public", "hostname": "registry.example.com", "secret_name": "reg-tls"}
REFUSED_ROUTE = {"name": "b", "hostname": "reject.example.com"}
REMOVED = "management-states"
SETUP = "setup-removed-to-serving"
SCALING = "replicas-and-route"
TO_PVC = "storage-naive-merge-then-switch-to-pvc"
NO_BACKEND = "storage-none-while-managed"
MISSING = "storage-pvc-missing-claim"
RWO = "storage-pvc-rwo-two-replicas"
S3 = "storage-s3"
TRUSTED_CA = "storage-s3-trusted-ca"
ROUTES = "routes-custom"
PODS = "workload-settings"
EDITED = "deployment-edited-and-deleted"
INVALID = "invalid-specs"
NO_PODS = "truth-replicas-zero"
MINUS_ONE = "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: -1"
TAKEN_OVER = "truth-routes-of-others"

TASKS = [
    done(
        *(SETUP, 1, 12.71, CONFIG),
        management_state="Managed",
        replicas=2,
        default_route=True,
        storage={"pvc": {"claim": "registry"}},
    ),
    done(SETUP, 2, 19.74, CONFIG, management_state="Removed"),
    done(REMOVED, 0, 0.11, CONFIG, management_state="Unmanaged"),
    done(REMOVED, 1, 6.77, CONFIG, replicas=3),
    done(REMOVED, 2, 13.42, CONFIG, management_state="Managed", replicas=1),
    done(REMOVED, 3, 22.16, CONFIG, management_state="Removed"),
    done(REMOVED, 4, 30.43, CONFIG, management_state="Managed", storage={"empty_dir": {}}),
    done(SCALING, 0, 2.5, DEPLOYMENT, replicas=3),
    done(SCALING, 1, 9.88, "Route/default-route", default_route=True),
    done(SCALING, 2, 16.71, DEPLOYMENT, default_route=False, replicas=1),
    done(TO_PVC, 1, 8.25, CONFIG, storage={"pvc": {}}),
    failed(NO_BACKEND, 0, 0.15, "StorageNotConfigured: Error: storage backend not configured", replicas=1),
    done(NO_BACKEND, 1, 6.88, CONFIG, storage={"empty_dir": {}}),
    stuck(MISSING, 0, 0.17, CLAIM_MISSING, storage={"pvc": {"claim": "nope"}, "management_state": "Managed"}),
    done(MISSING, 1, 8.16, CONFIG, storage={"empty_dir": {}}, rollout_strategy="RollingUpdate"),
    stuck(
        *(RWO, 1, 6.35, ONE_REPLICA_ONLY),
        storage={"pvc": {"claim": "rwo"}, "management_state": "Managed"},
        replicas=2,
    ),
    stuck(RWO, 2, 12.96, ONE_REPLICA_ONLY, rollout_strategy="Recreate"),
    done(RWO, 3, 21.02, CONFIG, replicas=1),
    stuck(S3, 0, 0.15, NO_CREDENTIALS, storage={"s3": {"region": "us-east-1"}}),
    done(S3, 1, 8.51, CONFIG, credentials=KEYS_1),
    done(S3, 2, 19.21, CONFIG, replicas=2),
    done(S3, 3, 27.97, CONFIG, credentials=KEYS_2),
    done(S3, 5, 43.21, CONFIG, credentials=KEYS_1),
    done(S3, 6, 52.47, CONFIG, storage={"s3": {"bucket": "other"}, "management_state": "Managed"}),
    stuck(
        *(TRUSTED_CA, 1, 6.36, 'does not contain required key "REGISTRY_STORAGE_S3_SECRETKEY"'),
        storage={"s3": {"bucket": "registry-b1", "trusted_ca": "nope"}},
    ),
    stuck(TRUSTED_CA, 2, 13.0, 'failed to get trusted CA "nope": configmap "nope" not found', credentials=KEYS_1),
    done(TRUSTED_CA, 3, 26.06, CONFIG, storage={"s3": {"bucket": "registry-b1", "trusted_ca": ""}}),
    stuck(ROUTES, 0, 0.34, 'Name=public: secret "reg-tls" not found', routes=[ROUTE]),
    done(ROUTES, 1, 7.16, "Route/public", routes=[ROUTE]),
    stuck(ROUTES, 2, 13.57, "HostAlreadyClaimed: a route in another namespace", routes=[ROUTE, REFUSED_ROUTE]),
    done(ROUTES, 3, 20.24, "Route/b", routes=[]),
    done(PODS, 0, 1.55, CONFIG, log_level="Debug", read_only=True, node_selector={"node-role.kubernetes.io/infra": ""}),
    done(PODS, 1, 9.26, CONFIG, log_level="Debug"),
    stuck(
        PODS,
        2,
        15.5,
        "not observed generation 33 of the Config, because it cannot decode spec.requests.read.maxWaitInQueue",
        requests={"read": {"max_wait_in_queue": "1d"}},
    ),
    done(PODS, 3, 27.34, CONFIG, log_level="Normal", node_selector={}, tolerations=[], affinity={}),
    done(EDITED, 0, 6.44, CONFIG, management_state="Managed"),
    failed(INVALID, 0, 0.13, "VerificationFailed: Error: unable to complete resource: replicas must be", replicas=-1),
    done(INVALID, 8, 50.5, CONFIG, replicas=1),
    stuck(NO_PODS, 0, 0.11, MINUS_ONE, replicas=0),
    stuck(NO_PODS, 1, 7.71, MINUS_ONE, log_level="Debug"),
    done(NO_PODS, 2, 14.48, DEPLOYMENT, rollout_strategy="Recreate"),
    stuck(NO_PODS, 3, 20.89, MINUS_ONE, rollout_strategy="RollingUpdate"),
    done(NO_PODS, 4, 30.09, CONFIG, replicas=2),
    done(NO_PODS, 5, 39.5, CONFIG, log_level="Normal"),
    done(TAKEN_OVER, 1, 7.06, CONFIG, routes=[{"name": "mine", "hostname": "other.example.com"}]),
    done(TAKEN_OVER, 3, 22.51, CONFIG, log_level="Debug"),
    done(TAKEN_OVER, 4, 31.91, CONFIG, routes=[{"name": "mine", "hostname": "third.example.com"}], log_level="Normal"),
    done(TAKEN_OVER, 5, 38.23, "Route/mine", routes=[]),
]

BEFORE_THE_TASK = "prepares a later step, the registry does not take part"
REFUSED_BY_API = "the API server refuses it, so that there is nothing to wait for"
NOT_JUDGED = {
    ("trusted-ca-late", 0): BEFORE_THE_TASK,
    **{
        ("trusted-ca-late", step): "what the pods trust is in a ConfigMap; storage/test_trust.py judges it"
        for step in (1, 2, 3)
    },
    (SETUP, 0): BEFORE_THE_TASK,
    (RWO, 0): BEFORE_THE_TASK,
    (TRUSTED_CA, 0): BEFORE_THE_TASK,
    (TO_PVC, 0): "two backends at once are never sent; test_fields_that_others_put_in_are_lost judges it",
    (S3, 4): "the task is refused: nothing replaces the credentials that it removes",
    (TAKEN_OVER, 0): BEFORE_THE_TASK,
    (TAKEN_OVER, 2): BEFORE_THE_TASK,
    (EDITED, 1): "no task did it; test_a_foreign_change_is_seen judges it",
    (EDITED, 2): "no task did it; test_a_foreign_change_is_seen judges it",
    **{(INVALID, step): REFUSED_BY_API for step in range(1, 7)},
    (INVALID, 7): "the API server drops the unknown field and changes nothing",
}
# They record what other objects than the Config do, which no section declares.
OTHER_RECORDINGS = {"image-config", "pruner"}


def test_every_step_of_the_recordings_is_judged_or_named() -> None:
    names = {path.stem for path in recordings.DIRECTORY.glob("*.json")} - OTHER_RECORDINGS
    every = {(name, step) for name in names for step in range(len(recordings.steps(name)))}
    judged = {(task.recording, task.step) for task in TASKS}
    assert judged | set(NOT_JUDGED) == every
    assert not judged & set(NOT_JUDGED)


@pytest.mark.parametrize("task", TASKS, ids=str)
def test_the_wait_ends_at_the_right_event(task: Task) -> None:
    verdicts = task.verdicts()
    moment, verdict = next((moment, verdict) for moment, verdict in verdicts if _is(verdict, task))
    assert (moment.at, moment.changed) == (task.at, task.by)
    assert task.words in verdict.why
    assert _is(verdicts[-1][1], task)
    if task.end != "done":
        assert "done" not in {verdict.state for _moment, verdict in verdicts}


@pytest.mark.parametrize("task", TASKS, ids=str)
def test_nothing_that_serves_changes_after_done(task: Task) -> None:
    verdicts = task.verdicts()
    settled = _serving(verdicts[-1][0].objects)
    assert [moment.at for moment, verdict in verdicts if verdict == DONE and _serving(moment.objects) != settled] == []


@pytest.mark.parametrize("task", TASKS, ids=str)
def test_no_lag_between_the_watches_makes_it_done_too_early(task: Task) -> None:
    expected, moments = task.expected(), task.moments()
    final = moments[-1].observed()
    declared = {name for entry in expected if isinstance(entry, Admitted) for name in _names(entry)}
    has_credentials = any(isinstance(entry, CredentialsPassedOn) for entry in expected)
    for seen in _mixed(moments):
        if judge(expected, seen) == DONE:
            assert seen[REGISTRY_DEPLOYMENT] == final[REGISTRY_DEPLOYMENT]
            assert _routes(seen, declared) == _routes(final, declared)
            assert not has_credentials or seen[GENERATED_CREDENTIALS] == final[GENERATED_CREDENTIALS]


def test_a_scale_up_is_followed_pod_by_pod() -> None:
    task = next(task for task in TASKS if (task.recording, task.step) == (SCALING, 0))
    assert _told(task.verdicts()) == [
        (0.15, "the operator has not observed generation 6 of the Config"),
        (0.24, "Kubernetes has not yet processed the last change of the deployment"),
        (0.26, "1 of 3 pods have the new configuration, 1 of 1 pods are available"),
        (0.33, "3 of 3 pods have the new configuration, 1 of 3 pods are available"),
        (1.47, "3 of 3 pods have the new configuration, 2 of 3 pods are available"),
        (2.5, DONE.why),
    ]


def test_changed_credentials_are_followed_from_the_secret_to_the_pods() -> None:
    task = next(task for task in TASKS if (task.recording, task.step) == (S3, 3))
    assert _told(task.verdicts())[:3] == [
        (25.4, "the operator has not yet passed the new credentials on to the pods"),
        (25.57, "the pods do not yet have the new credentials or certificates"),
        (25.57, "Kubernetes has not yet processed the last change of the deployment"),
    ]


def test_fields_that_others_put_in_are_lost() -> None:
    task = Task(TO_PVC, 0, {"storage": {"pvc": {}}}, "lost", 0.17, CONFIG)
    moment, verdict = task.verdicts()[0]
    assert (moment.at, verdict.state) == (0.17, "lost")
    assert "spec.storage.emptyDir" in verdict.why


@pytest.mark.parametrize(("step", "seen", "mended"), [(1, 12.9, 19.3), (2, 25.54, 25.78)], ids=["deleted", "edited"])
def test_a_foreign_change_is_seen(step: int, seen: float, mended: float) -> None:
    states = [
        (moment.at, verdict.state) for moment, verdict in Task(EDITED, step, {"replicas": 2}, "", 0, "").verdicts()
    ]
    assert next(at for at, state in states if state == "waiting") == seen
    assert next(at for at, state in states if state == "done" and at > seen) == mended
    assert states[-1][1] == "done"


def _is(verdict: Verdict, task: Task) -> bool:
    """Whether the verdict is the one with which the wait of task ends; of several troubles it is the named one."""
    state = "troubled" if verdict.is_troubled else verdict.state
    return state == task.end and task.words in verdict.why


def _serving(objects: dict[str, Any]) -> dict[str, Any]:
    return {key: entry for key, entry in objects.items() if key != CONFIG}


def _names(entry: Admitted) -> set[str]:
    return {*(route.name for route in entry.routes), *entry.absent}


def _routes(seen: Snapshot, names: set[str]) -> list[dict[str, Any]]:
    return [route for route in seen.items(REGISTRY_ROUTES) if route["metadata"]["name"] in names]


def _mixed(moments: list[Moment]) -> Iterator[Snapshot]:
    """Yield every picture in which each watch is at some event of its own: the order holds for one watch only."""
    seen = [moment.observed() for moment in moments]
    parts: list[list[Any]] = [[each[ref] for each in seen] for ref in (CLUSTER_CONFIG, REGISTRY_DEPLOYMENT)]
    parts.append([(each.items(REGISTRY_ROUTES), each[GENERATED_CREDENTIALS]) for each in seen])
    declared = {USER_CREDENTIALS: seen[-1][USER_CREDENTIALS]}
    for config, deployment, (routes, credentials) in itertools.product(*map(_distinct, parts)):
        yield builders.observed(config, deployment, routes, credentials, others=declared)


def _distinct(states: list[Any]) -> list[Any]:
    return [state for state, _group in itertools.groupby(states)]


def _told(verdicts: list[tuple[Moment, Verdict]]) -> list[tuple[float, str]]:
    """Return each new state with the moment at which it was seen first."""
    return [(next(group)[0].at, why) for why, group in itertools.groupby(verdicts, lambda pair: pair[1].why)]
