# SPDX-License-Identifier: GPL-3.0-or-later
"""What the bench reads out of an audit log."""

import json

import pytest

from tests.bench.audit import Request, in_sequence, requests_in

ROUND_TRIP = 0.1


def request(begin: float, end: float) -> Request:
    return Request("get", "/", begin, end)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([], 0, id="nothing"),
        pytest.param([(0.0, 0.01)], 1, id="one"),
        pytest.param([(0.0, 0.01), (0.0, 0.02), (0.005, 0.03)], 1, id="at the same time"),
        pytest.param([(0.0, 0.01), (0.03, 0.04), (0.06, 0.07)], 1, id="one after another, sooner than an answer"),
        pytest.param([(0.0, 0.01), (0.111, 0.12)], 2, id="a round trip later"),
        pytest.param([(0.0, 0.01), (0.11, 0.12), (0.22, 0.23)], 3, id="each a round trip later"),
        pytest.param([(0.0, 0.01), (0.0, 0.2), (0.11, 0.12), (0.22, 0.23)], 3, id="beside a long one"),
        pytest.param([(0.22, 0.23), (0.0, 0.01), (0.11, 0.12)], 3, id="in any order"),
    ],
)
def test_requests_in_sequence(spans: list[tuple[float, float]], expected: int) -> None:
    assert in_sequence([request(*span) for span in spans], ROUND_TRIP) == expected


def test_requests_of_the_bench_itself_do_not_count() -> None:
    def line(agent: str, begin: str) -> bytes:
        entry = {
            "verb": "get",
            "requestURI": f"/{agent}",
            "userAgent": agent,
            "requestReceivedTimestamp": begin,
            "stageTimestamp": "2026-01-01T00:00:02.500000Z",
        }
        return json.dumps(entry).encode()

    found = requests_in(
        [
            line("bench", "2026-01-01T00:00:00.000000Z"),
            line("x", "2026-01-01T00:00:02.000000Z"),
            line("y", "2026-01-01T00:00:01Z"),
        ]
    )
    assert [entry.uri for entry in found] == ["/y", "/x"]
    assert found[1].end - found[1].begin == pytest.approx(0.5)
