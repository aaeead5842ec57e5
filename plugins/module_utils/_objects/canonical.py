# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one form that all spellings of a value share.

The API and the operator write the same value in several ways. An absent key, null, false, 0, "", [], {} and "0s" are
one value (Go's zero values, which the operator adds or drops whenever it writes the Config), quantities and durations
come back in canonical form, and a few zero values mean something: amounts in a map, and what is a pointer in Go.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ansible_collections.okd.image_registry.plugins.module_utils._objects.duration import duration
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import Json, Path, leaves, matches
from ansible_collections.okd.image_registry.plugins.module_utils._objects.quantity import quantity

# Pointers in Go wherever they are: to evict at once is not to stay for good, to select all is not to select nothing.
_POINTER_KEYS = frozenset({"tolerationSeconds", "labelSelector", "namespaceSelector"})
# Maps in which the keys are the user's own, so that a key with an empty value is not the same as no key.
LABEL_MAPS = frozenset({"nodeSelector", "matchLabels", "annotations", "labels", "data"})


class Rules(NamedTuple):
    """How the fields of one kind of object compare, by the paths (`*` for any key) of those that are not plain values.

    pointers: objects and lists that are set even when they are empty.
    """

    quantities: tuple[Path, ...] = ()
    durations: tuple[Path, ...] = ()
    pointers: tuple[Path, ...] = ()

    def is_pointer(self, path: Path) -> bool:
        """Whether the field is set even when its value is empty."""
        return _any(path, self.pointers) or (bool(path) and path[-1] in _POINTER_KEYS)


PLAIN = Rules()


def canonical(value: Json, path: Path = (), rules: Rules = PLAIN) -> Any:
    """Return value in its one form, None for every spelling of "not set"."""
    if isinstance(value, str) and path[-2:-1] and path[-2] in LABEL_MAPS:
        return value
    if isinstance(value, dict):
        items = {key: canonical(below, (*path, key), rules) for key, below in value.items()}
        kept = {key: below for key, below in items.items() if below is not None}
        return kept if kept or rules.is_pointer(path) else None
    if isinstance(value, list):
        entries = [canonical(item, (*path, "*"), rules) for item in value]
        return entries if entries or rules.is_pointer(path) else None
    plain: Any = value
    try:
        if _any(path, rules.quantities) and value not in (None, ""):
            # Zero is an amount too: without a request of its own a container requests its limit.
            return quantity(value)
        if isinstance(value, str) and _any(path, rules.durations):
            plain = duration(value)
    except ValueError:
        return value
    return plain if plain or rules.is_pointer(path) else None


def undecodable(source: Json, rules: Rules) -> list[tuple[Path, str]]:
    """Return the path and value of each duration that the operator cannot decode; any of them stops it."""
    found = []
    for path, value in leaves(source):
        if isinstance(value, str) and _any(path, rules.durations):
            try:
                duration(value)
            except ValueError:
                found.append((path, value))
    return found


def _any(path: Path, patterns: tuple[Path, ...]) -> bool:
    return any(matches(path, pattern) for pattern in patterns)
