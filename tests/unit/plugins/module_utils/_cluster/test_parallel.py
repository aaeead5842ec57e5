# SPDX-License-Identifier: GPL-3.0-or-later
"""Working on many items at a time: order, errors, growth, and a way out that waits for nobody."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.parallel import in_parallel

LIMIT_SECONDS = 10.0


class Gates:
    """Lets each item through only when it is told to; knows how many are being worked on."""

    def __init__(self, count: int):
        self.open = [threading.Event() for _number in range(count)]
        self.begun: set[int] = set()
        self.changed = threading.Condition()

    def pass_through(self, item: int) -> int:
        with self.changed:
            self.begun.add(item)
            self.changed.notify_all()
        assert self.open[item].wait(LIMIT_SECONDS)
        return item * 10

    def wait_for(self, *items: int) -> None:
        """Wait until these have begun."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.begun >= set(items), LIMIT_SECONDS), self.begun


@pytest.fixture
def gates() -> Iterator[Gates]:
    made = Gates(6)
    yield made
    for gate in made.open:
        gate.set()


class Started:
    """The work in a thread of its own."""

    def __init__(self, work: Any, count: int, width: Any):
        self.outcome: list[Any] = []
        self._thread = threading.Thread(target=self._run, args=(work, count, width), daemon=True)
        self._thread.start()

    def _run(self, work: Any, count: int, width: Any) -> None:
        try:
            self.outcome.append(in_parallel(work, range(count), width))
        except Exception as error:
            self.outcome.append(error)

    def result(self) -> Any:
        self._thread.join(LIMIT_SECONDS)
        return self.outcome[0]


@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_results_are_in_order(count: int) -> None:
    assert in_parallel(lambda item: item * 10, range(count), lambda: 3) == [item * 10 for item in range(count)]


def test_only_so_many_at_a_time(gates: Gates) -> None:
    started = Started(gates.pass_through, 6, lambda: 2)
    for item in range(5):
        gates.wait_for(item, item + 1)
        assert gates.begun == set(range(item + 2))
        gates.open[item].set()
    gates.open[5].set()
    assert started.result() == [0, 10, 20, 30, 40, 50]


def test_more_begin_as_soon_as_they_may(gates: Gates) -> None:
    width = [2]
    started = Started(gates.pass_through, 6, lambda: width[0])
    gates.wait_for(0, 1)
    assert gates.begun == {0, 1}
    width[0] = 8
    gates.wait_for(*range(6))
    for gate in gates.open:
        gate.set()
    assert started.result() == [0, 10, 20, 30, 40, 50]


def test_of_several_errors_that_of_the_first_item_is_raised(gates: Gates) -> None:
    def fail(item: int) -> None:
        gates.pass_through(item)
        raise ValueError(item)

    started = Started(fail, 6, lambda: 3)
    gates.wait_for(0, 1, 2)
    # The last one fails first.
    for item in (2, 1, 0):
        assert not started.outcome
        gates.open[item].set()
    assert str(started.result()) == "0"
    assert gates.begun == {0, 1, 2}


def test_an_error_does_not_wait_for_what_comes_after_it(gates: Gates) -> None:
    def fail(item: int) -> int:
        if item == 0:
            gates.wait_for(1, 2)
            raise ValueError(item)
        return gates.pass_through(item)

    began = time.monotonic()
    with pytest.raises(ValueError, match="0"):
        in_parallel(fail, range(6), lambda: 3)
    # Nobody has let the others through.
    assert time.monotonic() - began < LIMIT_SECONDS / 2


def test_a_time_limit_from_outside_gets_through_at_once(gates: Gates) -> None:
    """As the time limit of a task does in Ansible: by a signal that raises."""

    class LimitError(Exception):
        pass

    def stop(_signal: int, _frame: object) -> None:
        raise LimitError

    def interrupt() -> None:
        gates.wait_for(0, 1)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)

    before = signal.signal(signal.SIGALRM, stop)
    try:
        threading.Thread(target=interrupt, daemon=True).start()
        began = time.monotonic()
        with pytest.raises(LimitError):
            in_parallel(gates.pass_through, range(6), lambda: 2)
        # Nobody has let an item through.
        assert time.monotonic() - began < LIMIT_SECONDS / 2
    finally:
        signal.signal(signal.SIGALRM, before)
    for gate in gates.open[:2]:
        gate.set()
    # What had not begun never does.
    assert gates.begun == {0, 1}
