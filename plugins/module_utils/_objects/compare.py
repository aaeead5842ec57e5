# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare what is desired with what is there: pure functions over plain objects.

The API and the operator write the same value in several ways. An absent key, null, false, 0, "", [], {} and "0s" are
one value (Go's zero values, which the operator adds or drops whenever it writes the Config), quantities and durations
come back in canonical form, and a few empty objects mean something because they are pointers in Go.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Union

from ansible_collections.okd.image_registry.plugins.module_utils._cluster.library import parse_quantity

Path = tuple[str, ...]
Json = Union[dict[str, Any], list[Any], str, int, float, bool, None]

# Objects that are set even when they are empty: which backend key exists decides which storage is used.
POINTERS: frozenset[Path] = frozenset(
    [("spec", "storage", backend) for backend in ("emptyDir", "pvc", "s3", "gcs", "swift", "azure", "ibmcos", "oss")]
    + [("spec", "resources")]
)
# Pointers in Go wherever they are: to evict at once is not to stay for ever, to select all is not to select nothing.
POINTER_FIELDS: frozenset[str] = frozenset({"tolerationSeconds", "labelSelector", "namespaceSelector"})
# Matched against the end of a path; `*` stands for any one key.
QUANTITIES: tuple[Path, ...] = (("resources", "requests", "*"), ("resources", "limits", "*"))
DURATIONS: tuple[Path, ...] = (("maxWaitInQueue",), ("cloudFront", "duration"))

# Maps in which the keys are the user's own, so that a key with an empty value is not the same as no key.
LABEL_MAPS: frozenset[str] = frozenset({"nodeSelector", "matchLabels", "annotations", "labels", "data"})

# What Python's Decimal reads beyond that, such as spaces, underscores and infinity, Kubernetes refuses.
_QUANTITY = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([A-Za-z]i?|[eE][-+]?[0-9]+)?")
_DURATION = re.compile(r"([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
# Go counts nanoseconds in 64 bits.
_LONGEST = 2**63 - 1


def quantity(value: Any) -> Decimal:
    """Return a Kubernetes quantity (``100Gi``, ``500m``) as a number of base units; ValueError if it is none."""
    if isinstance(value, str) and not _QUANTITY.fullmatch(value):
        raise ValueError(f"{value!r} is not a quantity")
    number: Decimal = parse_quantity(value)
    return number


def duration(value: str) -> int:
    """Return a Go duration (``1h30m``, ``500ms``) in nanoseconds; ValueError if Go could not parse it.

    The API server accepts more (``1d``, ``2 weeks``), but the operator decodes with Go, and an object that it cannot
    decode stops it without a word.
    """
    magnitude = value[1:] if value[:1] in ("-", "+") else value
    if value == "" or magnitude == "0":
        return 0
    position, total = 0, Decimal(0)
    while match := _DURATION.match(magnitude, position):
        total += Decimal(match.group(1)) * _UNITS[match.group(3)]
        position = match.end()
    if not magnitude or position < len(magnitude) or total > _LONGEST:
        raise ValueError(f"{value!r} is not a Go duration")
    return -int(total) if value.startswith("-") else int(total)


def merge_patch(desired: dict[str, Any], live: Json, path: Path = ()) -> dict[str, Any] | None:
    """Return the smallest JSON merge patch (RFC 7386) that brings live to desired, None when nothing differs.

    desired is sparse: a key that is not there is left as it is, a key that is None is removed. Lists are whole values.
    """
    patch: dict[str, Any] = {}
    live = live if isinstance(live, dict) else {}
    for key, want in desired.items():
        have, where = live.get(key), (*path, key)
        if want is None:
            if not _is_unset(have, where):
                patch[key] = None
        elif isinstance(want, dict):
            below = merge_patch(want, have, where)
            if below is not None:
                patch[key] = below
            elif where in POINTERS and have is None:
                patch[key] = {}
        elif canonical(want, where) != canonical(have, where):
            patch[key] = want
    return patch or None


def whole(declared: dict[str, Any], live: Json) -> dict[str, Any]:
    """Return declared with None for every key of live that it lacks, so that a merge patch replaces the whole map.

    An empty map stands for a key to remove: None below the top, and left to the caller at the top.
    """
    if not declared or not isinstance(live, dict):
        return declared
    kept = {
        key: whole(value, live.get(key)) or None if isinstance(value, dict) else value
        for key, value in declared.items()
    }
    return {**{key: None for key in live if key not in declared}, **kept}


def merged(live: Json, patch: Json) -> Any:
    """Return what the API server makes of live and a JSON merge patch (RFC 7386)."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = copy.deepcopy(live) if isinstance(live, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def project(managed: dict[str, Any], source: Json) -> dict[str, Any]:
    """Return the part of source that managed speaks about: the same keys, source's values, absent ones left out."""
    part: dict[str, Any] = {}
    source = source if isinstance(source, dict) else {}
    for key, below in managed.items():
        if key not in source or source[key] is None:
            continue
        part[key] = project(below, source[key]) if isinstance(below, dict) and below else source[key]
    return part


def leaves(value: Json, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every value of nested dicts with its path; lists and empty dicts are values."""
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from leaves(below, (*path, key))
    elif path:
        yield path, value


def fields(patch: Json) -> list[str]:
    """Return the dotted paths that a patch sets or removes, sorted."""
    return sorted(".".join(path) for path, _value in leaves(patch))


def undecodable(source: Json, path: Path = ()) -> list[str]:
    """Return the durations that the operator cannot decode, as ``field: value``; each of them stops it."""
    found = []
    for where, value in leaves(source, path):
        if isinstance(value, str) and _matches(where, DURATIONS):
            try:
                duration(value)
            except ValueError:
                found.append(f"{'.'.join(where)}: {value}")
    return found


def lookup(source: Json, path: Path) -> Any:
    """Return the value at path, None where a key on the way is absent."""
    for key in path:
        source = source.get(key) if isinstance(source, dict) else None
    return source


def canonical(value: Json, path: Path = ()) -> Any:
    """Return value in the one form that all its spellings share, None for every spelling of "not set"."""
    if isinstance(value, str) and path[-2:-1] and path[-2] in LABEL_MAPS:
        return value
    if isinstance(value, dict):
        items = {key: canonical(below, (*path, key)) for key, below in value.items()}
        kept = {key: below for key, below in items.items() if below is not None}
        return kept if kept or _is_pointer(path) else None
    if isinstance(value, list):
        return [canonical(item, (*path, "*")) for item in value] or None
    plain: Any = value
    try:
        if value and _matches(path, QUANTITIES):
            plain = quantity(value)
        elif isinstance(value, str) and _matches(path, DURATIONS):
            plain = duration(value)
    except ValueError:
        return value
    return plain if plain or _is_pointer(path) else None


def _is_pointer(path: Path) -> bool:
    return path in POINTERS or (bool(path) and path[-1] in POINTER_FIELDS)


def _is_unset(value: Json, path: Path) -> bool:
    return value is None or canonical(value, path) is None


def _matches(path: Path, patterns: tuple[Path, ...]) -> bool:
    return any(
        len(path) >= len(pattern) and all(part in ("*", key) for part, key in zip(pattern, path[-len(pattern) :]))
        for pattern in patterns
    )
