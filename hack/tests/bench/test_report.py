# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the bench."""

import pytest

from hack.bench.report import reached, reaches
from hack.bench.results import FIRST, NONE, Cell, Results, Sample


@pytest.fixture
def results() -> Results:
    """Three samples each: a takes 3 s, c 12 s, e 2 s; in sequence a sends 2 requests, 6 for the first apply."""
    filled = Results()
    for situation, round_trip, key, wall, chain in (
        (NONE, 0.0, "a", 3.0, None),
        (NONE, 0.0, "c", 12.0, None),
        (NONE, 0.0, "e", 2.0, None),
        (NONE, 0.1, "a", 4.0, 2),
        (NONE, 0.1, "c", 20.0, 8),
        (FIRST, 0.0, "a", 5.0, None),
        (FIRST, 0.1, "a", 5.0, 6),
    ):
        for disturbance in (0.0, 100.0, -1.0):
            filled.add(Cell(situation, round_trip, key), Sample(wall + disturbance, wall, 7, chain))
    filled.add_peak("a", 95_000_000)
    return filled


def test_medians_are_compared_with_what_is_to_be_reached(results: Results) -> None:
    found = {reach.what: (reach.measured, reach.verdict) for reach in reaches(results)}
    assert found == {
        "no change: a / e": (1.5, "missed"),
        "no change: a / c": (0.25, "reached"),
        "no change, +100 ms: a / c": (0.2, "missed"),
        "first apply: a / c": (None, "not measured"),
        "no change: requests of a": (7, "reached"),
        "no change: requests of a in sequence": (2, "reached"),
        "first apply: requests of a in sequence beyond the writes' own order": (4, "missed"),
        "peak of a, MB": (95.0, "missed"),
    }


def test_a_figure_that_was_not_measured_leaves_its_place_empty(results: Results) -> None:
    assert "| first apply: a / c |  | 0.35 | not measured |" in reached(results).splitlines()
