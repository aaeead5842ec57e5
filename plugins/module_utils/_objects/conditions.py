# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conditions in the status of an object."""

from __future__ import annotations

from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup


def all_conditions(source: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return the conditions of an object, [] if it has none."""
    return lookup(source, ("status", "conditions")) or []


def condition(source: dict[str, Any] | None, kind: str) -> dict[str, Any]:
    """Return the condition of that type, {} if the object has none."""
    return next((entry for entry in all_conditions(source) if entry["type"] == kind), {})


def words(source: dict[str, Any], otherwise: str = "no reason") -> str:
    """Return the reason and the message of a condition, or of anything else that has both."""
    return ": ".join(part for part in (source.get("reason"), source.get("message")) if part) or otherwise
