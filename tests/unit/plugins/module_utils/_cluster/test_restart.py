# SPDX-License-Identifier: GPL-3.0-or-later
"""An API server that was started just now refuses what it has not learnt yet: that is no reason to give up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    ApiError,
    Conflict,
    Forbidden,
    NotReady,
    Unauthorized,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, CONFIG

from tests.unit.builders import config
from tests.unit.tinyapi import CUT_OFF, TinyApi

RETRY_SECONDS = 30.0
SHORT_SECONDS = 3.0
NO_RIGHT = (403, {"kind": "Status", "reason": "Forbidden", "message": 'User "u" cannot get resource "configs"'})
NOT_SERVED = (404, "404 page not found")
UNKNOWN_USER = (401, {"kind": "Status", "reason": "Unauthorized", "message": "Unauthorized"})
POLICY = (403, {"kind": "Status", "reason": "Forbidden", "message": "denied by a policy"})
PREMATURE = [
    pytest.param(NO_RIGHT, id="no right"),
    pytest.param(NOT_SERVED, id="not served"),
    pytest.param(UNKNOWN_USER, id="unknown user"),
]
DISTURBANCES = [CUT_OFF, 500, 502, 503, 504]


@pytest.fixture
def api() -> Iterator[TinyApi]:
    """An API server that holds a Config."""
    with TinyApi() as server:
        server.put(CONFIG, config())
        yield server


def asked(api: TinyApi, retry_for: float, *answers: Any) -> Any:
    """Return what a reader of the Config gets from a server that answers in these ways, one after the other."""
    ended: list[Any] = []
    api.refusals["get", "configs"] = answers[0]

    def read() -> None:
        try:
            ended.append(api.cluster(retry_for).get(CLUSTER_CONFIG))
        except ApiError as error:
            ended.append(error)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    for number, answer in enumerate(answers[1:], 1):
        api.wait_until_asked("get", "configs", number)
        api.refusals["get", "configs"] = answer
    thread.join(RETRY_SECONDS)
    return ended[0]


@pytest.mark.parametrize("premature", PREMATURE)
@pytest.mark.parametrize("disturbance", DISTURBANCES)
def test_it_is_asked_again_after_a_disturbance(api: TinyApi, disturbance: int, premature: Any) -> None:
    assert asked(api, RETRY_SECONDS, disturbance, premature, 0) == config()


@pytest.mark.parametrize(("answers", "may_be_own"), [([409], False), ([503, 409], True), ([CUT_OFF, 409], True)])
def test_a_conflict_may_be_with_what_was_sent_before_only_if_its_answer_was_lost(
    api: TinyApi, answers: list[int], may_be_own: bool
) -> None:
    error = asked(api, RETRY_SECONDS, *answers)
    assert isinstance(error, Conflict)
    assert error.may_be_own is may_be_own


@pytest.mark.parametrize("premature", PREMATURE)
def test_it_is_not_blamed_for_what_it_may_not_know_yet(api: TinyApi, premature: Any) -> None:
    error = asked(api, SHORT_SECONDS, 503, premature)
    assert isinstance(error, NotReady)
    assert (error.code, error.is_final) == ("not-ready", False)
    assert "failed or could not be reached a moment ago" in str(error)
    assert f"HTTP {premature[0]}" in str(error)
    assert not any(advice in str(error) for advice in ("Grant", "Log in"))


@pytest.mark.parametrize(("answer", "kind"), [(NO_RIGHT, Forbidden), (UNKNOWN_USER, Unauthorized)])
def test_without_a_disturbance_it_is_believed(api: TinyApi, answer: Any, kind: type[ApiError]) -> None:
    error = asked(api, RETRY_SECONDS, answer)
    assert type(error) is kind
    assert api.asked["get", "configs"] == 1


def test_without_a_disturbance_what_is_not_served_does_not_exist(api: TinyApi) -> None:
    assert asked(api, RETRY_SECONDS, NOT_SERVED) is None


@pytest.mark.parametrize("answer", [POLICY, 404, 409], ids=["a policy", "no such object", "a conflict"])
def test_what_only_a_server_that_is_ready_says_is_believed_at_once(api: TinyApi, answer: Any) -> None:
    found = asked(api, RETRY_SECONDS, 503, answer)
    assert api.asked["get", "configs"] == 2
    assert not isinstance(found, NotReady)


def test_too_many_requests_are_no_disturbance(api: TinyApi) -> None:
    busy = (429, {"kind": "Status", "reason": "TooManyRequests"})
    assert type(asked(api, RETRY_SECONDS, busy, NO_RIGHT)) is Forbidden


@pytest.mark.parametrize("premature", PREMATURE)
def test_the_end_of_a_watch_is_a_disturbance(api: TinyApi, premature: Any) -> None:
    cluster = api.cluster(SHORT_SECONDS)
    events = iter(cluster.watch(CLUSTER_CONFIG, "0", 5))
    next(events)
    api.cut_watches()
    assert list(events) == []
    api.refusals["get", "configs"] = api.refusals["list", "configs"] = api.refusals["watch", "configs"] = premature
    with pytest.raises(NotReady):
        next(iter(cluster.watch(CLUSTER_CONFIG, "0", 5)))
    with pytest.raises(NotReady):
        cluster.listed(CLUSTER_CONFIG)
