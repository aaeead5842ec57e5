# SPDX-License-Identifier: GPL-3.0-or-later
"""kopf's part of the stand-in operator: watch, keep the cache, and ask for passes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import Any

import kopf
from kubernetes import config

from . import names
from .cache import Cache, Object
from .cluster import Cluster
from .lease import Leadership
from .loop import WorkKey, follow_knobs, lead, run
from .passes import Operator
from .resources import RESOURCES
from .world import World

NAMESPACES = ("", names.NAMESPACE, names.CONFIG_NAMESPACE, names.MANAGED_CONFIG_NAMESPACE)
REGISTRY_DEPLOYMENT = ("Deployment", names.NAMESPACE, names.REGISTRY)

REACTION_SECONDS = 0.1
"""From news to the pass that it asks for: the real operator takes 50 to 110 ms from an edit to its own write."""


class Runtime:
    """The loop and what it works with; the loop starts with the first event."""

    def __init__(self) -> None:
        client = config.new_client_from_config(os.environ["KUBECONFIG"])
        client.user_agent = names.USER_AGENT
        self._world = World(Cluster(client), Cache(REGISTRY_DEPLOYMENT))
        self._leadership = Leadership(self._world.cluster)
        self._key = WorkKey()
        self._starting = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    async def take(self, event_type: str, obj: Object) -> None:
        """Take one event of the watch into the cache; news asks for a pass."""
        async with self._starting:
            if not self._tasks:
                await self._start()
        cache = self._world.cache
        is_news = cache.drop(obj) if event_type == "DELETED" else cache.put(obj)
        if is_news:
            self._key.add(REACTION_SECONDS)

    def stop(self) -> None:
        """End the loop."""
        for task in self._tasks:
            task.cancel()

    async def _start(self) -> None:
        # kopf hands out the first event when it watches all kinds that have an index. From then on nothing escapes, so
        # this is the time to learn what is there; without that, the first pass would take everything for missing.
        await asyncio.to_thread(self._learn)
        self._tasks = [
            asyncio.create_task(run(self._key, Operator(self._world).sync, lambda: self._leadership.is_held)),
            asyncio.create_task(lead(self._leadership, self._key)),
            asyncio.create_task(follow_knobs(self._key)),
        ]
        self._key.add()

    def _learn(self) -> None:
        for kind in (resource.kind for resource in RESOURCES.values() if resource.watched):
            for obj in self._world.cluster.list(kind):
                if _matters(obj):
                    self._world.cache.put(obj)


def _matters(obj: Object) -> bool:
    return obj["metadata"].get("namespace", "") in NAMESPACES


@kopf.on.startup()
async def start(memo: kopf.Memo, **_: Any) -> None:
    """Connect to the cluster."""
    memo.operator = Runtime()


@kopf.on.cleanup()
async def stop(memo: kopf.Memo, **_: Any) -> None:
    """End the loop."""
    memo.operator.stop()


async def take_in(event: Mapping[str, Any], memo: kopf.Memo, param: str = "", **_: Any) -> None:
    """Hand over what concerns the operator; `param` is its kind."""
    obj = event["object"] | {"kind": param}
    if _matters(obj):
        await memo.operator.take(event["type"], obj)


def _never(**_: Any) -> bool:
    return False


def _nothing(**_: Any) -> None:
    """Take nothing into an index."""


# kopf looks for a kind in its group's preferred version only, unless the version is named. The empty indices are there
# for their side effect: no event is handed out before all kinds that have one are watched.
for _resource in (_resource for _resource in RESOURCES.values() if _resource.watched):
    for _version in _resource.versions:
        _where = (_resource.group, _version, _resource.plural)
        kopf.on.event(*_where, id=f"operator-{_resource.plural}", param=_resource.kind)(take_in)
        kopf.index(*_where, id=f"operator-{_resource.plural}-{_version}", when=_never)(_nothing)
