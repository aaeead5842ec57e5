# SPDX-License-Identifier: GPL-3.0-or-later
"""Environment variables of the registry's container, apart from the storage's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .errors import ApplyError
from .names import PORT, SERVICE_HOST

Spec = Mapping[str, Any]

DEFAULT_SERVING_INFO = {
    "minTLSVersion": "VersionTLS12",
    "cipherSuites": [
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    ],
}
"""The cluster's TLS profile `Intermediate`, which holds when no other is set."""

_LOG_LEVELS = {0: "info", 1: "warn", 2: "info", 3: "info"}


def variable(name: str, value: str) -> dict[str, Any]:
    """One variable of a container."""
    return {"name": name, "value": value}


def registry_environment(spec: Spec) -> list[dict[str, Any]]:
    """Variables of the registry in the operator's order; raises ApplyError for a negative limit of requests."""
    variables = {
        "REGISTRY_HTTP_ADDR": f":{PORT}",
        "REGISTRY_HTTP_NET": "tcp",
        "REGISTRY_HTTP_SECRET": spec["httpSecret"],
        "REGISTRY_LOG_LEVEL": _log_level(spec),
        "REGISTRY_OPENSHIFT_QUOTA_ENABLED": "true",
        "REGISTRY_STORAGE_CACHE_BLOBDESCRIPTOR": "inmemory",
        "REGISTRY_STORAGE_DELETE_ENABLED": "true",
        "REGISTRY_HEALTH_STORAGEDRIVER_ENABLED": "true",
        "REGISTRY_HEALTH_STORAGEDRIVER_INTERVAL": "10s",
        "REGISTRY_HEALTH_STORAGEDRIVER_THRESHOLD": "1",
        "REGISTRY_OPENSHIFT_METRICS_ENABLED": "true",
        "REGISTRY_OPENSHIFT_SERVER_ADDR": f"{SERVICE_HOST}:{PORT}",
    }
    if spec.get("readOnly"):
        variables["REGISTRY_STORAGE_MAINTENANCE_READONLY"] = "{enabled: true}"
    if spec.get("disableRedirect"):
        variables["REGISTRY_STORAGE_REDIRECT_DISABLE"] = "true"
    variables |= _proxy(spec["proxy"])
    variables |= dict(_requests(spec["requests"]))
    variables |= _tls((spec.get("observedConfig") or {}).get("servingInfo") or DEFAULT_SERVING_INFO)
    return [variable(name, value) for name, value in variables.items()]


def _log_level(spec: Spec) -> str:
    if spec["logLevel"] in ("Debug", "Trace", "TraceAll"):
        return "debug"
    return _LOG_LEVELS.get(spec.get("logging", 0), "debug")


def _proxy(proxy: Mapping[str, str]) -> dict[str, str]:
    variables = {"http": "HTTP_PROXY", "https": "HTTPS_PROXY", "noProxy": "NO_PROXY"}
    return {name: proxy[key] for key, name in variables.items() if proxy.get(key)}


def _requests(requests: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for kind, limits in requests.items():
        running, queued = limits.get("maxRunning", 0), limits.get("maxInQueue", 0)
        for field, value in (("MaxRunning", running), ("MaxInQueue", queued)):
            if value < 0:
                raise ApplyError(f"Requests.{kind.capitalize()}.{field} must be positive number")
        if running or queued:
            prefix = f"REGISTRY_OPENSHIFT_REQUESTS_{kind.upper()}_"
            yield f"{prefix}MAXRUNNING", str(running)
            yield f"{prefix}MAXINQUEUE", str(queued)
            yield f"{prefix}MAXWAITINQUEUE", limits["maxWaitInQueue"]


def _tls(serving_info: Mapping[str, Any]) -> dict[str, str]:
    return {
        "REGISTRY_HTTP_TLS_CERTIFICATE": "/etc/secrets/tls.crt",
        "REGISTRY_HTTP_TLS_KEY": "/etc/secrets/tls.key",
        "REGISTRY_HTTP_TLS_MINVERSION": serving_info["minTLSVersion"],
        "OPENSHIFT_REGISTRY_HTTP_TLS_CIPHERSUITES": ",".join(serving_info["cipherSuites"]),
    }
