# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations, as Go reads them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.duration import duration
from hypothesis import given
from hypothesis import strategies as st

case = pytest.param
# In Go's order; a duration in canonical form has no gaps, but the operator takes any.
UNITS = {"h": 3600 * 10**9, "m": 60 * 10**9, "s": 10**9, "ms": 10**6, "us": 1000, "ns": 1}


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        case("1h30m", 5400 * 10**9, id="hours and minutes"),
        case("500ms", 500 * 10**6, id="milliseconds"),
        case("1us", 1000, id="microseconds"),
        case("-1.5s", -1500 * 10**6, id="negative"),
        case("+2m", 120 * 10**9, id="plus sign"),
        case(".5s", 500 * 10**6, id="no digit before the point"),
        case("1.s", 10**9, id="no digit after the point"),
        case("0", 0, id="zero needs no unit"),
        case("-0", 0, id="negative zero"),
        case("", 0, id="nothing"),
        case("2562047h47m16.854775807s", 2**63 - 1, id="the longest that Go knows"),
    ],
)
def test_durations_are_read_as_go_does(text: str, nanoseconds: int) -> None:
    assert duration(text) == nanoseconds


@pytest.mark.parametrize(
    "text",
    ["1d", "2 weeks", "3 minutes", "1h 30m", "90", "h", "1h-30m", "1H", "-", ".s", "1e3s", "٣h", "1h\n", "2562048h"],
)
def test_what_go_cannot_parse_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a Go duration"):
        duration(text)


@given(
    st.lists(st.tuples(st.integers(0, 1000), st.sampled_from(sorted(UNITS))), min_size=1), st.sampled_from(["", "-"])
)
def test_a_duration_is_the_sum_of_its_parts(parts: list[tuple[int, str]], sign: str) -> None:
    total = sum(amount * UNITS[unit] for amount, unit in parts)
    assert duration(sign + "".join(f"{amount}{unit}" for amount, unit in parts)) == (-total if sign else total)


@given(st.decimals(0, 1000, places=3), st.sampled_from(["h", "m", "s", "ms", "us"]))
def test_a_fraction_counts_to_the_nanosecond(amount: Decimal, unit: str) -> None:
    assert duration(f"{amount:f}{unit}") == int(amount * UNITS[unit])


@given(st.text("0123456789.hmnsu+- dµ", max_size=8))
def test_a_text_is_a_duration_or_none(text: str) -> None:
    try:
        nanoseconds = duration(text)
    except ValueError as error:
        assert "is not a Go duration" in str(error)
    else:
        assert duration(f"{nanoseconds}ns") == nanoseconds
