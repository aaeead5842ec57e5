# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the registry what the Config says, and reports in the Config."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kubernetes.client import ApiException

from ... import knobs
from .. import names
from ..conditionlist import merged, seconds_since
from ..conditions import Condition, Observed, registry_conditions
from ..errors import ApplyError, PermanentError, Undecodable
from ..nodeca import node_ca_conditions
from ..routes import wanted_routes
from ..spec import canonical_spec
from ..states import apply_registry, remove_registry
from ..working import WorkingCopy
from ..world import World
from .bootstrap import create_config
from .conflict import Conflicts
from .publish import publish_status

Object = dict[str, Any]

# Times in the API are whole seconds, so an age that was computed from them may be short by one.
STAMP_SECONDS = 1.0


@dataclass(frozen=True)
class Outcome:
    """How a sync ended.

    `failed` has to be retried with backoff; `again_in` tells in how many seconds a sync is due without news (None:
    never).
    """

    failed: bool = False
    again_in: float | None = None


class RegistryController:
    """Acts on one Config; remembers only what the knob `conflict` needs."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._conflicts = Conflicts()

    def sync(self, config: Object | None) -> Outcome:
        """One pass over the Config as just read; raises kubernetes.client.ApiException."""
        if config is None:
            create_config(self._world)
            return Outcome(again_in=0)
        try:
            working = WorkingCopy.of(config)
        except Undecodable:
            # The operator's client drops the object before anybody sees it: nothing happens and nothing is reported.
            return Outcome()
        if config["metadata"].get("deletionTimestamp"):
            return self._finalize(config, working)
        working.spec = self._conflicts.overwritten(working.spec)
        failure = self._act(working)
        self._conflicts.remember(working.spec)
        return self._write(config, working, failure)

    def _finalize(self, config: Object, working: WorkingCopy) -> Outcome:
        finalizers = config["metadata"].get("finalizers") or []
        if names.FINALIZER not in finalizers:
            return Outcome()
        try:
            remove_registry(working, self._world)
        except ApplyError:
            return Outcome(failed=True)
        remaining = [finalizer for finalizer in finalizers if finalizer != names.FINALIZER]
        self._world.replace(config | {"metadata": config["metadata"] | {"finalizers": remaining}})
        return Outcome()

    def _act(self, working: WorkingCopy) -> ApplyError | None:
        state = working.spec["managementState"]
        action = {"Managed": apply_registry, "Removed": remove_registry}.get(state)
        try:
            if action:
                action(working, self._world)
        except ApplyError as error:
            return error
        return None

    def _write(self, config: Object, working: WorkingCopy, failure: ApplyError | None) -> Outcome:
        config_before, generation = config, config["metadata"]["generation"]
        config = self._write_spec(config, canonical_spec(working.spec))
        status, unavailable_for = self._status(config, generation, working, failure)
        publish_status(self._world, config, status)
        failed = failure is not None and not isinstance(failure, PermanentError)
        if config is not config_before:
            return Outcome(failed, again_in=0)
        return Outcome(failed, again_in=_until_degraded(status, unavailable_for))

    def _write_spec(self, config: Object, spec: Object) -> Object:
        finalizers = config["metadata"].get("finalizers") or []
        is_managed = spec["managementState"] == "Managed"
        if is_managed and names.FINALIZER not in finalizers:
            finalizers = [*finalizers, names.FINALIZER]
        elif spec == canonical_spec(config["spec"]):
            return config
        metadata = config["metadata"] | {"finalizers": finalizers}
        try:
            return self._world.replace(config | {"metadata": metadata, "spec": spec})
        except ApiException as error:
            if error.status != 409:
                raise
        # Somebody changed the Config since it was read. The operator writes its own copy over that change and spares
        # the management state only.
        current = self._world.reread("Config", "", names.CLUSTER)
        if current is None:
            return config
        state = current["spec"].get("managementState", "")
        return self._world.replace(current | {"spec": spec | {"managementState": state}})

    def _status(
        self, config: Object, generation: int, working: WorkingCopy, failure: ApplyError | None
    ) -> tuple[Object, float]:
        cache, now, current_knobs = self._world.cache, self._world.now(), knobs.current()
        earlier = config.get("status") or {}
        deployment = cache.as_of(current_knobs.cache_lag)
        unavailable_for = _unavailable_for(earlier, now)
        daemon_set = cache.get("DaemonSet", names.NAMESPACE, names.NODE_CA)
        if daemon_set is not None:
            working.written("daemonsets", daemon_set)
        observed = Observed(
            state=working.spec["managementState"],
            deployment=deployment,
            routes=self._requested_routes(working.spec),
            error=failure,
            unavailable_for=unavailable_for,
            inertia=current_knobs.inertia,
        )
        conditions = (
            {"ImageConfigControllerDegraded": Condition("False", "AsExpected")}
            | registry_conditions(observed)
            | working.conditions
            | node_ca_conditions(daemon_set)
        )
        status = earlier | {
            "conditions": merged(earlier.get("conditions") or [], conditions, now),
            "observedGeneration": generation,
            "readyReplicas": ((deployment or {}).get("status") or {}).get("readyReplicas", 0),
            "storage": working.storage_in_use,
            "storageManaged": working.storage_managed,
        }
        return status | ({"generations": working.generations} if working.generations else {}), unavailable_for

    def _requested_routes(self, spec: Mapping[str, Any]) -> list[Object]:
        found = [self._world.cache.get("Route", names.NAMESPACE, item["name"]) for item in wanted_routes(spec)]
        return [route for route in found if route is not None]


def _available_condition(status: Object) -> Object:
    conditions = status.get("conditions") or []
    return next((condition for condition in conditions if condition["type"] == "Available"), {})


def _unavailable_for(status: Object, now: datetime) -> float:
    available = _available_condition(status)
    if available.get("status", "True") == "True":
        return 0.0
    return seconds_since(available["lastTransitionTime"], now)


def _until_degraded(status: Object, unavailable_for: float) -> float | None:
    """Seconds until a registry that is not Available counts as Degraded; None when it is, or counts already."""
    if _available_condition(status).get("status") == "True":
        return None
    remaining = knobs.current().inertia - unavailable_for
    return remaining + STAMP_SECONDS if remaining >= 0 else None
