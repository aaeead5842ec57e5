# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flow of a task that writes: read, work out the change, check, dry run, write, wait, report."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._cluster.client import Cluster
from ansible_collections.okd.image_registry.plugins.module_utils._desired import secrecy
from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change, Step
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import Desired
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.handover import HANDOVER
from ansible_collections.okd.image_registry.plugins.module_utils._desired.trial import Trial
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    ApiError,
    Conflict,
    Contended,
    Finding,
    NotHandedOver,
    OtherCluster,
    Overwritten,
    Refused,
    RolloutError,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.ownership import set_by_others
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._plan.findings import (
    findings,
    obvious,
    reads,
    sight_findings,
)
from ansible_collections.okd.image_registry.plugins.module_utils._plan.refusals import refusals, trial_refusals
from ansible_collections.okd.image_registry.plugins.module_utils._plan.steps import still_fits, work_out
from ansible_collections.okd.image_registry.plugins.module_utils._report import identity, summary
from ansible_collections.okd.image_registry.plugins.module_utils._report.difference import difference
from ansible_collections.okd.image_registry.plugins.module_utils._report.outcomes import Outcomes
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected, Verdict, is_seen
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.wait import Wait
from ansible_collections.okd.image_registry.plugins.module_utils._secrets.mask import values_in
from ansible_collections.okd.image_registry.plugins.module_utils._task import Task

_ATTEMPTS = 8
_BACKOFF_SECONDS = 0.02


def converge(task: Task, desired: Desired) -> None:
    """Bring the cluster to the desired state; report it in the task's result."""
    task.result.parts.update(diff=[], plan=[], findings=[], rollout={"waited": False})
    with task.connect() as cluster:
        seen, expected = _bring_about(task, cluster, desired)
        if expected and task.options["wait"] and not task.check_mode:
            seen = _wait(task, cluster, desired, seen, expected)
    task.result.parts["registry"] = summary.summary(seen, options=task.options)


def _bring_about(task: Task, cluster: Cluster, desired: Desired) -> tuple[Snapshot, list[Expected]]:
    """Write until a fresh look shows nothing that is left to write; return that look, and what the task expects.

    Only this look tells that nobody got in between the writes: the API server has no transactions, so of two tasks that
    write at the same time the last one must find its own state complete.
    """
    expected: list[Expected] | None = None
    handover: Wait | None = None
    left: Iterable[Step] = ()
    for attempt in range(_ATTEMPTS):
        is_first = expected is None
        seen = _read(task, cluster, desired.reads_first() | summary.REFS | (identity.REFS if is_first else frozenset()))
        if is_first:
            found = _known(task, seen)
            if not identity.is_meant(task.options["cluster"], found):
                raise OtherCluster(task.options["cluster"], found)
        change = work_out(desired, seen)
        left = change.steps
        if expected is not None and not left:
            return seen, expected
        try:
            awaited = desired.expected(change, seen) if change.is_rolled_out else []
            seen = _agree(task, cluster, desired, change, seen, awaited)
            # What is waited for was there before the first write: a second look finds it changed already.
            expected = awaited if expected is None else expected
            if task.check_mode or not change.steps:
                return seen, expected
            task.result.outcomes.set_out(change.steps)
            for steps in change.phases():
                if awaits := [entry for step in steps for entry in step.awaits]:
                    # What it finds in the end is for the next round to judge.
                    handover = handover or _begun(task, cluster, awaits)
                    _hand_over(task, handover)
                    break
                _write(task, cluster, steps)
                desired = desired.lasting(change.ended_by(steps))
        except Conflict:
            # Two tasks that wait equally long would meet again.
            time.sleep(random.uniform(0, _BACKOFF_SECONDS * 2**attempt))
    raise Contended([*dict.fromkeys(str(step.ref) for step in left)], _ATTEMPTS)


def _agree(
    task: Task, cluster: Cluster, desired: Desired, change: Change, start: Snapshot, expected: list[Expected]
) -> Snapshot:
    """Have everybody agree to a change before it is written; return all that was seen for it.

    The API server goes through the steps while the rest is read, unless they are known to be wrong.
    """
    found = obvious(desired, task.options, change)

    def look() -> Snapshot:
        return _completed(task, cluster, desired, change, start, expected)

    trials = [] if found else desired.trials(change)

    def dry_run() -> list[Any]:
        return [] if found else cluster.in_parallel(lambda step: _tried(cluster, step), [*change.steps, *trials])

    seen: Snapshot
    answers: list[Any] = []
    if change.steps:
        seen, answers = cluster.in_parallel(lambda job: job(), [look, dry_run])
    else:
        seen = look()
    _known(task, seen)
    found += findings(desired, task.options, change, seen, task.check_mode)
    if task.options["wait"] and change.state != "Unmanaged":
        found += sight_findings(expected, seen)
    objected = {finding.subject for finding in found if finding.severity == "error"}
    for step, answer in zip(change.steps, answers):
        # What the checks say of an object explains more than the API server's own words for it.
        found += refusals(step, answer) if str(step.ref) not in objected else []
    for trial, answer in zip(trials, answers[len(change.steps) :]):
        found += trial_refusals(trial, answer)
    _tell(task, found)
    if not task.result.parts["plan"]:
        task.result.parts["plan"] = [step.as_dict() for step in change.steps]
        task.result.parts["diff"] = [difference(*pair) for pair in zip(change.steps, answers)]
    if task.check_mode:
        task.result.changed = bool(change.steps)
    return seen


