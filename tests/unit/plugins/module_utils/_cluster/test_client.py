# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection: what becomes of answers that no API server gives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import ApiError, Gone
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, CONFIG

from tests.unit.builders import config
from tests.unit.tinyapi import CUT_OFF, TinyApi


@pytest.fixture
def api() -> Iterator[TinyApi]:
    """An API server that holds a Config."""
    with TinyApi() as server:
        server.put(CONFIG, config())
        yield server


@pytest.mark.parametrize("page", ["<html>Sign in</html>", "", "{"], ids=["a web page", "nothing", "half an answer"])
def test_an_answer_that_is_no_json_is_told_as_such(api: TinyApi, page: str) -> None:
    api.refusals["get", "configs"] = page or " "
    with pytest.raises(ApiError, match="GET Config cluster: HTTP 200 OK: the answer is no JSON"):
        api.cluster().get(CLUSTER_CONFIG)


@pytest.mark.parametrize(
    ("refusal", "error", "words"),
    [
        (CUT_OFF, ApiError, "watch Config cluster: the API server could not be reached: ProtocolError"),
        (500, ApiError, "watch Config cluster: HTTP 500 InternalError: no watch configs"),
        (410, Gone, "watch Config cluster: HTTP 410 Expired: no watch configs"),
    ],
    ids=["no answer", "error", "gone"],
)
def test_a_watch_that_cannot_begin_says_why(api: TinyApi, refusal: int, error: type[ApiError], words: str) -> None:
    api.refusals["watch", "configs"] = refusal
    with pytest.raises(error) as caught:
        next(iter(api.cluster().watch(CLUSTER_CONFIG, "0", 5)))
    assert str(caught.value).startswith(words)


def test_a_watch_that_is_cut_off_ends_without_an_error(api: TinyApi) -> None:
    events = iter(api.cluster().watch(CLUSTER_CONFIG, "0", 5))
    assert next(events)["object"] == config()
    api.cut_watches()
    assert list(events) == []
