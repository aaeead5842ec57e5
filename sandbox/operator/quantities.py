# SPDX-License-Identifier: GPL-3.0-or-later
"""Quantities as the operator's client writes them back: the largest unit that leaves a whole number."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal
from typing import Any

from kubernetes.utils.quantity import parse_quantity

_BINARY = [(1024**power, suffix) for power, suffix in enumerate(("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"))]
_DECIMAL = [
    (Decimal(10) ** exponent, suffix)
    for exponent, suffix in zip(range(-9, 19, 3), ("n", "u", "m", "", "k", "M", "G", "T", "P", "E"), strict=True)
]
_EXPONENT = [(Decimal(10) ** exponent, f"e{exponent}" if exponent else "") for exponent in range(-9, 19, 3)]
_WITH_EXPONENT = re.compile(r"[+-]?[\d.]+[eE][+-]?\d+")


def canonical(quantity: str | int | float) -> str:
    """`1024Mi` becomes `1Gi`, `0.5` becomes `500m`; raises ValueError when it is no quantity."""
    text = str(quantity)
    value = parse_quantity(text)
    if text.endswith("i") and value == value.to_integral_value():
        return _scaled(value, [(Decimal(size), suffix) for size, suffix in _BINARY])
    return _scaled(value, _EXPONENT if _WITH_EXPONENT.fullmatch(text) else _DECIMAL)


def canonical_resources(resources: dict[str, Any]) -> dict[str, Any]:
    """Resource requirements with every request and limit in canonical form."""
    return {
        key: {name: canonical(quantity) for name, quantity in value.items()} if key in ("requests", "limits") else value
        for key, value in resources.items()
    }


def _scaled(value: Decimal, units: list[tuple[Decimal, str]]) -> str:
    if not value:
        return "0"
    for size, suffix in reversed(units):
        scaled = value / size
        if scaled == scaled.to_integral_value():
            return f"{int(scaled)}{suffix}"
    size, suffix = units[0]
    return f"{int((value / size).to_integral_value(ROUND_CEILING))}{suffix}"
