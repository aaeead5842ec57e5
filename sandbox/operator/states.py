# SPDX-License-Identifier: GPL-3.0-or-later
"""What a registry that is Managed, or Removed, means for the objects in the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from . import names, objects
from .apply import Wanted, apply
from .checksums import dependencies_checksum
from .complete import fill_http_secret, verify
from .deployment import registry_deployment
from .errors import ApplyError
from .routes import obsolete, route, wanted_routes
from .spec import backends
from .storage.cloud import ACCOUNT_KEY
from .storage.credentials import user_values
from .storage.s3 import access_key
from .storage.sync import remove_storage, storage_parts, sync_storage
from .volumes import references, registry_volumes
from .working import WorkingCopy
from .world import World

Object = dict[str, Any]


def apply_registry(copy: WorkingCopy, world: World) -> None:
    """Make the cluster what the spec says; raises ApplyError at the first object that cannot be had."""
    verify(copy.spec)
    fill_http_secret(copy.spec)
    sync_storage(copy, world)
    try:
        for wanted in _wanted(copy, world):
            obj = apply(world, wanted)
            if wanted.kind == "Deployment":
                copy.written("deployments", obj)
    except ApplyError as error:
        raise ApplyError(f"unable to apply objects: {error}") from error
    for name in obsolete(world.cache.all("Route", names.NAMESPACE), wanted_routes(copy.spec)):
        world.delete("Route", names.NAMESPACE, name)


def _wanted(copy: WorkingCopy, world: World) -> Iterator[Wanted]:
    """The objects of a managed registry, in the operator's order."""
    namespaced = partial(Wanted, namespace=names.NAMESPACE)
    yield Wanted("ClusterRole", "", names.CLUSTER_ROLE, objects.cluster_role)
    binding = partial(
        objects.cluster_role_binding, names.CLUSTER_ROLE_BINDING, names.CLUSTER_ROLE, names.SERVICE_ACCOUNT
    )
    yield Wanted("ClusterRoleBinding", "", names.CLUSTER_ROLE_BINDING, binding)
    account = partial(objects.service_account, names.SERVICE_ACCOUNT)
    yield namespaced("ServiceAccount", name=names.SERVICE_ACCOUNT, build=account)
    pull_secret = world.cache.get("Secret", names.CONFIG_NAMESPACE, names.PULL_SECRET)
    pull_secrets = partial(objects.pull_secrets, pull_secret)
    yield namespaced("Secret", name=names.INSTALLATION_PULL_SECRETS, build=pull_secrets)
    yield namespaced("Secret", name=names.PRIVATE_CONFIGURATION, build=partial(_private_configuration, copy, world))
    yield namespaced("Service", name=names.REGISTRY, build=objects.service, kept=("clusterIP", "clusterIPs"))
    yield namespaced(
        "Deployment",
        name=names.REGISTRY,
        build=partial(_deployment, copy, world),
        last_generation=copy.last_generation("deployments", names.REGISTRY),
    )
    budget = partial(objects.disruption_budget, copy.spec["replicas"])
    yield namespaced("PodDisruptionBudget", name=names.REGISTRY, build=budget)
    yield namespaced("NetworkPolicy", name=names.NETWORK_POLICY, build=objects.registry_network_policy)
    for wanted in wanted_routes(copy.spec):
        secret = world.secret(wanted.get("secretName", ""))
        yield namespaced("Route", name=wanted["name"], build=partial(route, wanted, secret), kept=("host",))


def _private_configuration(copy: WorkingCopy, world: World) -> Object:
    (backend,) = backends(copy.storage)
    values = {}
    if backend == "s3":
        values = {"credentials": access_key(world).as_ini()}
    elif backend == "azure":
        user = world.secret(names.USER_CONFIGURATION) or {}
        values = {ACCOUNT_KEY: user_values(backend, user)[ACCOUNT_KEY]}
    return objects.private_configuration(values)


def _deployment(copy: WorkingCopy, world: World) -> Object:
    parts = storage_parts(copy)
    volumes = [item.volume for item in [*parts.volumes, *registry_volumes()]]
    dependencies = [
        (kind, name, world.cache.get(kind, names.NAMESPACE, name))
        for kind, name in references(volumes, parts.environment)
    ]
    namespace = world.cache.get("Namespace", "", names.NAMESPACE)
    return registry_deployment(copy.spec, parts, dependencies_checksum(dependencies), namespace)


def remove_registry(copy: WorkingCopy, world: World) -> None:
    """Delete the registry, and its storage medium when that is managed; raises ApplyError."""
    configured = backends(copy.storage)
    if len(configured) > 1:
        raise ApplyError(f"{len(configured)} storage types are configured at the same time")
    world.delete("ClusterRole", "", names.CLUSTER_ROLE)
    world.delete("ClusterRoleBinding", "", names.CLUSTER_ROLE_BINDING)
    world.delete("ServiceAccount", names.NAMESPACE, names.SERVICE_ACCOUNT)
    world.delete("Secret", names.NAMESPACE, names.INSTALLATION_PULL_SECRETS)
    world.delete("Secret", names.NAMESPACE, names.PRIVATE_CONFIGURATION)
    world.delete("Service", names.NAMESPACE, names.REGISTRY)
    _delete_deployment(world)
    world.delete("PodDisruptionBudget", names.NAMESPACE, names.REGISTRY)
    world.delete("NetworkPolicy", names.NAMESPACE, names.NETWORK_POLICY)
    for wanted in wanted_routes(copy.spec):
        world.delete("Route", names.NAMESPACE, wanted["name"])
    remove_storage(copy, world)


def _delete_deployment(world: World) -> None:
    # Its pods go first. For the other objects, which own nothing, the real operator's foreground deletion would look
    # the same as a background one, but it needs a garbage collector, which the sandbox has for Deployments only.
    world.delete("Deployment", names.NAMESPACE, names.REGISTRY, propagation="Foreground")
