# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes quantities (``100Gi``, ``500m``)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

_QUANTITY = re.compile(r"([-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))([A-Za-z]i?|[eE][-+]?[0-9]{1,3})?")
_EXPONENT = re.compile(r"[eE][-+]?[0-9]+")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
LARGEST = 2**63 - 1
"""What the API server stores of any larger one."""
_BINARY = {unit: Decimal(1024) ** power for power, unit in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)}


def quantity(value: Any) -> Decimal:
    """Return a quantity as a number of base units (bytes, cores); ValueError if it is none."""
    match = _QUANTITY.fullmatch(str(value))
    if not match or isinstance(value, bool):
        raise ValueError(f"{value!r} is not a quantity")
    number, unit = match.group(1), match.group(2) or ""
    if unit in _BINARY:
        return Decimal(number) * _BINARY[unit]
    # Arithmetic rounds to the digits of its context, the text of a number does not.
    if unit in _DECIMAL:
        return Decimal(f"{number}E{_DECIMAL[unit]}")
    if not _EXPONENT.fullmatch(unit):
        raise ValueError(f"{value!r} is not a quantity")
    return Decimal(f"{number}{unit}")
