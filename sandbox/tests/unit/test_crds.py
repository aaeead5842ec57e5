# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's CRDs have the fields of OpenShift's, no more and no fewer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox import manifests

OPENSHIFT: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "fields.yaml").read_text(encoding="utf-8"))
SANDBOX = {crd["metadata"]["name"]: crd for crd in manifests.crds()}
# A type of Kubernetes, which OpenShift's CRDs repeat.
KUBERNETES = ("affinity",)


def shape(schema: dict[str, Any]) -> Any:
    """The fields that a schema allows, in the notation of fields.yaml."""
    if schema.get("x-kubernetes-int-or-string"):
        return "int-or-string"
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        return "any"
    if schema["type"] == "array":
        return [shape(schema["items"])]
    if "additionalProperties" in schema:
        return {"*": shape(schema["additionalProperties"])}
    if "properties" in schema:
        fields: dict[str, Any] = schema["properties"]
        return {name: "object" if name in KUBERNETES else shape(field) for name, field in fields.items()}
    return schema.get("format", schema["type"])


@pytest.mark.parametrize("name", OPENSHIFT)
def test_fields_are_those_of_openshift(name: str) -> None:
    (version,) = SANDBOX[name]["spec"]["versions"]
    parts = version["schema"]["openAPIV3Schema"]["properties"]
    assert {part: shape(parts[part]) for part in ("spec", "status")} == OPENSHIFT[name]


def test_only_the_infrastructure_which_nothing_writes_is_left_out() -> None:
    assert SANDBOX.keys() - OPENSHIFT.keys() == {"infrastructures.config.openshift.io"}
