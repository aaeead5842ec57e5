# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring one object to the desired content: create it, or write it when its checksum tells that it is another."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kubernetes.client import ApiException

from .checksums import checksum_of, with_checksum
from .cluster import refusal
from .errors import ApplyError
from .world import World

Object = dict[str, Any]

WRITE_ATTEMPTS = 3


@dataclass(frozen=True)
class Wanted:
    """An object to have; `build` makes its content and raises ApplyError when it cannot be made.

    `last_generation`, when given, is the generation of our own last write: another one means that somebody else has
    edited the object, and it is written again. `kept` are fields of spec that stay when the content lacks them,
    because the API server has filled them in.
    """

    kind: str
    namespace: str
    name: str
    build: Callable[[], Object]
    last_generation: int | None = None
    kept: tuple[str, ...] = ()


def apply(world: World, wanted: Wanted) -> Object:
    """Bring the object to its desired content and return it; raises ApplyError with the operator's words."""
    existing = world.cache.get(wanted.kind, wanted.namespace, wanted.name)
    verb = "update" if existing else "create"
    try:
        return _write(world, wanted, existing)
    except ApplyError as error:
        raise ApplyError(f"failed to {verb} object {_described(wanted)}: {error}") from error
    except ApiException as error:
        raise ApplyError(f"failed to {verb} object {_described(wanted)}: {refusal(error)}") from error


def _write(world: World, wanted: Wanted, existing: Object | None) -> Object:
    desired = with_checksum(wanted.build())
    for attempt in range(WRITE_ATTEMPTS):
        try:
            if existing is None:
                return world.create(desired)
            if _is_current(existing, desired, wanted.last_generation):
                return existing
            return world.replace(_over(existing, desired, wanted.kept))
        except ApiException as error:
            if error.status != 409 or attempt == WRITE_ATTEMPTS - 1:
                raise
            # The cache is behind, or a status was written in between; what it lacks is taken in.
            existing = world.reread(wanted.kind, wanted.namespace, wanted.name)
    raise AssertionError("the last attempt returns or raises")


def _is_current(existing: Object, desired: Object, last_generation: int | None) -> bool:
    if checksum_of(existing) != checksum_of(desired):
        return False
    return last_generation is None or existing["metadata"]["generation"] == last_generation


def _over(existing: Object, desired: Object, kept: tuple[str, ...]) -> Object:
    result = copy.deepcopy(existing)
    # Only a Deployment keeps what others have put on it.
    kept_metadata = existing["metadata"] if desired["kind"] == "Deployment" else {}
    for key in ("labels", "annotations"):
        result["metadata"][key] = (kept_metadata.get(key) or {}) | (desired["metadata"].get(key) or {})
    for key in ("ownerReferences", "finalizers"):
        result["metadata"][key] = kept_metadata.get(key) or []
    result |= {key: value for key, value in desired.items() if key != "metadata"}
    if kept:
        result["spec"] = {key: existing["spec"][key] for key in kept if key in existing["spec"]} | desired["spec"]
    return result


def _described(wanted: Wanted) -> str:
    return f"*v1.{wanted.kind}, Namespace={wanted.namespace}, Name={wanted.name}"
