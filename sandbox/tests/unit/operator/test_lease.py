# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator's lease: who has crashed is followed only when it has run out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from kubernetes.client import ApiException

from sandbox.operator.lease import Leadership

START = datetime(2026, 1, 1, tzinfo=UTC)


class Api:
    """The one object, and the time."""

    def __init__(self) -> None:
        self.lease: dict[str, Any] | None = None
        self.now = START
        self.is_contended = False

    def read(self, _kind: str, _namespace: str, _name: str) -> dict[str, Any] | None:
        return self.lease

    def replace(self, obj: dict[str, Any]) -> dict[str, Any]:
        if self.is_contended:
            raise ApiException(status=409)
        self.lease = obj
        return obj

    create = replace

    def leadership(self) -> Leadership:
        return Leadership(self, lambda: self.now)  # type: ignore[arg-type]

    @property
    def spec(self) -> dict[str, Any]:
        assert self.lease
        found: dict[str, Any] = self.lease["spec"]
        return found


def test_the_first_one_takes_it_at_once() -> None:
    api = Api()
    first = api.leadership()
    assert not first.is_held
    assert first.take(10) == 2
    assert first.is_held
    assert (api.spec["leaseDurationSeconds"], api.spec["leaseTransitions"]) == (10, 0)
    assert api.spec["renewTime"] == api.spec["acquireTime"] == "2026-01-01T00:00:00.000000Z"


def test_its_holder_renews_it() -> None:
    api = Api()
    first = api.leadership()
    first.take(10)
    api.now += timedelta(seconds=2)
    first.take(10)
    assert first.is_held
    assert (api.spec["renewTime"], api.spec["acquireTime"]) == (
        "2026-01-01T00:00:02.000000Z",
        "2026-01-01T00:00:00.000000Z",
    )
    assert api.spec["leaseTransitions"] == 0


def test_another_one_waits_until_it_has_run_out() -> None:
    api = Api()
    api.leadership().take(10)
    second = api.leadership()
    api.now += timedelta(seconds=4)
    assert second.take(10) == 6
    assert not second.is_held
    api.now += timedelta(seconds=6)
    second.take(10)
    assert second.is_held
    assert api.spec["leaseTransitions"] == 1


def test_who_has_crashed_is_another_one() -> None:
    api = Api()
    first = api.leadership()
    first.take(10)
    first.crash()
    assert not first.is_held
    assert first.take(10) == 10
    assert not first.is_held


def test_of_two_the_faster_one_gets_it() -> None:
    api = Api()
    api.is_contended = True
    slower = api.leadership()
    assert slower.take(10) == 2
    assert not slower.is_held
