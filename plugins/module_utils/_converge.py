# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one path that every module takes: read, plan, check, rehearse, write, wait, report."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterable
from typing import Any, Callable

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.okd.image_registry.plugins.module_utils._cluster import auth
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.client import Cluster
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.http import Http
from ansible_collections.okd.image_registry.plugins.module_utils._desired import arguments
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import Desired
from ansible_collections.okd.image_registry.plugins.module_utils._objects import compare
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    ApiError,
    Conflict,
    ContendedError,
    Finding,
    Refused,
    RegistryError,
    RolloutFailed,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, TRUSTED_CA, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._plan import change as plan
from ansible_collections.okd.image_registry.plugins.module_utils._plan import findings as preflight
from ansible_collections.okd.image_registry.plugins.module_utils._plan.change import Plan, Step
from ansible_collections.okd.image_registry.plugins.module_utils._report import result as report
from ansible_collections.okd.image_registry.plugins.module_utils._rollout import readiness as judge
from ansible_collections.okd.image_registry.plugins.module_utils._rollout import wait as rollout
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Goal
from ansible_collections.okd.image_registry.plugins.module_utils._secrets import connection as connection_secrets
from ansible_collections.okd.image_registry.plugins.module_utils._secrets import mask as redact

_ATTEMPTS = 8
_RETRY_SECONDS = 30.0
_BACKOFF_SECONDS = 0.02
_UNVERIFIED = (
    "The identity of the API server is not verified (validate_certs is false, or the kubeconfig says "
    "insecure-skip-tls-verify): whoever answers in its place gets the credentials."
)


def converge(sections: tuple[str, ...]) -> None:
    """Run a writing module that has the given sections, and end it."""
    module = _module(arguments.writing(sections))
    task = Task(module, sections)
    _end(module, task.secrets, task.run, task.outcome)


def inform(
    refs: Callable[[dict[str, Any]], Iterable[Ref]], compose: Callable[[Snapshot, dict[str, Any]], dict[str, Any]]
) -> None:
    """Run a reading module, and end it.

    refs: tells from the options what to read; compose: makes the result of what was read and the options.
    """
    module = _module(arguments.reading())
    secrets: set[str] = set()

    def informed() -> dict[str, Any]:
        wanted = refs(module.params)
        with connect(module, secrets) as cluster:
            return compose(Snapshot(cluster.survey(wanted)), module.params)

    _end(module, secrets, informed, {"changed": False})


class _Module(AnsibleModule):
    """A module that hides secrets also in what Ansible tells by itself: of options that it refuses, and in the log."""

    def _load_params(self) -> None:
        super()._load_params()
        # Now, because Ansible drops what it cannot convert, and then quotes it.
        self._suspects = redact.values_misplaced(self.params)

    def _log_invocation(self) -> None:
        # The system's log would get the values as Python writes them, which Ansible's own masking does not find.
        given = sorted(name for name, value in self.params.items() if value is not None)
        self.log(f"Invoked with {', '.join(given) or 'no options'}")

    def fail_json(self, msg: str, **kwargs: Any) -> None:
        self.no_log_values |= self._suspects
        # A value is quoted as Python writes it, which Ansible's own masking does not find.
        super().fail_json(redact.scrub(msg, self._suspects), **kwargs)


def _module(spec: dict[str, Any]) -> AnsibleModule:
    module = _Module(argument_spec=spec, supports_check_mode=True)
    module.no_log_values -= connection_secrets.harmless(module.params)
    module.no_log_values |= connection_secrets.declared(module.params) | redact.values_declared(module.params)
    return module


def connect(module: AnsibleModule, secrets: set[str]) -> Cluster:
    """Open the connection that the options ask for; its credentials are added to secrets."""
    options = auth.options_from(module.params, os.environ)
    secrets.update(connection_secrets.declared(options))
    connection = auth.connection_from(options, os.environ)
    secrets.update(connection_secrets.loaded(connection.headers, connection.proxy_headers, connection.proxy))
    if not connection.verify:
        module.warn(_UNVERIFIED)
    return Cluster(Http(connection, _user_agent(module), _RETRY_SECONDS))


def _user_agent(module: AnsibleModule) -> str:
    """Return the module's full name, by which the cluster's audit log tells the tasks apart."""
    return f"okd.image_registry.{module._name.rpartition('.')[2]}"


def _end(module: AnsibleModule, secrets: set[str], work: Any, outcome: dict[str, Any]) -> None:
    try:
        outcome.update(work())
    except RegistryError as error:
        module.fail_json(**redact.scrub({**outcome, "msg": str(error), **error.details()}, secrets))
    module.exit_json(**redact.scrub(outcome, secrets))


