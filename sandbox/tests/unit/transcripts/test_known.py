# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of known differences excuses what it names, and nothing else."""

from __future__ import annotations

from sandbox.tests.transcripts.compare import Difference
from sandbox.tests.transcripts.comparison import Found
from sandbox.tests.transcripts.known import KNOWN_DIFFERENCES, is_known, vanished

KEY, KNOWN = next((key, known) for key, known in KNOWN_DIFFERENCES.items() if not known.race)
RACE_KEY, RACE = next((key, known) for key, known in KNOWN_DIFFERENCES.items() if known.race)


def found(key: tuple[str, str, str, str], shown: tuple[object, ...]) -> Found:
    _recording, place, name, field = key
    return Found(place, Difference(name, field, ("recorded",), shown))


def test_what_is_listed_is_known() -> None:
    assert is_known(KEY[0], found(KEY, KNOWN.shown))


def test_other_values_are_not_known() -> None:
    assert not is_known(KEY[0], found(KEY, (*KNOWN.shown, "more")))


def test_the_same_in_another_recording_or_step_is_not_known() -> None:
    assert not is_known("replicas-and-route", found(KEY, KNOWN.shown))
    assert not is_known(KEY[0], found((KEY[0], "99", *KEY[2:]), KNOWN.shown))


def test_a_listed_difference_that_does_not_occur_is_told() -> None:
    assert KEY in vanished(KEY[0], [])
    assert KEY not in vanished(KEY[0], [found(KEY, KNOWN.shown)])


def test_a_race_may_be_won_by_either_side() -> None:
    assert is_known(RACE_KEY[0], found(RACE_KEY, RACE.shown))
    assert RACE_KEY not in vanished(RACE_KEY[0], [])


def test_every_difference_has_a_reason() -> None:
    assert all(known.reason for known in KNOWN_DIFFERENCES.values())
