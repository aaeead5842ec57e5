# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations and quantities as Go prints them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.operator import durations
from sandbox.operator.quantities import canonical, canonical_resources


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("60m", "1h0m0s"),
        ("96h", "96h0m0s"),
        ("90s", "1m30s"),
        ("0", "0s"),
        ("0s", "0s"),
        ("1500ms", "1.5s"),
        ("0.5s", "500ms"),
        (".5s", "500ms"),
        ("100us", "100µs"),
        ("1.5µs", "1.5µs"),
        ("1ns", "1ns"),
        ("1h0.25s", "1h0m0.25s"),
        ("-5m", "-5m0s"),
        ("+5m", "5m0s"),
    ],
)
def test_duration_is_rendered_as_go_does(text: str, rendered: str) -> None:
    assert durations.render(durations.parse(text)) == rendered


@pytest.mark.parametrize("text", ["1d", "2 weeks", "3 minutes", "", "5", "h", "1h 5m", " 1s", "1.5.5s", "300000000h"])
def test_duration_that_go_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="invalid duration"):
        durations.parse(text)


@given(st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1))
def test_rendered_duration_is_read_back(nanoseconds: int) -> None:
    assert durations.parse(durations.render(nanoseconds)) == nanoseconds


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("1500Mi", "1500Mi"),
        ("0.1Ki", "102400m"),
        ("0.5", "500m"),
        ("1000m", "1"),
        ("2000", "2k"),
        ("12e6", "12e6"),
        (2, "2"),
        ("0", "0"),
        ("0.3n", "1n"),
    ],
)
def test_quantity_gets_the_largest_whole_unit(quantity: str | int, expected: str) -> None:
    assert canonical(quantity) == expected


def test_resources_keep_what_is_no_quantity() -> None:
    resources = {"requests": {"cpu": "0.5"}, "limits": {"memory": "1024Mi"}, "claims": [{"name": "c"}]}
    expected = {"requests": {"cpu": "500m"}, "limits": {"memory": "1Gi"}, "claims": [{"name": "c"}]}
    assert canonical_resources(resources) == expected
