# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: the order in which the stand-in controllers act on the cluster.

The real controllers race each other, so a recording shows one of many possible orders. Here one move is made at a
time, and the order is the one that the recordings of a real cluster show most: a Deployment is synced until it has
nothing to do, then the ReplicaSet that has waited longest has its turn, and pods change only when both are done. So
every intermediate status is written, and the same change always gives the same statuses.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from sandbox.knobs import Knobs

from . import claims, deployment, garbage, kubelet, replicaset, status
from .actions import Action
from .objects import Object, owned_by


@dataclass(frozen=True)
class World:
    """The objects that the stand-ins act on, of all namespaces, as read at one moment."""

    deployments: list[Object] = field(default_factory=list)
    replicasets: list[Object] = field(default_factory=list)
    pods: list[Object] = field(default_factory=list)
    persistentvolumeclaims: list[Object] = field(default_factory=list)


@dataclass(frozen=True)
class Memory:
    """What the stand-ins remember between two moves: the pod that is starting, the ReplicaSet that is next in line."""

    starting: kubelet.Starting | None = None
    next_replicaset: str | None = None


@dataclass(frozen=True)
class Move:
    """The writes to make now, in order; when there are none, `wake` is when time alone will call for one."""

    actions: tuple[Action, ...] = ()
    memory: Memory = Memory()
    wake: datetime | None = None


def next_move(world: World, knobs: Knobs, memory: Memory, now: datetime) -> Move:
    """Decide the next move of the controllers together."""
    if orphan := garbage.orphan(world.deployments, world.replicasets, world.pods):
        return Move((orphan,), memory)
    if memory.next_replicaset:
        line = [rs for rs in world.replicasets if rs["metadata"]["name"] == memory.next_replicaset]
        memory = replace(memory, next_replicaset=None)
        if actions := _replicaset_turn(world, line):
            return Move(actions, memory)
    for item in world.deployments:
        sync = deployment.sync(item, *_dependents(world, item), now, knobs.progress_deadline)
        if sync.actions:
            return Move(sync.actions, replace(memory, next_replicaset=sync.yields_to))
    if actions := _replicaset_turn(world, world.replicasets):
        return Move(actions, memory)
    return _pods_and_claims(world, knobs, memory, now)


def _dependents(world: World, item: Object) -> tuple[list[Object], list[Object]]:
    replicasets = owned_by(item, world.replicasets)
    return replicasets, [pod for rs in replicasets for pod in owned_by(rs, world.pods)]


def _replicaset_turn(world: World, line: list[Object]) -> tuple[Action, ...]:
    """The turn of the first ReplicaSet that has something to do, the one that has not changed for longest."""
    for item in sorted(line, key=lambda rs: int(rs["metadata"]["resourceVersion"])):
        if actions := replicaset.sync(item, owned_by(item, world.pods)):
            return actions
    return ()


def _pods_and_claims(world: World, knobs: Knobs, memory: Memory, now: datetime) -> Move:
    turn = kubelet.turn(world.pods, world.persistentvolumeclaims, knobs, memory.starting, now)
    memory = replace(memory, starting=turn.starting)
    others = (
        # First, so that a pod does not report a claim that is bound a moment later.
        claims.turn(world.persistentvolumeclaims, knobs.bind_claims)
        or turn.action
        or garbage.foreground(world.deployments, world.replicasets, world.pods)
    )
    if others:
        return Move((others,), memory)
    deadlines = [status.deadline_instant(item, knobs.progress_deadline) for item in world.deployments]
    wakes = [instant for instant in (turn.wake, *deadlines) if instant is not None]
    return Move((), memory, min(wakes, default=None))
