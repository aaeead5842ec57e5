# SPDX-License-Identifier: GPL-3.0-or-later
"""One pass of all the operator's controllers."""

from __future__ import annotations

from typing import Any

from .. import knobs
from . import names
from .backoff import Backoff
from .controllers.certificates import CertificatesController
from .controllers.clusteroperator import sync_cluster_operator
from .controllers.imageconfig import sync_image_config
from .controllers.pruner import sync_pruner
from .controllers.registry import RegistryController
from .errors import Undecodable
from .world import World

FIRST_RETRY_SECONDS = 0.1
LONGEST_RETRY_SECONDS = 5.0


class Operator:
    """Holds what lives from one pass to the next; everything else is read anew."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._certificates = CertificatesController(world)
        self._registry = RegistryController(world)
        self._backoff = Backoff(FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS)

    def sync(self) -> float | None:
        """One pass; returns in how many seconds the next is due without news (None: never).

        Raises kubernetes.client.ApiException.
        """
        cache = self._world.cache
        config = self._world.reread("Config", "", names.CLUSTER)
        certified = config is None or self._certify(config)
        outcome = self._registry.sync(config and cache.get("Config", "", names.CLUSTER))
        sync_image_config(self._world)
        # The ClusterOperator tells that there is no ImagePruner before there is one again.
        sync_cluster_operator(self._world)
        pruned = sync_pruner(self._world)
        sync_cluster_operator(self._world)
        retry_in = self._backoff.after(failed=outcome.failed or not certified or not pruned)
        settled_in = cache.settles_in(knobs.current().cache_lag)
        return min((delay for delay in (outcome.again_in, retry_in, settled_in) if delay is not None), default=None)

    def _certify(self, config: dict[str, Any]) -> bool:
        try:
            return self._certificates.sync(config)
        except Undecodable:
            return True
