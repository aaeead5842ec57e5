# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Go durations (``1h30m``, ``500ms``), as the operator decodes them."""

from __future__ import annotations

import re
from decimal import Decimal

_PART = re.compile(r"([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
# Go counts nanoseconds in 64 bits.
_LONGEST = 2**63 - 1


def duration(value: str) -> int:
    """Return a duration in nanoseconds; ValueError if Go could not parse it.

    The API server accepts more (``1d``, ``2 weeks``), but the operator decodes with Go, and an object that it cannot
    decode stops it without any message.
    """
    magnitude = value[1:] if value[:1] in ("-", "+") else value
    if value == "" or magnitude == "0":
        return 0
    position, total = 0, Decimal(0)
    while match := _PART.match(magnitude, position):
        total += Decimal(match.group(1)) * _UNITS[match.group(3)]
        position = match.end()
    if not magnitude or position < len(magnitude) or total > _LONGEST:
        raise ValueError(f"{value!r} is not a Go duration")
    return -int(total) if value.startswith("-") else int(total)
