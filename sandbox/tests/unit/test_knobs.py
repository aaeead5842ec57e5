# SPDX-License-Identifier: GPL-3.0-or-later
"""Knobs: what each key becomes, and what a bad one is answered with."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from typing import Any

import pytest

from sandbox import knobs
from sandbox.knobs import FIELD_OF_KEY, Knobs, parse


def test_no_key_is_the_healthy_cluster() -> None:
    assert parse({}) == Knobs()


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("podReadyDelay", "3", 3.0),
        ("podOutcome", "image-pull", "image-pull"),
        ("holdRollout", "true", True),
        ("progressDeadline", "1.5", 1.5),
        ("refuseRoutes", "default-route, public", frozenset({"default-route", "public"})),
        ("refuseReason", "HostAlreadyClaimed", "HostAlreadyClaimed"),
        ("refuseMessage", "taken by another", "taken by another"),
        ("routeAdmissionDelay", "0", 0.0),
        ("appsDomain", "apps.example.org", "apps.example.org"),
        ("storageCall", "AccessDenied", "AccessDenied"),
        ("inertia", "0.2", 0.2),
        ("cacheLag", "0", 0.0),
        ("conflict", "2", 2),
        ("operatorPaused", "true", True),
        ("operatorCrashed", "true", True),
        ("leaseDuration", "137", 137.0),
        ("bindClaims", "false", False),
    ],
)
def test_every_key_is_read(key: str, text: str, value: object) -> None:
    assert getattr(parse({key: text}), FIELD_OF_KEY[key]) == value


def test_every_knob_has_a_key() -> None:
    assert set(FIELD_OF_KEY.values()) == {field.name for field in dataclasses.fields(Knobs)} == set(knobs._READERS)


@pytest.mark.parametrize(
    ("key", "text", "needed"),
    [
        ("podReadyDelay", "soon", "a number of seconds, 0 or more"),
        ("podReadyDelay", "-1", "a number of seconds, 0 or more"),
        ("inertia", "nan", "a number of seconds, 0 or more"),
        ("inertia", "inf", "a number of seconds, 0 or more"),
        ("podOutcome", "explode", "one of ready, crash"),
        ("holdRollout", "yes", "`true` or `false`"),
        ("conflict", "1.5", "a whole number"),
        ("conflict", "-1", "a whole number"),
        ("appsDomain", "", "a word"),
        ("refuseReason", "Host Already Claimed", "a word"),
    ],
)
def test_bad_value_names_the_knob_and_what_is_needed(key: str, text: str, needed: str) -> None:
    with pytest.raises(ValueError, match=f"knob {key}={text!r}: need .*{needed}"):
        parse({key: text})


def test_all_problems_are_reported_together() -> None:
    with pytest.raises(ValueError) as caught:
        parse({"podDelay": "1", "cacheLag": "x"})
    assert "unknown knob 'podDelay'" in str(caught.value)
    assert "knob cacheLag='x'" in str(caught.value)


@pytest.mark.parametrize(
    ("names", "route", "refused"), [("*", "any", True), ("a,b", "b", True), ("a,b", "c", False), ("", "a", False)]
)
def test_refused_routes(names: str, route: str, refused: bool) -> None:
    assert parse({"refuseRoutes": names}).refuses(route) is refused


def _event(kind: str, data: dict[str, str], in_force: str = "") -> dict[str, Any]:
    return {"type": kind, "object": {"metadata": {"annotations": {knobs.IN_FORCE: in_force}}, "data": data}}


async def _follow(event: dict[str, Any]) -> dict[str, Any]:
    patch: dict[str, Any] = {}
    await knobs.follow(event=event, patch=patch, logger=logging.getLogger("knobs-test"))
    return patch


def test_the_current_knobs_follow_the_configmap(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        waiter = asyncio.ensure_future(knobs.changed(knobs.current()))
        await asyncio.sleep(0)
        await _follow(_event("MODIFIED", {"cacheLag": "7"}))
        assert (await asyncio.wait_for(waiter, 1)).cache_lag == 7
        await _follow(_event("MODIFIED", {"cacheLag": "bad"}))
        assert knobs.current().cache_lag == 7
        assert "knob cacheLag='bad'" in caplog.text
        await _follow(_event("DELETED", {"cacheLag": "7"}))
        assert knobs.current() == Knobs()

    asyncio.run(scenario())


def test_the_configmap_tells_when_its_knobs_are_in_force() -> None:
    data = {"conflict": "1"}
    told = {"metadata": {"annotations": {knobs.IN_FORCE: knobs.fingerprint(data)}}}
    assert asyncio.run(_follow(_event("MODIFIED", data))) == told
    assert asyncio.run(_follow(_event("MODIFIED", data, in_force=knobs.fingerprint(data)))) == {}
    assert asyncio.run(_follow(_event("MODIFIED", {"conflict": "no"}))) == {}
    assert asyncio.run(_follow(_event("DELETED", {}))) == {}
