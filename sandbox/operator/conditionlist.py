# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of conditions in an object's status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from .conditions import Condition

Object = Mapping[str, Any]


def timestamp(now: datetime) -> str:
    """A time as the API writes it, in whole seconds."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_since(stamp: str, now: datetime) -> float:
    """Seconds from a time that `timestamp` wrote until `now`."""
    return (now - datetime.fromisoformat(stamp)).total_seconds()


def merged(conditions: Sequence[Object], changes: Mapping[str, Condition], now: datetime) -> list[dict[str, Any]]:
    """The list with the changed conditions in it: places are kept, new types come last.

    lastTransitionTime moves with the status only.
    """
    result = {condition["type"]: dict(condition) for condition in conditions}
    for kind, condition in changes.items():
        earlier = result.get(kind, {})
        same_status = earlier.get("status") == condition.status
        entry = {
            "lastTransitionTime": earlier["lastTransitionTime"] if same_status else timestamp(now),
            "message": condition.message,
            "reason": condition.reason,
            "status": condition.status,
            "type": kind,
        }
        result[kind] = {key: value for key, value in entry.items() if value}
    return list(result.values())
