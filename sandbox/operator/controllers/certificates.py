# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the ConfigMaps of certificate authorities, in every management state.

This controller does not watch the Config. News of a ConfigMap, a Secret, a Service, the image config or the
infrastructure wakes it, and it then works with the Config as that was at this moment. So a trusted CA that is named in
the Config reaches the pods when one of those changes *after* the Config.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import Any

from .. import names, objects
from ..apply import Wanted, apply
from ..certificates import additional_authorities, all_authorities, service_authorities
from ..conditionlist import merged
from ..conditions import Condition
from ..errors import ApplyError
from ..storage.s3 import trusted_authority
from ..working import WorkingCopy
from ..world import World
from .publish import publish_status

Object = dict[str, Any]

CONDITION = "ImageRegistryCertificatesControllerDegraded"

WATCHED = (
    ("ConfigMap", names.NAMESPACE),
    ("ConfigMap", names.CONFIG_NAMESPACE),
    ("ConfigMap", names.MANAGED_CONFIG_NAMESPACE),
    ("Secret", names.NAMESPACE),
    ("Service", names.NAMESPACE),
)

LATEST = 2**63
MOST_CONFIGS = 50


class CertificatesController:
    """Remembers what it has seen, to tell whether there is anything to do."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._done: dict[str, int] = {}
        self._failed = False
        self._configs: deque[Object] = deque(maxlen=MOST_CONFIGS)

    def sync(self, config: Object) -> bool:
        """Bring the ConfigMaps up to date and report in the Config; False when it failed and has to be retried.

        Raises Undecodable and kubernetes.client.ApiException.
        """
        inputs = self._inputs()
        if not self._configs or _version(self._configs[-1]) != _version(config):
            self._configs.append(config)
        if inputs == self._done and not self._failed:
            return True
        known = self._config_as_of(_woken_at(inputs, self._done))
        try:
            self._apply(WorkingCopy.of(known))
            condition = Condition("False", "AsExpected")
        except ApplyError as error:
            condition = Condition("True", "Error", str(error))
        status = config.get("status") or {}
        conditions = merged(status.get("conditions") or [], {CONDITION: condition}, self._world.now())
        if status:
            publish_status(self._world, config, status | {"conditions": conditions})
        self._done = inputs
        self._failed = not status or condition.status != "False"
        return not self._failed

    def _inputs(self) -> dict[str, int]:
        """The version of each object whose news wake it, by UID."""
        cache = self._world.cache
        found = [cache.get(kind, "", names.CLUSTER) for kind in ("Image", "Infrastructure")]
        found += [obj for kind, namespace in WATCHED for obj in cache.all(kind, namespace)]
        return {obj["metadata"]["uid"]: int(obj["metadata"]["resourceVersion"]) for obj in found if obj}

    def _config_as_of(self, version: int) -> Object:
        """The newest known Config that is not newer than a version of the cluster; the oldest if there is none."""
        older = [known for known in self._configs if _version(known) <= version]
        return older[-1] if older else self._configs[0]

    def _apply(self, copy: WorkingCopy) -> None:
        world = self._world
        apply(world, Wanted("ConfigMap", names.NAMESPACE, names.SERVICE_CA, objects.service_ca))
        own = service_authorities(world.cache.get("ConfigMap", names.NAMESPACE, names.SERVICE_CA))
        everything = partial(self._everything, copy, own)
        apply(world, Wanted("ConfigMap", names.NAMESPACE, names.CERTIFICATES, everything))
        name, namespace = names.MANAGED_CERTIFICATES, names.MANAGED_CONFIG_NAMESPACE
        managed = partial(objects.certificates, name, namespace, own)
        apply(world, Wanted("ConfigMap", namespace, name, managed))

    def _everything(self, copy: WorkingCopy, own: dict[str, str]) -> Object:
        cache = self._world.cache
        config_maps = {obj["metadata"]["name"]: obj for obj in cache.all("ConfigMap", names.CONFIG_NAMESPACE)}
        storage_bundle = ""
        try:
            if "s3" in copy.storage:
                storage_bundle = trusted_authority(copy.storage["s3"], self._world)
            additional = additional_authorities(cache.get("Image", "", names.CLUSTER), config_maps)
        except ApplyError as error:
            raise ApplyError(f"{names.CERTIFICATES}: {error}") from error
        data = all_authorities(own, additional, storage_bundle, copy.spec.get("disableRedirect", False))
        return objects.certificates(names.CERTIFICATES, names.NAMESPACE, data)


def _version(obj: Object) -> int:
    return int(obj["metadata"]["resourceVersion"])


def _woken_at(inputs: dict[str, int], before: dict[str, int]) -> int:
    """The version at which the news came that wake it; what was deleted does not tell, nor does a retry."""
    changed = [version for uid, version in inputs.items() if before.get(uid) != version]
    return LATEST if before.keys() - inputs.keys() or not changed or not before else max(changed)
