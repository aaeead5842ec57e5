# SPDX-License-Identifier: GPL-3.0-or-later
"""The results as tables in Markdown: pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from .aims import Pairs, aims, megabytes, ratio
from .fleet import FORKS, HOSTS
from .results import FAR, FIRST, FLEET, NEAR, NONE, ONE, Cell, Results
from .variant import Variant

_Column = tuple[str, Callable[[str], float | None], int]
"""Head, figure of a variant, digits after the point."""


def tables(
    results: Results,
    variants: Sequence[Variant],
    fleet: Sequence[Variant],
    waiting: Sequence[Variant],
    machine: Mapping[str, str],
) -> str:
    """Return everything that the bench prints, without the rows and columns of which nothing was measured."""
    sections = [
        ("Seconds from start to end", _table(variants, _wall_columns(results))),
        ("CPU seconds of all processes of a run", _table(variants, _cpu_columns(results))),
        ("Requests, and peak of memory", _table(variants, _effort_columns(results))),
        (f"{HOSTS} clusters without change, {FORKS} at a time", _table(fleet, _fleet_columns(results))),
        ("A host that waits for a rollout", _table(waiting, _waiting_columns(results))),
        ("Aims", aims_table(results)),
        ("Measured on", "\n".join(f"* {name}: {value}" for name, value in machine.items())),
    ]
    return "\n\n".join(f"### {title}\n\n{text}" for title, text in sections if text)


def aims_table(results: Results) -> str:
    """Return the table of what is to be reached."""
    rows = ([aim.what, _number(aim.measured, 2), f"{aim.limit:g}", aim.verdict] for aim in aims(results))
    return _lines(["", "measured", "at most", ""], rows)


def _wall_columns(results: Results) -> list[_Column]:
    return [
        (FIRST, lambda key: results.wall(FIRST, key), 2),
        (NONE, lambda key: results.wall(NONE, key), 2),
        (ONE, lambda key: results.wall(ONE, key), 2),
        (f"{NONE}, +100 ms", lambda key: results.wall(NONE, key, FAR), 2),
        (f"{FIRST}, +100 ms", lambda key: results.wall(FIRST, key, FAR), 2),
    ]


def _cpu_columns(results: Results) -> list[_Column]:
    return [
        (FIRST, lambda key: results.cpu(FIRST, key), 2),
        (NONE, lambda key: results.cpu(NONE, key), 2),
        (ONE, lambda key: results.cpu(ONE, key), 2),
    ]


def _effort_columns(results: Results) -> list[_Column]:
    return [
        (f"requests: {FIRST}", lambda key: results.requests(FIRST, key), 0),
        (NONE, lambda key: results.requests(NONE, key), 0),
        (ONE, lambda key: results.requests(ONE, key), 0),
        (f"in sequence: {FIRST}", lambda key: results.in_sequence(FIRST, key), 0),
        (NONE, lambda key: results.in_sequence(NONE, key), 0),
        ("peak, MB", lambda key: megabytes(results.peak(key)), 0),
    ]


def _fleet_columns(results: Results) -> list[_Column]:
    return [
        ("CPU seconds a cluster", lambda key: results.cpu(FLEET, key), 3),
        ("of `kubectl`", lambda key: ratio(_of_kubectl(results, key)), 2),
        ("seconds in all", lambda key: results.wall(FLEET, key), 1),
        ("requests in all", lambda key: results.requests(FLEET, key), 0),
    ]


def _of_kubectl(results: Results, key: str) -> Pairs:
    return results.pairs(Cell(FLEET, NEAR, key), Cell(FLEET, NEAR, "kubectl"), lambda sample: sample.cpu)


def _waiting_columns(results: Results) -> list[_Column]:
    return [
        ("MB a host", lambda key: megabytes(results.waiting_memory(key)), 0),
        ("requests in 60 s", results.waiting_requests, 1),
    ]


def _table(variants: Sequence[Variant], columns: Sequence[_Column]) -> str:
    """Return a table of those variants and columns that have a figure, empty if there is none."""
    columns = [column for column in columns if any(column[1](variant.key) is not None for variant in variants)]
    rows = [
        [variant.key, variant.title, *(_number(figure(variant.key), digits) for _head, figure, digits in columns)]
        for variant in variants
        if any(figure(variant.key) is not None for _head, figure, _digits in columns)
    ]
    return _lines(["", "variant", *(head for head, _figure, _digits in columns)], rows) if rows else ""


def _lines(heads: list[str], rows: Iterable[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
