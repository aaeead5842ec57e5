# SPDX-License-Identifier: GPL-3.0-or-later
"""kopf's part of the stand-in operator: watch, keep the cache, and ask for passes."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import kopf
from kubernetes import config

from . import names
from .cache import Cache, Object
from .cluster import Cluster
from .loop import WorkKey, follow_knobs, run
from .passes import Operator
from .resources import RESOURCES
from .world import World

NAMESPACES = ("", names.NAMESPACE, names.CONFIG_NAMESPACE, names.MANAGED_CONFIG_NAMESPACE)
REGISTRY_DEPLOYMENT = ("Deployment", names.NAMESPACE, names.REGISTRY)


@kopf.on.startup()
async def start(memo: kopf.Memo, **_: Any) -> None:
    """Learn what is in the cluster, then start the loop."""
    client = config.new_client_from_config(os.environ["KUBECONFIG"])
    client.user_agent = names.USER_AGENT
    world = World(Cluster(client), Cache(REGISTRY_DEPLOYMENT))
    await asyncio.to_thread(_learn, world)
    key = WorkKey()
    memo.operator_cache, memo.operator_key = world.cache, key
    memo.operator_tasks = [
        asyncio.create_task(run(key, Operator(world).sync)),
        asyncio.create_task(follow_knobs(key)),
    ]
    key.add()


@kopf.on.cleanup()
async def stop(memo: kopf.Memo, **_: Any) -> None:
    """End the loop."""
    for task in memo.operator_tasks:
        task.cancel()


def _learn(world: World) -> None:
    # Without it the first pass would take everything for missing.
    for kind in RESOURCES:
        for obj in world.cluster.list(kind):
            if _matters(obj):
                world.cache.put(obj)


def _matters(obj: Object) -> bool:
    return obj["metadata"].get("namespace", "") in NAMESPACES


async def take_in(event: dict[str, Any], memo: kopf.Memo, param: str, **_: Any) -> None:
    """Take one event of the watch into the cache; news asks for a pass."""
    obj = event["object"] | {"kind": param}
    if not _matters(obj):
        return
    cache: Cache = memo.operator_cache
    is_news = cache.drop(obj) if event["type"] == "DELETED" else cache.put(obj)
    if is_news:
        memo.operator_key.add()


# kopf looks for a kind in its group's preferred version only, unless the version is named.
for _resource in RESOURCES.values():
    for _version in _resource.versions:
        kopf.on.event(
            _resource.group, _version, _resource.plural, id=f"operator-{_resource.plural}", param=_resource.kind
        )(take_in)