def _completed(
    task: Task, cluster: Cluster, desired: Desired, change: Change, seen: Snapshot, expected: list[Expected]
) -> Snapshot:
    """Read what the checks and the wait ask for besides."""
    needed = reads(change).union(identity.reads(seen), *(entry.needed() for entry in expected))
    while missing := {ref for ref in needed | desired.reads(change, seen) if ref not in seen}:
        seen = seen.joined(_read(task, cluster, missing))
    return seen


def _known(task: Task, seen: Snapshot) -> dict[str, Any]:
    """Report which cluster it is, as far as that was seen; return it."""
    found: dict[str, Any] = task.result.parts["cluster"]
    found.update(identity.identity(seen))
    return found


def _tell(task: Task, found: list[Finding]) -> None:
    """Report findings; raise Refused if there are errors among them."""
    told = task.result.parts["findings"]
    told += [entry for entry in (finding.as_dict() for finding in found) if entry not in told]
    for finding in found:
        if finding.severity == "warning":
            task.result.warn(str(finding))
    if errors := [finding for finding in found if finding.severity == "error"]:
        raise Refused(errors, has_written=task.result.changed)


def _write(task: Task, cluster: Cluster, steps: list[Step]) -> None:
    # Said before it is known: a write whose answer got lost may have been done.
    task.result.changed = True
    try:
        cluster.in_parallel(lambda step: _done(cluster, step, task.result.outcomes), steps)
    except ApiError:
        task.result.changed = task.result.outcomes.has_written
        raise


def _done(cluster: Cluster, step: Step, outcomes: Outcomes) -> None:
    outcomes.begin(step)
    try:
        _send(cluster, step)
    except ApiError as error:
        outcomes.failed(step, error)
        raise
    outcomes.done(step)


def _hand_over(task: Task, wait: Wait) -> None:
    """Wait until the operator knows whose the storage is, or has not: also where the task waits for nothing else."""
    try:
        verdict, seen = wait.until_done()
    except RolloutError as error:
        raise NotHandedOver(error.why) from error
    if verdict.state == "lost":
        # The operator does so with an older copy, and then no more. Whoever else does so may do it again at any time.
        if others := set_by_others(seen[CLUSTER_CONFIG] or {}, HANDOVER):
            raise NotHandedOver(f"{' and '.join(others)} set it back.")
        _warn_of_loss(task, verdict)


def _warn_of_loss(task: Task, verdict: Verdict) -> None:
    task.result.warn(f"Something else changed fields during the wait. The task put back: {verdict.why}. [put-back]")


def _begun(task: Task, cluster: Cluster, expected: Iterable[Expected], also: Iterable[Ref] = ()) -> Wait:
    """Begin a wait with the limits of the task."""
    options = task.options
    return Wait(cluster, expected, also, options["wait_timeout"], options["error_grace"], task.tell)


def _wait(task: Task, cluster: Cluster, desired: Desired, seen: Snapshot, expected: list[Expected]) -> Snapshot:
    """Wait for what is expected; write what falls due, and put back once what somebody else overwrote meanwhile.

    Return what was seen last.
    """
    task.result.parts["rollout"] = {"waited": True, "duration": 0.0, "seen": []}
    if not task.result.changed and is_seen(expected, seen):
        return seen
    wait = _begun(task, cluster, expected, summary.REFS)
    try:
        times_lost = 0
        while True:
            verdict, last = wait.until_done()
            if verdict.state == "done":
                if verdict.doubt:
                    task.result.warn(verdict.doubt)
                break
            if verdict.state == "lost":
                times_lost += 1
                if times_lost > 1:
                    raise Overwritten(
                        "Something else keeps changing what this task declares",
                        f"{verdict.why}. Find out what else writes to it.",
                    )
                _warn_of_loss(task, verdict)
            _bring_about(task, cluster, desired.lasting(desired.reads_first()))
    finally:
        task.result.parts["rollout"] = wait.report()
    return last


def _read(task: Task, cluster: Cluster, refs: Iterable[Ref]) -> Snapshot:
    """Read objects and learn their secrets."""
    found = cluster.get_all(refs)
    for ref, live in found.items():
        if ref.name is not None and isinstance(live, dict):
            task.secrets.learn(values_in(secrecy.of(ref.resource), live))
    return Snapshot(found)


def _tried(cluster: Cluster, step: Step | Trial) -> Any:
    """Return what the API server answers to a step without doing it, or the ApiError that is its refusal."""
    if isinstance(step, Trial):
        return _refusal_of(cluster, step)
    try:
        return _send(cluster, step, dry_run=True)
    except Conflict:
        raise
    except ApiError as error:
        if error.is_final:
            return error
        raise


def _refusal_of(cluster: Cluster, trial: Trial) -> ApiError | None:
    """Return why the API server would not store an object that a controller would make, None if it would."""
    try:
        cluster.create(trial.ref, trial.body, dry_run=True)
    except ApiError as error:
        return error
    return None


def _send(cluster: Cluster, step: Step, dry_run: bool = False) -> Any:
    if step.action == "create":
        return cluster.create(step.ref, step.body or {}, dry_run)
    if step.action == "patch":
        return _patched(cluster, step, dry_run)
    return cluster.delete(step.ref, lookup(step.live, ("metadata", "uid")), dry_run)


def _patched(cluster: Cluster, step: Step, dry_run: bool) -> Any:
    """Patch what the step was worked out for: what it does not decide on, the status above all, may have changed."""
    live = step.live
    for attempt in range(_ATTEMPTS):
        try:
            body = step.tried_body if dry_run else step.body or {}
            return cluster.patch(step.ref, body, lookup(live, ("metadata", "resourceVersion")), dry_run)
        except Conflict:
            live = cluster.get(step.ref)
            if not still_fits(step, live) or attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("The last attempt returns or raises.")
