# SPDX-License-Identifier: GPL-3.0-or-later
"""What carries the reconcile loop: cache, work key, backoff and lost edits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox import knobs
from sandbox.knobs import Knobs
from sandbox.operator.backoff import Backoff
from sandbox.operator.cache import Cache
from sandbox.operator.controllers.conflict import Conflicts
from sandbox.operator.loop import WorkKey
from sandbox.operator.working import WorkingCopy

REMEMBERED = ("Deployment", "ns", "d")


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def obj(version: int, name: str = "d", **content: Any) -> dict[str, Any]:
    metadata = {"namespace": "ns", "name": name, "resourceVersion": str(version)}
    return {"kind": "Deployment", "metadata": metadata} | content


def test_cache_takes_news_only() -> None:
    cache = Cache(REMEMBERED)
    assert cache.put(obj(5))
    assert not cache.put(obj(5))
    assert not cache.put(obj(4))
    assert not cache.drop(obj(4))
    assert cache.get(*REMEMBERED) == obj(5)
    assert cache.drop(obj(6))
    assert cache.get(*REMEMBERED) is None
    assert not cache.put(obj(5))
    assert cache.put(obj(7))


def test_cache_lists_by_kind_and_namespace() -> None:
    cache = Cache(REMEMBERED)
    for name in ("b", "a"):
        cache.put(obj(1, name))
    cache.put(obj(1, "c") | {"kind": "Secret"})
    assert [item["metadata"]["name"] for item in cache.all("Deployment", "ns")] == ["a", "b"]
    assert cache.all("Deployment", "other") == []


def test_cache_answers_for_the_past() -> None:
    clock = Clock()
    cache = Cache(REMEMBERED, clock)
    assert cache.as_of(10) is None
    for moment, version in ((1.0, 1), (2.0, 2)):
        clock.now = moment
        cache.put(obj(version))
    clock.now = 3.0
    cache.drop(obj(3))
    clock.now = 3.5
    assert cache.as_of(2.0) == obj(1)
    assert cache.settles_in(2.0) == 0.5
    clock.now = 4.0
    assert cache.as_of(2.0) == obj(2)
    assert cache.settles_in(2.0) == 1.0
    # Overdue: the last answer was given before its time came.
    clock.now = 6.0
    assert cache.settles_in(2.0) == 0.0
    assert cache.as_of(2.0) is None
    assert cache.settles_in(2.0) is None


def test_backoff_doubles_up_to_the_longest_and_starts_anew() -> None:
    backoff = Backoff(1, 5)
    assert [backoff.after(True) for _ in range(4)] == [1, 2, 4, 5]
    assert backoff.after(False) is None
    assert backoff.after(True) == 1


def test_what_is_asked_for_until_a_pass_is_one_pass() -> None:
    async def scenario() -> None:
        key = WorkKey()
        key.add()
        key.add()
        await asyncio.wait_for(key.take(), 1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(key.take(), 0.02)

    asyncio.run(scenario())


def test_earlier_request_overtakes_a_later_one() -> None:
    async def scenario() -> None:
        key = WorkKey()
        key.add(60)
        taking = asyncio.ensure_future(key.take())
        await asyncio.sleep(0)
        key.add(0.02)
        started = time.monotonic()
        await asyncio.wait_for(taking, 5)
        assert time.monotonic() - started >= 0.02

    asyncio.run(scenario())


@pytest.fixture
def two_conflicts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(knobs, "_current", Knobs(conflict=2))
    yield


@pytest.mark.usefixtures("two_conflicts")
def test_so_many_edits_are_lost_as_the_knob_says() -> None:
    conflicts = Conflicts()
    first = {"managementState": "Removed", "replicas": 1}
    edited = {"managementState": "Managed", "replicas": 2}
    lost = {"managementState": "Managed", "replicas": 1}
    assert conflicts.overwritten(first) == first
    conflicts.remember(first)
    assert conflicts.overwritten(edited) == lost
    conflicts.remember(lost)
    assert conflicts.overwritten(lost) == lost
    assert conflicts.overwritten(edited) == lost
    assert conflicts.overwritten(edited) == edited


def test_no_edit_is_lost_by_default() -> None:
    conflicts = Conflicts()
    conflicts.remember({"managementState": "Managed", "replicas": 1})
    assert conflicts.overwritten({"managementState": "Managed", "replicas": 2})["replicas"] == 2


def test_working_copy_remembers_generations() -> None:
    copy = WorkingCopy.of({"spec": {}, "status": {"generations": []}})
    assert copy.last_generation("deployments", "d") is None
    for generation in (1, 4):
        copy.written("deployments", {"metadata": {"name": "d", "namespace": "ns", "generation": generation}})
    assert copy.last_generation("deployments", "d") == 4
    assert copy.generations == [
        {"group": "apps", "hash": "", "name": "d", "namespace": "ns", "resource": "deployments", "lastGeneration": 4}
    ]
