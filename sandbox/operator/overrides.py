# SPDX-License-Identifier: GPL-3.0-or-later
"""spec.unsupportedConfigOverrides: what a user may change of the Deployment beyond the other fields.

The API server takes any object; only the operator knows its fields. Unknown ones mean nothing to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import ApplyError

_JSON_TYPES = {str: "string", bool: "bool", int: "number", float: "number", list: "array", dict: "object"}


@dataclass(frozen=True)
class Overrides:
    """Annotations of the Deployment and its pods, and the pods' runtimeClassName (None: the cluster's own)."""

    annotations: dict[str, str] = field(default_factory=dict)
    runtime_class: str | None = None


def overrides(spec: Mapping[str, Any]) -> Overrides:
    """The overrides of a spec; raises ApplyError, in the words of Go's decoder, for a value of another type."""
    deployment = (spec.get("unsupportedConfigOverrides") or {}).get("deployment")
    deployment = _decoded(deployment, dict, "ConfigOverrides.deployment", "resource.DeploymentOverrides") or {}
    inside = "DeploymentOverrides.deployment"
    annotations = deployment.get("annotations")
    annotations = _decoded(annotations, dict, f"{inside}.annotations", "map[string]string") or {}
    return Overrides(
        {key: _decoded(value, str, f"{inside}.annotations", "string") or "" for key, value in annotations.items()},
        _decoded(deployment.get("runtimeClassName"), str, f"{inside}.runtimeClassName", "string"),
    )


def _decoded(value: Any, wanted: type, name: str, go_type: str) -> Any:
    if value is None or type(value) is wanted:
        return value
    given = _JSON_TYPES[type(value)]
    raise ApplyError(
        f"invalid unsupportedConfigOverrides: json: cannot unmarshal {given} into Go struct field {name} "
        f"of type {go_type}"
    )
