# SPDX-License-Identifier: GPL-3.0-or-later
"""The Config's spec as the operator's Go client decodes it and writes it back.

Go drops zero values of optional fields, but writes structs, durations and a few fields even when they are empty.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from . import durations
from .errors import Undecodable
from .quantities import canonical_resources

# In the order in which the operator looks for them, with the name that its messages use.
BACKENDS = {
    "emptyDir": "EmptyDir",
    "s3": "S3",
    "swift": "Swift",
    "gcs": "GCS",
    "ibmcos": "IBMCOS",
    "pvc": "PVC",
    "azure": "Azure",
}

_ALWAYS = ("managementState", "logLevel", "operatorLogLevel")
_OPTIONAL = (
    "httpSecret",
    "readOnly",
    "disableRedirect",
    "defaultRoute",
    "routes",
    "logging",
    "nodeSelector",
    "tolerations",
    "rolloutStrategy",
    "topologySpreadConstraints",
)
_POINTERS = ("affinity",)
# What the operator tests for presence. It drops an empty one when it writes, but acts on it until then.
_PRESENT = ("nodeSelector", "topologySpreadConstraints")


def decoded_spec(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The spec as the operator has it in memory; raises Undecodable like `canonical_spec`."""
    return canonical_spec(spec) | {key: copy.deepcopy(spec[key]) for key in _PRESENT if spec.get(key) is not None}


def canonical_spec(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The spec as the operator would write it.

    Raises Undecodable for a value that the API accepts but Go does not, such as the duration `1d`.
    """
    result: dict[str, Any] = {key: spec.get(key) or "" for key in _ALWAYS}
    result |= {key: spec.get(key) for key in ("observedConfig", "unsupportedConfigOverrides")}
    result |= {key: spec[key] for key in _OPTIONAL if spec.get(key)}
    result |= {key: spec[key] for key in _POINTERS if spec.get(key) is not None}
    if spec.get("resources") is not None:
        result["resources"] = canonical_resources(spec["resources"])
    result["replicas"] = spec.get("replicas") or 0
    result["proxy"] = _without_zero_values(spec.get("proxy") or {})
    result["requests"] = {kind: _requests((spec.get("requests") or {}).get(kind) or {}) for kind in ("read", "write")}
    result["storage"] = canonical_storage(spec.get("storage") or {})
    return copy.deepcopy(result)


def canonical_storage(storage: Mapping[str, Any]) -> dict[str, Any]:
    """spec.storage or status.storage as the operator would write it; raises Undecodable like `canonical_spec`."""
    result: dict[str, Any] = {}
    if storage.get("managementState"):
        result["managementState"] = storage["managementState"]
    for key in (*BACKENDS, "oss"):
        if storage.get(key) is not None:
            result[key] = _BACKEND_WRITERS.get(key, _without_zero_values)(storage[key])
    return result


def backends(storage: Mapping[str, Any]) -> list[str]:
    """Keys of the configured storage backends that the operator has a driver for, in the operator's order."""
    return [key for key in BACKENDS if storage.get(key) is not None]


def _requests(requests: Mapping[str, Any]) -> dict[str, Any]:
    return _without_zero_values(requests) | {"maxWaitInQueue": _duration(requests.get("maxWaitInQueue") or "0s")}


def _s3(s3: Mapping[str, Any]) -> dict[str, Any]:
    result = _without_zero_values(s3)
    result["virtualHostedStyle"] = s3.get("virtualHostedStyle") or False
    result["trustedCA"] = {"name": (s3.get("trustedCA") or {}).get("name") or ""}
    if s3.get("cloudFront") is not None:
        cloud_front = s3["cloudFront"]
        result["cloudFront"] = cloud_front | {"duration": _duration(cloud_front.get("duration") or "0s")}
    return result


_BACKEND_WRITERS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {"s3": _s3}


def _duration(text: str) -> str:
    try:
        return durations.render(durations.parse(text))
    except ValueError as error:
        raise Undecodable(str(error)) from error


def _without_zero_values(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if value not in (None, "", 0, False)}
