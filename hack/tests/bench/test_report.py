# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the bench."""

import pytest

from hack.bench.report import aims_table, tables
from hack.bench.results import FLEET, NONE, Cell, Results, Sample
from hack.bench.variant import Variant


def variant(key: str) -> Variant:
    return Variant(key, f"title of {key}", {}, lambda _level, _wait: [], lambda _output: 0)


VARIANTS = [variant("registry"), variant("ping")]
FLEET_VARIANTS = [variant("registry"), variant("kubectl")]


@pytest.fixture
def lines() -> list[str]:
    """What is printed when only one cell of one cluster and two of the fleet were measured."""
    results = Results()
    results.add(Cell(NONE, 0.0, "registry"), Sample(1.5, 1.25, 8, None))
    results.add(Cell(FLEET, 0.0, "registry"), Sample(12.0, 0.1, 800, None))
    results.add(Cell(FLEET, 0.0, "kubectl"), Sample(20.0, 0.4, 5000, None))
    return tables(results, VARIANTS, FLEET_VARIANTS, VARIANTS, {"Python": "3.11"}).splitlines()


def test_only_what_was_measured_has_a_row_and_a_column(lines: list[str]) -> None:
    start = lines.index("### Seconds from start to end")
    assert lines[start + 2 : start + 6] == [
        "|  | variant | no change |",
        "| --- | --- | --- |",
        "| registry | title of registry | 1.50 |",
        "",
    ]
    assert not any("waits for a rollout" in line for line in lines)


def test_a_fleet_is_compared_with_the_script(lines: list[str]) -> None:
    assert "| registry | title of registry | 0.100 | 0.25 | 12.0 | 800 |" in lines
    assert "| kubectl | title of kubectl | 0.400 | 1.00 | 20.0 | 5000 |" in lines


def test_what_was_measured_on_is_told(lines: list[str]) -> None:
    assert lines[-3:] == ["### Measured on", "", "* Python: 3.11"]


def test_an_aim_that_was_not_measured_leaves_its_place_empty() -> None:
    assert "| waiting host, MB |  | 25 | not measured |" in aims_table(Results()).splitlines()
