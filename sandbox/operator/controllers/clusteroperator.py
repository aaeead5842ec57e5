# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the ClusterOperator `image-registry` in step with the Config and the ImagePruner."""

from __future__ import annotations

from typing import Any

from .. import names
from ..clusteroperator import RELATED_OBJECTS, operator_version, union
from ..conditionlist import merged
from ..world import World

Object = dict[str, Any]


def sync_cluster_operator(world: World) -> None:
    """Write the ClusterOperator's status when it is another; raises kubernetes.client.ApiException."""
    config = world.cache.get("Config", "", names.CLUSTER)
    if config is None:
        return
    cluster_operator = world.cache.get("ClusterOperator", "", names.REGISTRY)
    if cluster_operator is None:
        cluster_operator = world.create({"kind": "ClusterOperator", "metadata": {"name": names.REGISTRY}, "spec": {}})
    status = _status(cluster_operator.get("status") or {}, config, world)
    if status != cluster_operator.get("status"):
        world.replace(cluster_operator | {"status": status}, "status")


def _status(reported: Object, config: Object, world: World) -> Object:
    pruner = world.cache.get("ImagePruner", "", names.CLUSTER) or {}
    conditions = union(_conditions(config), _conditions(pruner))
    version = operator_version(
        config["spec"].get("managementState", ""),
        world.cache.get("Deployment", names.NAMESPACE, names.REGISTRY),
        next((item["version"] for item in reported.get("versions") or [] if item["name"] == "operator"), None),
    )
    status = reported | {
        "conditions": merged(reported.get("conditions") or [], conditions, world.now()),
        "relatedObjects": RELATED_OBJECTS,
    }
    return status | ({"versions": [{"name": "operator", "version": version}]} if version else {})


def _conditions(obj: Object) -> list[Object]:
    return (obj.get("status") or {}).get("conditions") or []
