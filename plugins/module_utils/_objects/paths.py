# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walk plain objects: paths, leaves, the value at a path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Union

Path = tuple[str, ...]
Json = Union[dict[str, Any], list[Any], str, int, float, bool, None]


def lookup(source: Json, path: Path) -> Any:
    """Return the value at path, None where a key on the way is absent."""
    for key in path:
        source = source.get(key) if isinstance(source, dict) else None
    return source


def nested(path: Path, value: Any) -> dict[str, Any]:
    """Return the object that holds nothing but value at path."""
    for key in reversed(path):
        value = {key: value}
    return dict(value)


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


def matches(path: Path, pattern: Path) -> bool:
    """Whether path is the pattern, in which `*` stands for any one key."""
    return len(path) == len(pattern) and all(part in ("*", key) for part, key in zip(pattern, path))
