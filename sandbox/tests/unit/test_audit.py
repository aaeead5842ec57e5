# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read out of an audit log."""

import json
from typing import Any

import pytest

from sandbox.audit import requests_in


def line(**changes: Any) -> bytes:
    entry = {
        "stage": "ResponseComplete",
        "verb": "get",
        "requestURI": "/api",
        "user": {"username": "someone"},
        "userAgent": "okd.image_registry.registry",
        "responseStatus": {"code": 200},
        "requestReceivedTimestamp": "2026-01-01T00:00:00.000000Z",
        "stageTimestamp": "2026-01-01T00:00:00.500000Z",
    }
    return json.dumps({**entry, **changes}).encode() + b"\n"


def test_requests_come_in_the_order_of_their_beginning() -> None:
    late = line(requestURI="/late", requestReceivedTimestamp="2026-01-01T00:00:00.100000Z")
    found = requests_in([late, line(requestURI="/early")])
    assert [request.uri for request in found] == ["/early", "/late"]
    assert found[0].end - found[0].begin == pytest.approx(0.5)


def test_a_watch_counts_once() -> None:
    found = requests_in([line(verb="watch", stage="ResponseStarted"), line(verb="watch")])
    assert [request.verb for request in found] == ["watch"]


def test_a_request_of_nobody_has_no_user() -> None:
    assert requests_in([line(user={})])[0].user == ""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, False, id="a read"),
        pytest.param({"verb": "patch"}, True, id="a patch"),
        pytest.param({"verb": "delete"}, True, id="a deletion"),
        pytest.param({"verb": "patch", "requestURI": "/api?dryRun=All"}, False, id="dry run"),
        pytest.param({"verb": "patch", "responseStatus": {"code": 409}}, False, id="for an old version"),
        pytest.param({"verb": "patch", "responseStatus": {"code": 500}}, True, id="with an unknown end"),
    ],
)
def test_writes(changes: dict[str, Any], expected: bool) -> None:
    assert requests_in([line(**changes)])[0].is_write is expected


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("okd.image_registry.registry_info", True),
        ("kubectl/v1.20.2", False),
        ("cluster-image-registry-operator", False),
    ],
)
def test_requests_of_modules(agent: str, expected: bool) -> None:
    assert requests_in([line(userAgent=agent)])[0].is_of_module is expected
