# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the ConfigMaps of certificate authorities, in every management state.

This controller does not watch the Config: an unknown spec.storage.s3.trustedCA shows in its condition only when a
ConfigMap, a Secret or the image config changes.
"""

from __future__ import annotations

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


class CertificatesController:
    """Remembers what it has seen, to tell whether there is anything to do."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._done: object = None

    def sync(self, config: Object) -> bool:
        """Bring the ConfigMaps up to date and report in the Config; False when it failed and has to be retried.

        Raises Undecodable and kubernetes.client.ApiException.
        """
        inputs = self._inputs()
        if inputs == self._done:
            return True
        try:
            self._apply(WorkingCopy.of(config))
            condition = Condition("False", "AsExpected")
        except ApplyError as error:
            condition = Condition("True", "Error", str(error))
        status = config.get("status") or {}
        conditions = merged(status.get("conditions") or [], {CONDITION: condition}, self._world.now())
        if status:
            publish_status(self._world, config, status | {"conditions": conditions})
        succeeded = bool(status) and condition.status == "False"
        self._done = inputs if succeeded else None
        return succeeded

    def _inputs(self) -> object:
        cache = self._world.cache
        image_config = cache.get("Image", "", names.CLUSTER) or {}
        watched = [
            obj
            for kind in ("ConfigMap", "Secret")
            for namespace in (names.NAMESPACE, names.CONFIG_NAMESPACE, names.MANAGED_CONFIG_NAMESPACE)
            for obj in cache.all(kind, namespace)
        ]
        return image_config.get("spec"), {obj["metadata"]["uid"]: obj["metadata"]["resourceVersion"] for obj in watched}

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
