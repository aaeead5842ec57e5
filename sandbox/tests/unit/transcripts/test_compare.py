# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparer finds what differs between two runs, and only that."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.tests.transcripts.compare import Difference, Walk, differences
from sandbox.tests.transcripts.transcript import Event

CONFIG = "Config/cluster"
DEPLOYMENT = "Deployment/image-registry"
START: dict[str, dict[str, Any]] = {
    CONFIG: {"observedGeneration": 1, "cond.Available": "Ready"},
    DEPLOYMENT: {"status.replicas": 1},
}


def compare(recorded: list[Event], shown: list[Event]) -> list[Difference]:
    return differences(Walk(START).changes(recorded), Walk(START).changes(shown))


def config(time: float, **changed: Any) -> Event:
    return Event(time, CONFIG, {key.replace("cond_", "cond."): value for key, value in changed.items()})


def replicas(time: float, count: int) -> Event:
    return Event(time, DEPLOYMENT, {"status.replicas": count})


RECORDED = [
    config(1.0, observedGeneration=2),
    config(1.1, cond_Available="Minimum"),
    config(2.5, cond_Available="Ready", observedGeneration=3),
]


def test_times_do_not_count() -> None:
    assert compare(RECORDED, [Event(event.time * 3, event.object, event.changed) for event in RECORDED]) == []


def test_repeated_values_are_no_changes() -> None:
    assert compare(RECORDED, [RECORDED[0], config(1.05, observedGeneration=2), *RECORDED[1:]]) == []


def test_changes_that_are_told_together_may_be_shown_one_after_the_other() -> None:
    apart = [config(2.5, observedGeneration=3), config(2.6, cond_Available="Ready")]
    assert compare(RECORDED, [*RECORDED[:2], *apart]) == []


@pytest.mark.parametrize(
    ("shown", "field", "values"),
    [
        pytest.param([RECORDED[0], RECORDED[2]], "cond.Available", (), id="a state is missing"),
        pytest.param(RECORDED[:2], "cond.Available", ("Minimum",), id="the last state is missing"),
        pytest.param(
            [RECORDED[0], config(1.1, cond_Available="None"), RECORDED[2]],
            "cond.Available",
            ("None", "Ready"),
            id="a value is another one",
        ),
        pytest.param(
            [*RECORDED, config(3, cond_Available="Minimum"), config(4, cond_Available="Ready")],
            "cond.Available",
            ("Minimum", "Ready", "Minimum", "Ready"),
            id="states are added",
        ),
        pytest.param([*RECORDED, config(3, spec={})], "spec", ({},), id="a field changes that should not"),
        pytest.param([*RECORDED, Event(3, "Route/a", {})], "exists", (True,), id="an object is added"),
        pytest.param([*RECORDED, Event(3, DEPLOYMENT, None)], "exists", (False,), id="an object is deleted"),
    ],
)
def test_a_different_sequence_is_found(shown: list[Event], field: str, values: tuple[Any, ...]) -> None:
    assert (field, values) in [(difference.field, difference.shown) for difference in compare(RECORDED, shown)]


def test_swapped_changes_of_one_object_are_found() -> None:
    found = compare(RECORDED, [RECORDED[1], RECORDED[0], RECORDED[2]])
    assert [difference.field for difference in found] == ["order of observedGeneration#1 and cond.Available#1"]


def test_two_objects_are_not_ordered() -> None:
    route = Event(1.2, "Route/a", {"host": "h"})
    assert compare([*RECORDED, route], [route, *RECORDED]) == []


def test_a_created_object_begins_without_values() -> None:
    again = [Event(1, DEPLOYMENT, None), Event(2, DEPLOYMENT, {"status.replicas": 1})]
    assert compare(again, again) == []
    assert {difference.field for difference in compare(again, again[:1])} == {"exists", "status.replicas", "counts"}


HELD = [replicas(1.0, 2), replicas(1.05, 3), replicas(2.0, 2), replicas(2.1, 1)]


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(HELD, id="all of it"),
        pytest.param([replicas(1, 3), replicas(2, 1)], id="without what was short-lived"),
        pytest.param(
            [replicas(1, 2), replicas(2, 3), replicas(3, 2), replicas(4, 3), replicas(5, 1)], id="other races"
        ),
    ],
)
def test_a_racing_count_may_skip_what_was_short_lived(shown: list[Event]) -> None:
    assert compare(HELD, shown) == []


@pytest.mark.parametrize(
    ("shown", "fields"),
    [
        pytest.param([replicas(1, 2), replicas(2, 1)], {"counts"}, id="a held value is missing"),
        pytest.param(
            [replicas(1, 3), replicas(2, 4), replicas(3, 1)], {"status.replicas"}, id="a value that was never recorded"
        ),
        pytest.param([replicas(1, 3), replicas(2, 2)], {"status.replicas", "counts"}, id="another last value"),
        pytest.param([replicas(1, 3)], {"status.replicas", "counts"}, id="the last value is missing"),
        pytest.param([], {"counts"}, id="nothing"),
    ],
)
def test_a_racing_count_is_still_held_to_the_recording(shown: list[Event], fields: set[str]) -> None:
    assert {difference.field for difference in compare(HELD, shown)} == fields


def test_counts_that_were_held_together_appear_together() -> None:
    def counts(time: float, total: int, ready: int) -> Event:
        return Event(time, DEPLOYMENT, {"status.replicas": total, "status.readyReplicas": ready})

    recorded = [counts(1, 3, 1), counts(2, 3, 2), counts(3, 2, 2)]
    assert compare(recorded, recorded) == []
    assert [difference.field for difference in compare(recorded, [recorded[0], counts(2, 2, 1), recorded[2]])] == [
        "counts"
    ]


def test_held_values_keep_their_order() -> None:
    recorded = [replicas(1, 2), replicas(2, 3), replicas(3, 1)]
    assert compare(recorded, [replicas(1, 3), replicas(2, 2), replicas(3, 1)]) != []


def test_a_sampled_count_may_show_what_its_source_showed() -> None:
    source = [Event(1.0, DEPLOYMENT, {"status.readyReplicas": 2}), Event(1.05, DEPLOYMENT, {"status.readyReplicas": 1})]
    recorded = [config(0.5, readyReplicas=1), *source]
    assert compare(recorded, [*recorded, config(1.1, readyReplicas=2), config(1.2, readyReplicas=1)]) == []
    unseen = compare(recorded, [*recorded, config(1.1, readyReplicas=5), config(1.2, readyReplicas=1)])
    assert [difference.field for difference in unseen] == ["readyReplicas"]
