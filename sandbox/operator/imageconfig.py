# SPDX-License-Identifier: GPL-3.0-or-later
"""Status of the cluster's image config: where the registry is reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .names import PORT, SERVICE_HOST
from .routes import hostnames

Object = Mapping[str, Any]


def image_config_status(image_config: Object, service: Object | None, routes: Iterable[Object]) -> dict[str, Any]:
    """The whole status; a host that is not there is left out."""
    spec = image_config.get("spec") or {}
    status = {
        "externalRegistryHostnames": hostnames(routes),
        "imageStreamImportMode": spec.get("imageStreamImportMode") or "Legacy",
        "internalRegistryHostname": f"{SERVICE_HOST}:{PORT}" if service is not None else "",
    }
    return {key: value for key, value in status.items() if value}
