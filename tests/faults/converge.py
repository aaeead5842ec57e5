# SPDX-License-Identifier: GPL-3.0-or-later
"""One full converge in a storm of faults, and the proof that it left nothing behind that a clean one would not mend."""

import re
import time
from dataclasses import dataclass, field

from tests.faults import declared, hosts, leaks, view
from tests.faults.declared import Declared
from tests.faults.hosts import Host
from tests.faults.laboratory import Laboratory
from tests.faults.storm import Kind, Trouble
from tests.integration.modules import Outcome

WAIT_SECONDS = 60
GRACE_SECONDS = 20
_LIMIT_SECONDS = 180.0
# What the task may blame for a fault, as its message says it.
_BLAME = {
    Kind.REFUSE: r"HTTP (429|500|503)|a moment ago",
    Kind.RESET_BEFORE: r"could not be reached|a moment ago",
    Kind.RESET_AFTER: r"could not be reached|a moment ago",
    Kind.RESET_IN_BODY: r"could not be reached|a moment ago",
    Kind.CUT_WATCH: r"could not be reached|a moment ago",
    Kind.UNTRUSTED: r"certificate is not trusted",
    Kind.RENEWED: r"could not be reached",
    Kind.API_SERVER: r"could not be reached|HTTP (429|500|503|504)|a moment ago|has not observed generation",
    Kind.ETCD: r"could not be reached|HTTP (429|500|503|504)|a moment ago|has not observed generation",
}
# Advice that is wrong for all of them: nobody lacks a right, the cluster is OpenShift, everything still exists.
_WRONG_ADVICE = r"Grant|Log in again|not an OpenShift cluster|does not exist|connect as another"
# What a program says that fell over its own feet.
_ACCIDENTS = ("Traceback (most recent call last)", "MODULE FAILURE", "Exception in thread")


@dataclass
class Run:
    """What became of one seed in one host.

    message: the error with which the converge ended, "" if it converged. seconds, mended: what it and the clean run
    after it took. faults: how often each kind struck.
    complaints: what must not be; [] for a run as it should be.
    """

    seed: int
    host: Host
    storm: str
    message: str = ""
    seconds: float = 0.0
    mended: float = 0.0
    requests: int = 0
    faults: dict[Kind, int] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)


def run(laboratory: Laboratory, seed: int, host: Host, storm: Trouble) -> Run:
    """Converge to the desired state of a seed through a storm, from the state of the seed before.

    That state is there already after the run of the seed before; else a clean converge makes it. host: where the task
    in the storm runs.
    """
    lab = laboratory.lab
    lab.run("registry", declared.state(seed - 1, lab.s3_endpoint).options)
    wanted = declared.state(seed, lab.s3_endpoint)
    before = view.views(lab.api, wanted)

    done = Run(seed, host, str(storm))
    laboratory.begin(storm)
    started = time.monotonic()
    options = {**wanted.options, "wait_timeout": WAIT_SECONDS, "error_grace": GRACE_SECONDS}
    outcome = hosts.outcome(host, lab, laboratory.through_proxy(options), _LIMIT_SECONDS)
    done.seconds = time.monotonic() - started
    done.requests, done.faults = laboratory.proxy.requests, dict(laboratory.proxy.struck)
    laboratory.settle()
    done.message = outcome.result.get("msg", "") if outcome.result.get("failed") else ""
    done.complaints += _bad_output(laboratory, wanted, outcome)
    done.complaints += _bad_message(done)
    done.complaints += _bad_end(laboratory, wanted, outcome, before)
    started = time.monotonic()
    done.complaints += _not_mended(laboratory, wanted, must_be_idle=not done.message)
    done.mended = time.monotonic() - started
    return done


def _bad_output(laboratory: Laboratory, wanted: Declared, outcome: Outcome) -> list[str]:
    accidents = [words for words in _ACCIDENTS if words in outcome.output]
    complaints = [f"the output contains {accidents}: {outcome.output[-3000:]}"] if accidents else []
    secrets = wanted.secrets | {laboratory.lab.api.token}
    complaints += [f"a secret is in the output: {form!r}" for form in leaks.found(outcome.output, secrets)]
    if outcome.result.get("failed") and not outcome.result.get("msg", "").strip():
        complaints.append("it failed without a message")
    return complaints


def _bad_message(done: Run) -> list[str]:
    """An error names a fault that struck, and no other cause."""
    if not done.message:
        return []
    complaints = [f"the message blames what is not wrong: {done.message}"] * bool(
        re.search(_WRONG_ADVICE, done.message)
    )
    if not any(re.search(_BLAME[kind], done.message) for kind in done.faults if kind in _BLAME):
        complaints.append(f"the message names no fault that struck ({done.storm}): {done.message}")
    return complaints


def _bad_end(laboratory: Laboratory, wanted: Declared, outcome: Outcome, before: view.Views) -> list[str]:
    if not outcome.result.get("failed"):
        missing = view.missing(laboratory.lab.api, wanted)
        return [f"it said done, but {words}" for words in missing]
    return [
        f"{path} is neither as before nor as declared: {fields}"
        for path, fields in view.views(laboratory.lab.api, wanted).items()
        # The operator makes what is below a Route of what the Config says, in its own time.
        if "/routes/" not in path and fields not in (before[path], wanted.objects[path])
    ]


def _not_mended(laboratory: Laboratory, wanted: Declared, must_be_idle: bool) -> list[str]:
    """Converge again without faults; return what is not as it should be then."""
    outcome = laboratory.lab.start("registry", wanted.options).outcome()
    complaints = _bad_output(laboratory, wanted, outcome)
    if outcome.result.get("failed"):
        return [*complaints, f"the clean run failed: {outcome.result['msg']}"]
    if must_be_idle and outcome.result["changed"]:
        complaints.append(f"the clean run found something to do: {outcome.result['plan']}")
    missing = view.missing(laboratory.lab.api, wanted)
    return complaints + [f"after the clean run {words}" for words in missing]
