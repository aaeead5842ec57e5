# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a Config that differ from what the operator does where nothing is set: pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired import secrecy
from ansible_collections.okd.image_registry.plugins.module_utils._desired.config import FIELDS, RULES
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Form, Place, places
from ansible_collections.okd.image_registry.plugins.module_utils._objects.canonical import canonical
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CONFIG
from ansible_collections.okd.image_registry.plugins.module_utils._secrets.mask import mask

# Each registry has them; they are told on their own.
_TOLD = frozenset({"managementState", "replicas", "storage"})
# What stops pushes comes first.
_FIRST = "read_only"


def settings(config: dict[str, Any], options: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return them; options: those of a task, which tell whether it declares them."""
    shown = mask(secrecy.of(CONFIG), config)
    found = [_entry(place, lookup(shown, place.path), options) for place in _places() if _is_set(place, config)]
    return sorted(found, key=lambda entry: (entry["option"] != _FIRST, entry["field"]))


def _entry(place: Place, value: Any, options: dict[str, Any] | None) -> dict[str, Any]:
    entry = {"option": place.option, "field": ".".join(place.path), "value": value}
    if options is not None:
        entry["declared"] = lookup(options, tuple(place.option.split("."))) is not None
    return entry


def _places() -> Iterator[Place]:
    """Yield the places of settings that are told as a whole: lists, maps, and what holds no other options."""
    for place in places(FIELDS, ("spec",)):
        field = place.field
        is_held = "*" in place.path or not field.path or place.path[1] in _TOLD or field.secret
        is_whole = field.type != "dict" or field.form is not Form.PLAIN or not field.fields or field.is_pointer
        if not is_held and is_whole and not _is_below_pointer(place):
            yield place


def _is_below_pointer(place: Place) -> bool:
    return any(len(path) < len(place.path) and place.path[: len(path)] == path for path in RULES.pointers)


def _is_set(place: Place, config: dict[str, Any]) -> bool:
    usual = (None, place.field.operator_default or None)
    return canonical(lookup(config, place.path), place.path, RULES) not in usual
