# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one path that every module takes: read, plan, check, rehearse, write, wait, report."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterable
from typing import Any, Callable, NoReturn

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.okd.image_registry.plugins.module_utils import (
    arguments,
    auth,
    connection_secrets,
    judge,
    plan,
    preflight,
    redact,
    report,
    rollout,
)
from ansible_collections.okd.image_registry.plugins.module_utils.cluster import Cluster
from ansible_collections.okd.image_registry.plugins.module_utils.desired.sections import Desired
from ansible_collections.okd.image_registry.plugins.module_utils.errors import (
    ApiError,
    Conflict,
    ContendedError,
    Finding,
    Refused,
    RegistryError,
    RolloutFailed,
)
from ansible_collections.okd.image_registry.plugins.module_utils.goal import Goal
from ansible_collections.okd.image_registry.plugins.module_utils.plan import Plan, Step
from ansible_collections.okd.image_registry.plugins.module_utils.resources import TRUSTED_CA, Ref
from ansible_collections.okd.image_registry.plugins.module_utils.snapshot import Snapshot

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
        return compose(Snapshot(connect(module, secrets).survey(wanted)), module.params)

    _end(module, secrets, informed, {"changed": False})


class _Module(AnsibleModule):
    """A module that hides secrets also where Ansible refuses the options, before it knows which of them are secret."""

    def fail_json(self, msg: str, **kwargs: Any) -> NoReturn:
        self.no_log_values |= redact.values_misplaced(self.params)
        super().fail_json(msg, **kwargs)


def _module(spec: dict[str, Any]) -> AnsibleModule:
    module = _Module(argument_spec=spec, supports_check_mode=True)
    module.no_log_values -= connection_secrets.harmless(module.params)
    module.no_log_values |= connection_secrets.declared(module.params) | redact.values_declared(module.params)
    return module


def connect(module: AnsibleModule, secrets: set[str]) -> Cluster:
    """Open the connection that the options ask for; its credentials are added to secrets."""
    options = auth.options_from(module.params)
    secrets.update(connection_secrets.declared(options))
    configuration = auth.configuration_from(options)
    secrets.update(connection_secrets.loaded(configuration))
    if not configuration.verify_ssl:
        module.warn(_UNVERIFIED)
    return Cluster(configuration, auth.headers_from(options, configuration), _RETRY_SECONDS)


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
        cluster = connect(self._module, self.secrets)
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
        snapshot = Snapshot({})
        for attempt in itertools.count():
            snapshot = self._read(cluster, snapshot)
            planned = plan.make(self._desired, snapshot)
            if first and not planned.steps:
                return first, snapshot
            if attempt == _ATTEMPTS:
                raise ContendedError([str(step.ref) for step in planned.steps], _ATTEMPTS)
            try:
                self._check(planned)
                self._rehearse(cluster, planned)
                first = first or planned
                if self._module.check_mode or not planned.steps:
                    return first, snapshot
                self._apply(cluster, planned)
            except Conflict:
                # Two tasks that wait equally long would meet again.
                time.sleep(random.uniform(0, _BACKOFF_SECONDS * 2**attempt))

    def _read(self, cluster: Cluster, earlier: Snapshot) -> Snapshot:
        """Read all that planning, checking and judging need; a second round only for what the first one names.

        earlier: what was read before, which tells what to ask for.
        """
        snapshot = Snapshot({})
        wanted = self._desired.reads(earlier) | report.SUMMARY_REFS
        while missing := {ref for ref in wanted if ref not in snapshot}:
            found = cluster.get_all(missing)
            snapshot = snapshot.joined(found)
            for ref in missing:
                if ref.name is not None and snapshot.known(ref) and snapshot[ref]:
                    self.secrets |= redact.values_in(ref.resource.kind, snapshot[ref])
            wanted = self._desired.reads(snapshot)
        return snapshot

    def _check(self, planned: Plan) -> None:
        limits = preflight.wait_findings(self._params["wait_timeout"], self._params["error_grace"])
        findings = [*limits, *preflight.findings(self._desired, planned)]
        for finding in findings:
            if finding.severity == "warning" and finding not in self._warned:
                self._warned.add(finding)
                self._module.warn(redact.scrub(str(finding), self.secrets))
        errors = [finding for finding in findings if finding.severity == "error"]
        if errors:
            raise self._refused(errors)

    def _rehearse(self, cluster: Cluster, planned: Plan) -> None:
        """Let the API server go through every step without doing it, so that its refusals come before any write.

        What it answers is also what check mode predicts and what the diff shows.
        """
        answers = cluster.in_parallel(lambda step: _rehearsed(cluster, step), planned.steps)
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


def _rehearsed(cluster: Cluster, step: Step) -> Any:
    """Return the API server's answer to a dry run of step, or its refusal."""
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
        return cluster.create(step.ref, step.body, dry_run)
    if step.action == "patch":
        return _patched(cluster, step, dry_run)
    return cluster.delete(step.ref, step.live["metadata"]["uid"], dry_run)


def _patched(cluster: Cluster, step: Step, dry_run: bool) -> Any:
    """Patch what the step was planned for: what it does not decide on, the status above all, may have changed since."""
    seen: dict[str, Any] | None = step.live
    while True:
        try:
            return cluster.patch(step.ref, step.body, seen["metadata"]["resourceVersion"], dry_run)
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
