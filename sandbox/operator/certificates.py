# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificate authorities that the registry and the nodes trust."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import names
from .errors import ApplyError

Object = Mapping[str, Any]

SERVICE_HOSTS = (f"{names.SERVICE_HOST}..{names.PORT}", f"{names.SERVICE_HOST}.cluster.local..{names.PORT}")


def service_authorities(service_ca: Object | None) -> dict[str, str]:
    """The service CA for the registry's own hosts; empty until the CA has been injected."""
    bundle = _data(service_ca).get("service-ca.crt")
    return {host: bundle for host in SERVICE_HOSTS} if bundle else {}


def all_authorities(
    own: dict[str, str], additional: dict[str, str], storage_bundle: str, disable_redirect: bool
) -> dict[str, str]:
    """Authorities by host: the registry's own, the administrator's, and the storage's.

    Clients that are redirected to the storage need its authority too, so it joins the registry's own entries.
    """
    result = dict(own)
    if storage_bundle:
        if not disable_redirect:
            result = {host: f"{bundle}\n{storage_bundle}" for host, bundle in own.items()}
        result["storage-ca-bundle.pem"] = storage_bundle
    return result | additional


def additional_authorities(image_config: Object | None, config_maps: Mapping[str, Object]) -> dict[str, str]:
    """The administrator's authorities, from the ConfigMap that the image config names; raises ApplyError."""
    spec = (image_config or {}).get("spec") or {}
    name = (spec.get("additionalTrustedCA") or {}).get("name")
    if not name:
        return {}
    if name not in config_maps:
        raise ApplyError(f'configmap "{name}" not found')
    return _data(config_maps[name])


def _data(config_map: Object | None) -> dict[str, str]:
    return dict((config_map or {}).get("data") or {})
