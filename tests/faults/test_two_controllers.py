# SPDX-License-Identifier: GPL-3.0-or-later
"""Two tasks that declare different states at the same time end in one of the two, never in a mixture."""

import itertools
import random

import pytest

from tests.faults import declared, leaks, view
from tests.faults.declared import Declared
from tests.faults.laboratory import Laboratory
from tests.faults.storm import PASSED, Fault, Kind
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.lab import Lab, warnings

ROUNDS = range(5)
NAME = paths.USER_SECRET.rsplit("/", 1)[1]
LIMITS = {"wait_timeout": 40, "error_grace": 20}


@pytest.mark.parametrize("seed", ROUNDS)
def test_one_of_the_two_states_wins(laboratory: Laboratory, seed: int) -> None:
    lab, chance = laboratory.lab, random.Random(f"two controllers {seed}")
    lab.run("registry", declared.serving(chance, lab.s3_endpoint).options)
    both = [declared.serving(chance, lab.s3_endpoint) for _controller in range(2)]
    # One of the controllers is farther away, by another distance for each request: the writes interleave in many ways.
    delays = random.Random(f"delays {seed}")
    laboratory.begin(lambda number, method, path: Fault(Kind.DELAY, seconds=delays.uniform(0, 0.1)))
    direct = {**both[0].options, **LIMITS}
    farther = laboratory.through_proxy({**both[1].options, **LIMITS})
    tasks = [lab.start("registry", options) for options in (direct, farther)]
    outcomes = [task.outcome() for task in tasks]

    setups.wait_served(lab)
    wrong = [view.missing(lab.api, wanted) for wanted in both]
    messages = [outcome.result.get("msg") for outcome in outcomes]
    assert [] in wrong, f"a mixture of both: {wrong}; the tasks said {messages}"
    winner = wrong.index([])
    assert not outcomes[winner].result.get("failed"), f"the state of a task that failed: {messages}"
    for outcome, wanted in zip(outcomes, both, strict=True):
        assert not leaks.found(outcome.output, wanted.secrets)


def test_credentials_that_are_overwritten_after_the_write_are_put_back_once_then_reported(
    laboratory: Laboratory,
) -> None:
    lab, chance = laboratory.lab, random.Random("overwritten")
    lab.run("registry", declared.serving(chance, lab.s3_endpoint, bucket=True).options)
    ours, theirs = (declared.serving(chance, lab.s3_endpoint, bucket=True) for _writer in range(2))
    lab.set_knobs(holdRollout=True)
    try:
        mark = lab.log.mark()
        task = lab.start("registry", {"credentials": ours.options["credentials"]})
        for _time in range(2):
            lab.log.until_waiting(mark)
            mark = lab.log.mark()
            _overwrite(lab, theirs)
        outcome = task.outcome()
    finally:
        lab.set_knobs(holdRollout=None)
    (warning,) = warnings(outcome.result)
    assert warning.startswith("Something else changed fields during the wait. The task put back") and NAME in warning
    assert "keeps changing what this task declares" in outcome.result["msg"]
    assert not leaks.found(outcome.output, ours.secrets | theirs.secrets)


def test_credentials_that_are_overwritten_before_each_write_end_the_task(laboratory: Laboratory) -> None:
    lab, chance = laboratory.lab, random.Random("contended")
    lab.run("registry", declared.serving(chance, lab.s3_endpoint, bucket=True).options)
    ours, theirs = (declared.serving(chance, lab.s3_endpoint, bucket=True) for _writer in range(2))
    turns = itertools.count()

    def meddle(_number: int, method: str, path: str) -> Fault:
        if method == "PATCH" and "dryRun" not in path:
            _overwrite(lab, theirs, f"turn-{next(turns)}")
        return PASSED

    laboratory.begin(meddle)
    outcome = lab.start("registry", laboratory.through_proxy(ours.options)).outcome()
    assert outcome.result["changed"]
    assert "kept changing what this task writes, 8 times in a row" in outcome.result["msg"]
    assert NAME in outcome.result["msg"]
    assert not leaks.found(outcome.output, ours.secrets | theirs.secrets)


def _overwrite(lab: Lab, theirs: Declared, turn: str = "only") -> None:
    data = {field[1]: value for field, value in theirs.objects[paths.USER_SECRET].items()}
    lab.api.patch(paths.USER_SECRET, {"metadata": {"annotations": {"turn": turn}}, "data": data})
