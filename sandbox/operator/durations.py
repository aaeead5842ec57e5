# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations as Go's time package reads and prints them.

The `durationpy` package does not serve here: it also accepts days, weeks and years, which Go refuses, and it prints
one hour as `1h` where Go prints `1h0m0s`.
"""

from __future__ import annotations

import re
from decimal import Decimal

_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,  # micro sign
    "μs": 10**3,  # Greek letter mu
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_TERM = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_DURATION = re.compile(rf"[+-]?(0|({_TERM.pattern})+)", re.ASCII)
_LIMIT = 2**63


def parse(text: str) -> int:
    """Nanoseconds of a Go duration such as `1h30m`; raises ValueError for anything else, such as `1d`."""
    if not _DURATION.fullmatch(text):
        raise ValueError(f"time: invalid duration {text!r}")
    total = sum(int(Decimal(number) * _NANOSECONDS[unit]) for number, unit in _TERM.findall(text))
    if total >= _LIMIT:
        raise ValueError(f"time: invalid duration {text!r}")
    return -total if text.startswith("-") else total


def render(nanoseconds: int) -> str:
    """The canonical text of a duration, for example `1h0m0s`, `1.5s`, `500ms`, `0s`."""
    sign, rest = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    if 0 < rest < 10**9:
        unit = next(unit for unit in ("ms", "µs", "ns") if rest >= _NANOSECONDS[unit])
        return f"{sign}{_number(rest, _NANOSECONDS[unit])}{unit}"
    hours, rest = divmod(rest, _NANOSECONDS["h"])
    minutes, rest = divmod(rest, _NANOSECONDS["m"])
    text = f"{_number(rest, 10**9)}s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    if hours:
        text = f"{hours}h{text}"
    return sign + text


def _number(nanoseconds: int, unit: int) -> str:
    whole, fraction = divmod(nanoseconds, unit)
    digits = str(fraction).zfill(len(str(unit)) - 1).rstrip("0") if fraction else ""
    return f"{whole}.{digits}" if digits else str(whole)
