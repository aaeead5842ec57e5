# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the Config's status; the ClusterOperator follows every such write."""

from __future__ import annotations

from typing import Any

from ..world import World
from .clusteroperator import sync_cluster_operator

Object = dict[str, Any]


def publish_status(world: World, config: Object, status: Object) -> Object:
    """The Config with the status, written when it is another; raises kubernetes.client.ApiException."""
    if status == config.get("status"):
        return config
    written = world.replace(config | {"status": status}, "status")
    sync_cluster_operator(world)
    return written