class Task:
    """One run of a writing module.

    outcome grows as the task goes on, so that a task that fails half-way reports what it did.
    """

    def __init__(self, module: AnsibleModule, sections: tuple[str, ...]):
        self._module, self._params = module, module.params
        self._desired = Desired(module.params, sections)
        self._warned: set[Finding] = set()
        self.secrets: set[str] = redact.values_declared(module.params)
        self.outcome: dict[str, Any] = {"changed": False, "diff": [], "plan": [], "rollout": {"waited": False}}

    def run(self) -> dict[str, Any]:
        """Bring the cluster to the desired state; return the rest of the result."""
        with connect(self._module, self.secrets) as cluster:
            planned, seen = self._written(cluster)
            if not self._module.check_mode:
                goal = self._desired.goal(planned.outlook)
                if self._params["wait"] and goal.waits:
                    seen = self._served(cluster, planned, goal)
        return {"registry": report.summary(seen)}

    def _written(self, cluster: Cluster) -> tuple[Plan, Snapshot]:
        """Read, plan, check, rehearse and write until a fresh look shows nothing that is left to write.

        Only this look tells that nobody got in between the writes: the API server has no transactions, so of two tasks
        that write at the same time the last one must find its own state complete. Returns the plan that was begun
        first, and what was seen last.
        """
        first: Plan | None = None
        attempt = 0
        while True:
            snapshot = Snapshot(self._read(cluster, self._wanted(Snapshot({}))))
            planned = plan.make(self._desired, snapshot)
            if first and not planned.steps:
                return first, snapshot
            if attempt == _ATTEMPTS:
                raise ContendedError([str(step.ref) for step in planned.steps], _ATTEMPTS)
            try:
                planned = self._agreed(cluster, planned)
                first, snapshot = first or planned, planned.outlook.snapshot
                if self._module.check_mode or not planned.steps:
                    return first, snapshot
                self._apply(cluster, planned)
            except Conflict:
                # Two tasks that wait equally long would meet again.
                time.sleep(random.uniform(0, _BACKOFF_SECONDS * 2**attempt))
            attempt += 1

    def _wanted(self, snapshot: Snapshot) -> set[Ref]:
        """Return all that planning, checking and judging need, in view of what was read already."""
        return self._desired.reads(snapshot) | report.SUMMARY_REFS

    def _read(self, cluster: Cluster, refs: set[Ref]) -> dict[Ref, Any]:
        found = cluster.get_all(refs)
        snapshot = Snapshot(found)
        for ref in refs:
            if ref.name is not None and snapshot.known(ref) and (live := snapshot[ref]):
                self.secrets |= redact.values_in(ref.resource.kind, live)
        return found

    def _completed(self, cluster: Cluster, planned: Plan) -> Snapshot:
        """Read what the plan, or the snapshot that it was made from, asks for besides."""
        snapshot, more = planned.outlook.snapshot, preflight.reads(planned)
        while missing := {ref for ref in self._wanted(snapshot) | more if ref not in snapshot}:
            snapshot = snapshot.joined(self._read(cluster, missing))
        return snapshot

    def _agreed(self, cluster: Cluster, planned: Plan) -> Plan:
        """Check the plan and rehearse its steps; return it as it looks in view of all that had to be read for that.

        What is left to read is read while the API server goes through the steps, unless they are known to be wrong.
        """
        if _errors(self._findings(planned)):
            full = plan.make(self._desired, self._completed(cluster, planned))
            self._check(full)
            answers = _rehearsed(cluster, full.steps)
        else:
            jobs: list[Callable[[], Any]] = [
                lambda: self._completed(cluster, planned),
                lambda: _rehearsed(cluster, planned.steps),
            ]
            completed, answers = cluster.in_parallel(lambda job: job(), jobs)
            full = plan.make(self._desired, completed)
            self._check(full)
        self._accept(full, answers)
        return full

    def _findings(self, planned: Plan) -> list[Finding]:
        limits = preflight.wait_findings(self._params["wait_timeout"], self._params["error_grace"])
        return [*limits, *preflight.findings(self._desired, planned), *self._sight_findings(planned)]

    def _sight_findings(self, planned: Plan) -> Iterable[Finding]:
        goal = self._desired.goal(planned.outlook)
        if not self._params["wait"] or not goal.waits or planned.outlook.state == "Unmanaged":
            return []
        return preflight.sight_findings(goal, planned.outlook.snapshot)

    def _check(self, planned: Plan) -> None:
        findings = self._findings(planned)
        for finding in findings:
            if finding.severity == "warning" and finding not in self._warned:
                self._warned.add(finding)
                self._module.warn(redact.scrub(str(finding), self.secrets))
        if errors := _errors(findings):
            raise self._refused(errors)

    def _accept(self, planned: Plan, answers: list[Any]) -> None:
        """Take what the API server answered to the rehearsal: its refusals, else what check mode and the diff show."""
        refusals = [
            finding for step, answer in zip(planned.steps, answers) for finding in preflight.refusals(step, answer)
        ]
        if refusals:
            raise self._refused(refusals)
        if not self.outcome["plan"]:
            self.outcome["plan"] = [step.as_dict() for step in planned.steps]
            self.outcome["diff"] = [report.difference(*pair) for pair in zip(planned.steps, answers)]
        if self._module.check_mode:
            self.outcome["changed"] = bool(planned.steps)

    def _refused(self, findings: list[Finding]) -> Refused:
        return Refused(findings, has_written=self.outcome["changed"])

    def _apply(self, cluster: Cluster, planned: Plan) -> None:
        for steps in planned.phases():
            # Said before it is known: a write whose answer got lost may have been done.
            self.outcome["changed"] = True
            cluster.in_parallel(lambda step: _send(cluster, step), steps)
            if any(step.ref == CLUSTER_CONFIG for step in steps):
                self._desired = self._desired.lasting()

    def _served(self, cluster: Cluster, planned: Plan, goal: Goal) -> Snapshot:
        """Wait for the goal; put back once what somebody else overwrote meanwhile. Return what was seen last."""
        before = planned.outlook.snapshot
        self.outcome["rollout"] = {"waited": True, "duration": 0.0, "seen": []}
        if not planned.steps and judge.judge(goal, rollout.observed(before, goal)) == judge.DONE:
            return before
        wait = rollout.Wait(
            cluster,
            goal,
            timeout=self._params["wait_timeout"],
            error_grace=self._params["error_grace"],
            checksum_before=_checksum_to_leave(goal, planned),
        )
        verdict, seen = wait.until_done()
        if verdict.state == "lost":
            self._module.warn(f"Put back what something else changed while the task waited: {verdict.why}.")
            self._written(cluster)
            verdict, seen = wait.until_done()
        self.outcome["rollout"] = wait.report()
        if verdict.state == "lost":
            raise RolloutFailed(
                f"Something else keeps changing what this task declares: {verdict.why}. Find out what writes to it.",
                wait.report(),
            )
        return seen


