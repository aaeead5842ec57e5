# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON merge patches (RFC 7386): the smallest one, what the API server makes of one, what it is about."""

from __future__ import annotations

import copy
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects.canonical import PLAIN, Rules, canonical
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import Json, Path


def merge_patch(desired: dict[str, Any], live: Json, rules: Rules = PLAIN, path: Path = ()) -> dict[str, Any] | None:
    """Return the smallest patch that brings live to desired, None when nothing differs.

    desired is sparse: a key that is not there is left as it is, a key that is None is removed. Lists are whole values.
    """
    patch: dict[str, Any] = {}
    live = live if isinstance(live, dict) else {}
    for key, want in desired.items():
        have, where = live.get(key), (*path, key)
        if want is None:
            if have is not None and canonical(have, where, rules) is not None:
                patch[key] = None
        elif isinstance(want, dict):
            below = merge_patch(want, have, rules, where)
            if below is not None:
                patch[key] = below
            elif have is None and rules.is_pointer(where):
                patch[key] = {}
        elif canonical(want, where, rules) != canonical(have, where, rules):
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
    """Return what the API server makes of live and a patch."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = copy.deepcopy(live) if isinstance(live, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def without(body: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Return a sparse object without what part says alike; of a map that part says all of nothing is left."""
    left: dict[str, Any] = {}
    for key, value in body.items():
        there = part.get(key)
        if isinstance(value, dict) and isinstance(there, dict):
            if below := without(value, there):
                left[key] = below
        elif key not in part or there != value:
            left[key] = value
    return left


def project(managed: dict[str, Any], source: Json) -> dict[str, Any]:
    """Return the part of source that managed speaks about: the same keys, source's values, absent ones left out."""
    part: dict[str, Any] = {}
    source = source if isinstance(source, dict) else {}
    for key, below in managed.items():
        if key not in source or source[key] is None:
            continue
        part[key] = project(below, source[key]) if isinstance(below, dict) and below else source[key]
    return part
