# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the CronJob of the ImagePruner and reports in the ImagePruner, in every management state."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from .. import names, objects
from ..apply import Wanted, apply
from ..conditionlist import merged
from ..errors import ApplyError, Undecodable
from ..pruner import BOOTSTRAPPED, cron_job, pruner_arguments, pruner_conditions
from ..world import World

Object = dict[str, Any]


def sync_pruner(world: World) -> bool:
    """Bring CronJob and status up to date; False when it failed and has to be retried.

    Raises kubernetes.client.ApiException.
    """
    pruner = world.cache.get("ImagePruner", "", names.CLUSTER)
    if pruner is None:
        pruner = world.create(BOOTSTRAPPED)
    try:
        arguments = pruner_arguments(pruner["spec"], _registry_hostname(world))
    except Undecodable:
        return True
    failure: ApplyError | None = None
    try:
        for wanted in _wanted(pruner["spec"], arguments):
            apply(world, wanted)
    except ApplyError as error:
        failure = ApplyError(f"unable to apply objects: {error}")
    _report(world, pruner, failure)
    return failure is None


def _registry_hostname(world: World) -> str:
    image_config = world.cache.get("Image", "", names.CLUSTER) or {}
    status: dict[str, str] = image_config.get("status") or {}
    return status.get("internalRegistryHostname", "")


def _wanted(spec: Object, arguments: list[str]) -> Iterator[Wanted]:
    account, role, binding = (
        names.PRUNER_SERVICE_ACCOUNT,
        names.PRUNER_CLUSTER_ROLE,
        names.PRUNER_CLUSTER_ROLE_BINDING,
    )
    yield Wanted("ClusterRole", "", role, objects.pruner_cluster_role)
    yield Wanted("ClusterRoleBinding", "", binding, partial(objects.cluster_role_binding, binding, role, account))
    yield Wanted("ServiceAccount", names.NAMESPACE, account, partial(objects.service_account, account))
    yield Wanted("NetworkPolicy", names.NAMESPACE, names.PRUNER_NETWORK_POLICY, objects.pruner_network_policy)
    yield Wanted("CronJob", names.NAMESPACE, names.PRUNER, partial(cron_job, spec, arguments))


def _report(world: World, pruner: Object, failure: ApplyError | None) -> None:
    exists = world.cache.get("CronJob", names.NAMESPACE, names.PRUNER) is not None
    conditions = pruner_conditions(pruner["spec"], exists, world.cache.all("Job", names.NAMESPACE), failure)
    reported = pruner.get("status") or {}
    status = reported | {
        "conditions": merged(reported.get("conditions") or [], conditions, world.now()),
        "observedGeneration": pruner["metadata"]["generation"],
    }
    if status != reported:
        world.replace(pruner | {"status": status}, "status")
