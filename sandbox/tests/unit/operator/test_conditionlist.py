# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of conditions: places are kept, the transition time moves with the status only."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.operator.conditionlist import merged, seconds_since, timestamp
from sandbox.operator.conditions import Condition

EARLIER = "2026-01-01T00:00:00Z"
NOW = datetime(2026, 1, 1, 0, 5, tzinfo=UTC)

CONDITIONS = [
    {"type": "Available", "status": "True", "reason": "Ready", "message": "m", "lastTransitionTime": EARLIER},
    {"type": "Foreign", "status": "Unknown", "lastTransitionTime": EARLIER},
]


def test_new_conditions_come_last_and_others_stay() -> None:
    result = merged(CONDITIONS, {"Degraded": Condition("False")}, NOW)
    assert [condition["type"] for condition in result] == ["Available", "Foreign", "Degraded"]
    assert result[:2] == CONDITIONS


def test_empty_reason_and_message_are_left_out() -> None:
    expected = {"type": "Degraded", "status": "False", "lastTransitionTime": "2026-01-01T00:05:00Z"}
    assert merged([], {"Degraded": Condition("False")}, NOW) == [expected]


def test_transition_time_moves_with_the_status() -> None:
    (same, _) = merged(CONDITIONS, {"Available": Condition("True", "MinimumAvailability", "n")}, NOW)
    assert (same["reason"], same["lastTransitionTime"]) == ("MinimumAvailability", EARLIER)
    (other, _) = merged(CONDITIONS, {"Available": Condition("False", "Ready", "m")}, NOW)
    assert other["lastTransitionTime"] == timestamp(NOW)


def test_age_of_a_stamp() -> None:
    assert seconds_since(EARLIER, NOW) == 300
