# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: how many replicas each ReplicaSet of a Deployment gets next."""

from __future__ import annotations

import math
from collections.abc import Callable

from .objects import Object


def spec_replicas(item: Object) -> int:
    """Replicas that a Deployment or ReplicaSet asks for."""
    return int(item["spec"].get("replicas", 1))


def available_replicas(replicaset: Object) -> int:
    """Available pods as the ReplicaSet's status counts them."""
    return int(replicaset.get("status", {}).get("availableReplicas", 0))


def fenceposts(deployment: Object) -> tuple[int, int]:
    """(maxSurge, maxUnavailable) in pods: percentages of the replicas, the surge rounded up, the rest down.

    Both zero would block every rollout: then one pod may be unavailable. Recreate has neither.
    """
    strategy = deployment["spec"]["strategy"]
    if strategy["type"] != "RollingUpdate":
        return 0, 0
    replicas = spec_replicas(deployment)
    parameters = strategy.get("rollingUpdate", {})
    surge = _pods(parameters.get("maxSurge", "25%"), replicas, math.ceil)
    unavailable = min(_pods(parameters.get("maxUnavailable", "25%"), replicas, math.floor), replicas)
    if surge == 0 and unavailable == 0:
        unavailable = 1
    return surge, unavailable


def _pods(value: int | str, replicas: int, rounding: Callable[[float], int]) -> int:
    if isinstance(value, str):
        return rounding(int(value.removesuffix("%")) * replicas / 100)
    return value


def new_replicas(deployment: Object, old: list[Object], new_count: int) -> int:
    """Replicas of the new ReplicaSet: as many as the surge allows beside the old ones; `new_count` it has now."""
    wanted = spec_replicas(deployment)
    if deployment["spec"]["strategy"]["type"] != "RollingUpdate" or new_count >= wanted:
        return wanted
    surge, _unavailable = fenceposts(deployment)
    room = wanted + surge - sum(map(spec_replicas, old)) - new_count
    return new_count + min(max(room, 0), wanted - new_count)


def scale_down_old(deployment: Object, old: list[Object], new_available: int) -> dict[str, int]:
    """New replica counts of those old ReplicaSets that shrink, by name.

    Pods of old ReplicaSets that are not available go first, then as many available ones as maxUnavailable permits;
    pods of the new ReplicaSet that are not available yet are not counted on.
    """
    _surge, unavailable = fenceposts(deployment)
    minimum = spec_replicas(deployment) - unavailable
    before = {rs["metadata"]["name"]: spec_replicas(rs) for rs in old}
    after = dict(before)
    by_age = sorted(old, key=lambda rs: rs["metadata"]["creationTimestamp"])
    budget = sum(before.values()) + new_available - minimum
    for rs in by_age:
        down = max(min(spec_replicas(rs) - available_replicas(rs), budget), 0)
        after[rs["metadata"]["name"]] -= down
        budget -= down
    spare = new_available + sum(map(available_replicas, old)) - minimum
    for rs in by_age:
        # The counts of available pods lag behind a scale-down, so they alone would take the same pods twice.
        down = max(min(after[rs["metadata"]["name"]], spare, budget), 0)
        after[rs["metadata"]["name"]] -= down
        spare -= down
        budget -= down
    return {name: count for name, count in after.items() if count != before[name]}