def _errors(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


def _rehearsed(cluster: Cluster, steps: Iterable[Step]) -> list[Any]:
    """Let the API server go through every step without doing it, so that its refusals come before any write.

    Returns for each step its answer, or the ApiError that is its refusal.
    """
    return cluster.in_parallel(lambda step: _tried(cluster, step), steps)


def _tried(cluster: Cluster, step: Step) -> Any:
    try:
        return _send(cluster, step, dry_run=True)
    except Conflict:
        raise
    except ApiError as error:
        if error.is_final:
            return error
        raise


def _send(cluster: Cluster, step: Step, dry_run: bool = False) -> Any:
    if step.action == "create":
        return cluster.create(step.ref, step.body or {}, dry_run)
    if step.action == "patch":
        return _patched(cluster, step, dry_run)
    return cluster.delete(step.ref, compare.lookup(step.live, ("metadata", "uid")), dry_run)


def _patched(cluster: Cluster, step: Step, dry_run: bool) -> Any:
    """Patch what the step was planned for: what it does not decide on, the status above all, may have changed since."""
    seen = step.live
    while True:
        try:
            version = compare.lookup(seen, ("metadata", "resourceVersion"))
            return cluster.patch(step.ref, step.body or {}, version, dry_run)
        except Conflict:
            seen = cluster.get(step.ref)
            if not plan.still_fits(step, seen):
                raise


def _checksum_to_leave(goal: Goal, planned: Plan) -> str | None:
    """Return the Deployment's checksum that has to change, because the pods were started with something older."""
    seen = rollout.observed(planned.outlook.snapshot, goal)
    rotated = goal.credentials is not None and not judge.passed_on(goal.credentials, seen.credentials)
    trusts_others = any(step.ref.resource == TRUSTED_CA and step.action == "patch" for step in planned.steps)
    return judge.dependencies_checksum(seen.deployment) if rotated or trusts_others else None
