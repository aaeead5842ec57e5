# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the status of the cluster's image config, in every management state."""

from __future__ import annotations

from .. import names
from ..imageconfig import image_config_status
from ..world import World


def sync_image_config(world: World) -> None:
    """Write the status when it is another; raises kubernetes.client.ApiException."""
    image_config = world.cache.get("Image", "", names.CLUSTER)
    if image_config is None:
        image_config = world.create({"kind": "Image", "metadata": {"name": names.CLUSTER}, "spec": {}})
    service = world.cache.get("Service", names.NAMESPACE, names.REGISTRY)
    status = image_config_status(image_config, service, world.cache.all("Route", names.NAMESPACE))
    if status != image_config.get("status"):
        world.replace(image_config | {"status": status}, "status")
