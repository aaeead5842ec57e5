# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: compare what a recording and a replay show for one step.

The rules, for every object on its own (objects are not compared with each other in time, and times do not count):

* The sequence of distinct values of each field is the same, nothing more and nothing less.
* If the recording shows one change of an object before another, the replay does not show them the other way round.

For two kinds of fields these rules are too strict, because two recordings of the same change differ in them:

* The fields in `RACING` are counts that two real controllers race to move. Every combination of them that the
  recording held for `HELD_SECONDS` or longer appears, in the same order; the last one is the same; and no value
  appears that the recording did not show in this step.
* A field in `SAMPLED_FROM` copies a racing one now and then. Every value that the recording held there appears here,
  in the same order; the last value is the same; and no value appears that the recording showed in neither of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from .transcript import Event, Fields

HELD_SECONDS = 0.4
"""Longer than controllers need to act on each other's writes, shorter than the recordings' pods took to get ready."""

RACING: Mapping[str, tuple[str, ...]] = {
    # The Deployment controller samples the counts that the ReplicaSets are changing.
    "Deployment": (
        "status.replicas",
        "status.updatedReplicas",
        "status.readyReplicas",
        "status.availableReplicas",
        "status.unavailableReplicas",
    ),
}
"""Kind -> fields whose short-lived values depend on timing."""

SAMPLED_FROM: Mapping[tuple[str, str], tuple[str, str]] = {
    # The operator copies the count whenever it happens to sync.
    ("Config/cluster", "readyReplicas"): ("Deployment/image-registry", "status.readyReplicas")
}
"""(object, field) -> (object, field) that its values come from."""

EXISTS = "exists"
"""Field that tells whether the object is there."""

COUNTS = "counts"
"""Field that has the racing fields of an object together."""


@dataclass(frozen=True)
class Change:
    """A field of an object got another value than `previous`, in the event of this number at this time."""

    object: str
    field: str
    previous: Any
    value: Any
    number: int
    time: float


@dataclass(frozen=True)
class Difference:
    """What a recording shows for a field in one step, and what the replay showed instead."""

    object: str
    field: str
    recorded: tuple[Any, ...]
    shown: tuple[Any, ...]

    def __str__(self) -> str:
        return f"{self.object} {self.field}\n    recorded: {list(self.recorded)}\n    shown:    {list(self.shown)}"


class Walk:
    """Follows the objects of one run; values that do not change are no changes."""

    def __init__(self, start: Mapping[str, Fields]):
        self._current: dict[str, Fields] = {name: dict(fields) for name, fields in start.items()}
        self._number = 0

    def changes(self, events: Iterable[Event]) -> list[Change]:
        """The changes in the next events, in order."""
        return [change for event in events for change in self._applied(event)]

    def _applied(self, event: Event) -> list[Change]:
        self._number += 1
        known = self._current.get(event.object)
        if event.changed is None:
            self._current.pop(event.object, None)
            return [] if known is None else [self._change(event, EXISTS, True, False)]
        changes = []
        if known is None:
            known = self._current[event.object] = {}
            changes.append(self._change(event, EXISTS, False, True))
        before = _counts(event.object, known)
        for field, value in event.changed.items():
            if known.get(field) != value:
                changes.append(self._change(event, field, known.get(field), value))
                known[field] = value
        if (after := _counts(event.object, known)) != before:
            changes.append(self._change(event, COUNTS, before, after))
        return changes

    def _change(self, event: Event, field: str, previous: Any, value: Any) -> Change:
        return Change(event.object, field, previous, value, self._number, event.time)


def _counts(name: str, fields: Fields) -> Fields:
    """The racing fields of an object together; the API leaves out a count of zero."""
    return {field: fields.get(field) or 0 for field in RACING.get(name.split("/")[0], ())}


def differences(recorded: list[Change], shown: list[Change]) -> list[Difference]:
    """All differences between the changes that a recording and a replay show for one step."""
    found: list[Difference] = []
    for name, field in dict.fromkeys((change.object, change.field) for change in [*recorded, *shown]):
        expected, actual = _of(recorded, name, field), _of(shown, name, field)
        if field == COUNTS:
            same = _appear(_values(_held(expected)), [[*actual, *expected][0].previous, *_values(actual)])
        elif source := SAMPLED_FROM.get((name, field)):
            same = _is_sample(expected, actual, _of(recorded, *source))
        elif _is_racing(name, field):
            same = _are_possible(expected, actual)
        else:
            same = _values(expected) == _values(actual)
        if not same:
            found.append(Difference(name, field, _values(expected), _values(actual)))
    differing = {(difference.object, difference.field) for difference in found}
    return found + _swaps(_strict(recorded, differing), _strict(shown, differing))


def _of(changes: list[Change], name: str, field: str) -> list[Change]:
    return [change for change in changes if (change.object, change.field) == (name, field)]


def _values(changes: list[Change]) -> tuple[Any, ...]:
    return tuple(change.value for change in changes)


def _is_racing(name: str, field: str) -> bool:
    return field == COUNTS or field in RACING.get(name.split("/")[0], ()) or (name, field) in SAMPLED_FROM


def _with_initial(changes: list[Change], others: list[Change]) -> tuple[Any, ...]:
    """The values of a field with that from before the step; no count is a count of zero."""
    initial = [*changes, *others][0].previous
    return tuple(value or 0 for value in (initial, *_values(changes)))


def _are_possible(expected: list[Change], actual: list[Change], source: tuple[Any, ...] = ()) -> bool:
    """Whether a racing field ends as recorded, and has recorded values only on the way."""
    recorded, shown = _with_initial(expected, actual), _with_initial(actual, expected)
    return recorded[-1] == shown[-1] and {*recorded, *source}.issuperset(shown)


def _is_sample(expected: list[Change], actual: list[Change], source: list[Change]) -> bool:
    held = [value or 0 for value in _values(_held(source))]
    distinct = [value for value, _repeated in groupby(held)]
    possible = _are_possible(expected, actual, tuple(value or 0 for value in _values(source)))
    return possible and _appear(distinct, _with_initial(actual, expected))


def _held(changes: list[Change]) -> list[Change]:
    until = [change.time for change in changes[1:]] + [float("inf")]
    return [change for change, end in zip(changes, until, strict=False) if end - change.time >= HELD_SECONDS]


def _appear(held: Iterable[Any], shown: Iterable[Any]) -> bool:
    """Whether the held values appear in this order."""
    rest = iter(shown)
    return all(value in rest for value in held)


def _strict(changes: list[Change], differing: set[tuple[str, str]]) -> dict[tuple[str, str, int], int]:
    """(object, field, how often it has changed) -> number of the event, for fields in which both runs agree."""
    seen: dict[tuple[str, str], int] = {}
    numbers: dict[tuple[str, str, int], int] = {}
    for change in changes:
        key = (change.object, change.field)
        if key in differing or _is_racing(*key):
            continue
        seen[key] = seen.get(key, 0) + 1
        numbers[*key, seen[key]] = change.number
    return numbers


def _swaps(recorded: dict[tuple[str, str, int], int], shown: dict[tuple[str, str, int], int]) -> list[Difference]:
    """Pairs of changes of one object that the replay shows in the other order."""
    return [
        Difference(first[0], f"order of {_title(first)} and {_title(second)}", ("first", "second"), ("second", "first"))
        for first in recorded
        for second in recorded
        if first[0] == second[0] and recorded[first] < recorded[second] and shown[first] > shown[second]
    ]


def _title(change: tuple[str, str, int]) -> str:
    _object, field, count = change
    return f"{field}#{count}"
