# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes of the registry: the default one and those listed in the spec."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .errors import ApplyError
from .names import DEFAULT_ROUTE, NAMESPACE, OWNED, REGISTRY

Object = Mapping[str, Any]

_TLS_KEYS = {"tls.crt": "certificate", "tls.key": "key", "tls.cacrt": "caCertificate"}


def wanted_routes(spec: Object) -> list[dict[str, str]]:
    """Name, hostname and secretName (as far as given) of the Routes that the spec asks for, the default one first."""
    default = [{"name": DEFAULT_ROUTE}] if spec.get("defaultRoute") else []
    return [*default, *spec.get("routes", [])]


def route(wanted: Mapping[str, str], secret: Object | None) -> dict[str, Any]:
    """The desired Route, given the Secret that it names; raises ApplyError when that is missing."""
    tls: dict[str, str] = {"termination": "reencrypt"}
    if wanted.get("secretName"):
        if secret is None:
            raise ApplyError(f'secret "{wanted["secretName"]}" not found')
        data = secret.get("data") or {}
        tls |= {field: base64.b64decode(data[key]).decode() for key, field in _TLS_KEYS.items() if data.get(key)}
    spec: dict[str, Any] = {
        "to": {"kind": "Service", "name": REGISTRY, "weight": 100},
        "tls": tls,
        "wildcardPolicy": "None",
    }
    if wanted.get("hostname"):
        spec["host"] = wanted["hostname"]
    metadata = {"name": wanted["name"], "namespace": NAMESPACE, "annotations": {OWNED: "true"}}
    return {"kind": "Route", "metadata": metadata, "spec": spec}


def owned(routes: Iterable[Object]) -> list[Object]:
    """Those Routes that carry the operator's annotation."""
    return [route for route in routes if OWNED in (route["metadata"].get("annotations") or {})]


def obsolete(routes: Iterable[Object], wanted: Sequence[Mapping[str, str]]) -> list[str]:
    """Names of the operator's Routes that the spec no longer asks for."""
    names = {item["name"] for item in wanted}
    return [route["metadata"]["name"] for route in owned(routes) if route["metadata"]["name"] not in names]


def hostnames(routes: Iterable[Object]) -> list[str]:
    """Hosts that a router has reported for the operator's Routes, admitted or not; the default Route's comes first."""
    hosts = {
        ingress["host"]
        for item in owned(routes)
        for ingress in (item.get("status") or {}).get("ingress") or []
        if ingress.get("host")
    }
    default = f"{DEFAULT_ROUTE}-{NAMESPACE}"
    return sorted(hosts, key=lambda host: (not host.startswith(default), host))
