# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests the bench takes to have waited for one another."""

import pytest

from hack.bench.sequence import in_sequence
from sandbox.audit import Request

ROUND_TRIP = 0.1


def request(begin: float, end: float) -> Request:
    return Request("get", "/", agent="", user="", status=200, begin=begin, end=end)


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
