# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operator takes from the Config into the pods as it is, where the API server judges it for the first time.

A PodTemplate is checked as the template of a Deployment is, and never becomes a pod. So the right to create one is
harmless, unlike that to create a Deployment.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import places
from ansible_collections.okd.image_registry.plugins.module_utils._desired.trial import Origin, Trial
from ansible_collections.okd.image_registry.plugins.module_utils._desired.workload import WorkloadSection
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import Path, lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, POD_TEMPLATE

_DEPLOYMENT = ("unsupportedConfigOverrides", "deployment")
_CONTAINER = "template.spec.containers[0]"
# Fields below spec, and where they are in the template.
_PARTS: dict[Path, str] = {
    ("resources",): f"{_CONTAINER}.resources",
    ("nodeSelector",): "template.spec.nodeSelector",
    ("tolerations",): "template.spec.tolerations",
    ("affinity",): "template.spec.affinity",
    ("topologySpreadConstraints",): "template.spec.topologySpreadConstraints",
    (*_DEPLOYMENT, "runtimeClassName"): "template.spec.runtimeClassName",
    (*_DEPLOYMENT, "annotations"): "template.annotations",
}


def trials(change: Change) -> Iterator[Trial]:
    """Yield the template of the pods, if the task brings about what the user may have got wrong in it."""
    spec, patch = change.after.get("spec", {}), change.config_step.body if change.config_step else None
    is_taken_up = change.state == "Managed" != change.state_before
    origins: dict[str, Origin] = {}
    parts: dict[str, Any] = {}
    for path, place in _PARTS.items():
        value = lookup(spec, path)
        if value:
            parts[place] = value
            is_new = is_taken_up or lookup(patch, ("spec", *path)) is not None
            origins[place] = Origin(_option(path), _names(path), is_new)
    if patch and any(origin.is_new for origin in origins.values()):
        yield Trial(POD_TEMPLATE("image-registry-dry-run"), {"template": _template(parts)}, CLUSTER_CONFIG, origins)


def _template(parts: dict[str, Any]) -> dict[str, Any]:
    container: dict[str, Any] = {"name": "registry", "image": "registry"}
    template: dict[str, Any] = {"metadata": {}, "spec": {"containers": [container]}}
    for place, value in parts.items():
        parent, _dot, key = place.rpartition(".")
        at = {_CONTAINER: container, "template.spec": template["spec"], "template": template["metadata"]}[parent]
        at[key] = value
    return template


def _option(path: Path) -> str:
    option = next(field.option for field in WorkloadSection.fields if field.path == path[0])
    return ".".join((option, *path[1:]))


def _names(path: Path) -> dict[str, str]:
    return {
        place.path[-1]: place.field.option
        for place in places(WorkloadSection.fields)
        if place.path[: len(path)] == path and len(place.path) > len(path)
    }
