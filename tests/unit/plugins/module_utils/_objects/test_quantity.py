# SPDX-License-Identifier: GPL-3.0-or-later
"""Quantities, as Kubernetes reads them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.quantity import quantity
from hypothesis import given
from hypothesis import strategies as st
from kubernetes.utils.quantity import parse_quantity

# The library knows what a quantity ends with, but takes other spellings of its number too, such as NaN and 1_0.
UNITS = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
NUMBERS = st.from_regex(r"[-+]?([0-9]{1,9}(\.[0-9]{0,6})?|\.[0-9]{1,6})", fullmatch=True).filter(str.isascii)


@pytest.mark.parametrize(
    ("text", "units"),
    [("100Gi", 100 * 2**30), ("500m", Decimal("0.5")), ("1E", 10**18), ("1Ei", 2**60), (3, 3), ("0", 0)],
)
def test_quantities(text: str, units: Any) -> None:
    assert quantity(text) == units


@pytest.mark.parametrize(
    "text",
    [
        *("", "Gi", "100GiB", "100 GB", "100gi", "100ki", "ten", "1Gi2", "1e", "1.2.3", "1Mi\n", "1 Gi", "1_0Gi"),
        *("\u0661Gi", "NaN", "Infinity", "-InfinityGi", "1e99999999", "1e-99999999999999999999"),
    ],
)
def test_what_kubernetes_cannot_parse_is_no_quantity(text: str) -> None:
    with pytest.raises(ValueError, match="is not a quantity"):
        quantity(text)


@given(NUMBERS, st.sampled_from(UNITS))
def test_a_quantity_is_what_the_client_library_reads(number: str, unit: str) -> None:
    assert quantity(number + unit) == parse_quantity(number + unit)


@given(NUMBERS, st.sampled_from("eE"), st.integers(-12, 12))
def test_an_exponent_is_a_power_of_ten(number: str, letter: str, exponent: int) -> None:
    assert quantity(f"{number}{letter}{exponent}") == Decimal(number) * Decimal(10) ** exponent


@given(st.integers() | st.decimals(-(10**9), 10**9, places=3))
def test_a_number_is_its_own_quantity(number: int | Decimal) -> None:
    assert quantity(number) == parse_quantity(number)


@given(st.text("0123456789.+-kKMGi eEm", max_size=6))
def test_what_is_read_the_client_library_reads_too(text: str) -> None:
    try:
        units = quantity(text)
    except ValueError:
        return
    if not text[-1:].isdigit() or not set(text) & set("eE"):
        assert parse_quantity(text) == units
