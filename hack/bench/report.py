# SPDX-License-Identifier: GPL-3.0-or-later
"""The results as tables in Markdown: pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .results import FIRST, NONE, ONE, Results
from .variants import Variant

ROUND_TRIPS = (0.0, 0.02, 0.1)
# What has to be written before the Config, and the Config.
_WRITES_IN_SEQUENCE = 2
_MEGABYTE = 1e6


@dataclass(frozen=True)
class Reach:
    """A figure that is to be reached: what it is, what was measured (None: nothing), the limit."""

    what: str
    measured: float | None
    limit: float

    @property
    def verdict(self) -> str:
        """Whether it was reached."""
        if self.measured is None:
            return "not measured"
        return "reached" if self.measured <= self.limit else "missed"


def tables(results: Results, variants: list[Variant], machine: Mapping[str, str]) -> str:
    """Return everything that the bench prints."""
    rounds = max(len(samples) for samples in results.samples.values())
    parts = [
        f"Median of {rounds} runs, in seconds; `+20 ms` is what a round trip to the API server takes longer.",
        seconds(results, variants),
        "What a run sent and took. Requests in sequence are those that waited for an answer to another one, as told at "
        "+100 ms; the peak is that of the biggest module process, for the script that of `kubectl`.",
        effort(results, variants),
        "What is to be reached.",
        reached(results),
        "Measured on:",
        "\n".join(f"* {name}: {value}" for name, value in machine.items()),
    ]
    return "\n\n".join(parts)


def seconds(results: Results, variants: list[Variant]) -> str:
    """Return the table of seconds."""
    columns = [(FIRST, 0.0), (NONE, 0.0), (ONE, 0.0), (NONE, 0.02), (NONE, 0.1), (FIRST, 0.1)]
    heads = [name + (f", +{round_trip * 1000:.0f} ms" if round_trip else "") for name, round_trip in columns]
    return _table(
        ["", "variant", *heads],
        ([v.key, v.title, *(_number(results.wall(*column, v.key), 2) for column in columns)] for v in variants),
    )


def effort(results: Results, variants: list[Variant]) -> str:
    """Return the table of requests, CPU time and memory."""
    heads = [
        "",
        "requests: first apply",
        "no change",
        "one field",
        "in sequence: first apply",
        "no change",
        "CPU seconds, no change",
        "peak, MB",
    ]
    rows = []
    for key in (variant.key for variant in variants):
        peak = results.peak(key)
        rows.append(
            [
                key,
                *(_number(results.requests(situation, key), 0) for situation in (FIRST, NONE, ONE)),
                *(_number(results.in_sequence(situation, max(ROUND_TRIPS), key), 0) for situation in (FIRST, NONE)),
                _number(results.cpu(NONE, 0.0, key), 2),
                _number(peak and peak / _MEGABYTE, 0),
            ]
        )
    return _table(heads, rows)


def reached(results: Results) -> str:
    """Return the table of what is to be reached."""
    rows = ([reach.what, _number(reach.measured, 2), f"{reach.limit:g}", reach.verdict] for reach in reaches(results))
    return _table(["", "measured", "at most", ""], rows)


def reaches(results: Results) -> list[Reach]:
    """Return what is to be reached with what was."""
    longest = max(ROUND_TRIPS)
    first = results.in_sequence(FIRST, longest, "a")
    peak = results.peak("a")

    def ratio(situation: str, round_trip: float, other: str) -> float | None:
        mine, theirs = (results.wall(situation, round_trip, key) for key in ("a", other))
        return mine / theirs if mine and theirs else None

    return [
        Reach("no change: a / e", ratio(NONE, 0.0, "e"), 1.45),
        Reach("no change: a / c", ratio(NONE, 0.0, "c"), 0.30),
        Reach("no change, +100 ms: a / c", ratio(NONE, longest, "c"), 0.15),
        Reach("first apply: a / c", ratio(FIRST, 0.0, "c"), 0.35),
        Reach("no change: requests of a", results.requests(NONE, "a"), 8),
        Reach("no change: requests of a in sequence", results.in_sequence(NONE, longest, "a"), 2),
        Reach(
            "first apply: requests of a in sequence beyond the writes' own order",
            None if first is None else first - _WRITES_IN_SEQUENCE,
            3,
        ),
        Reach("peak of a, MB", peak and peak / _MEGABYTE, 90),
    ]


def _table(heads: list[str], rows: Iterable[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
