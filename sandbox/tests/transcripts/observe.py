# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: the fields of a live object that the recordings hold, under the recorder's names."""

from __future__ import annotations

from typing import Any

from .transcript import Fields

Object = dict[str, Any]

# The recorder left these out: they depend on the cluster's TLS profile, not on what was done.
_SPEC_NOT_RECORDED = ("observedConfig", "unsupportedConfigOverrides")
_SHOWN = 40
"""So much of a text in a ConfigMap is recorded."""
_COUNTS = (
    "observedGeneration",
    "replicas",
    "updatedReplicas",
    "readyReplicas",
    "availableReplicas",
    "unavailableReplicas",
)


def identity(item: Object) -> str:
    """The recorder's name of an object: `Kind/name`."""
    return f"{item['kind']}/{item['metadata']['name']}"


def fields(item: Object) -> Fields:
    """The recorded fields of an object; a field that it lacks is None or missing."""
    return _READERS[item["kind"]](item)


def difference(before: Fields | None, after: Fields) -> Fields:
    """The fields whose values differ, as the recorder shows a change: whole values, None for a key that is gone."""
    before = before or {}
    changed = {key: value for key, value in after.items() if key not in before or before[key] != value}
    return changed | dict.fromkeys(key for key in before if key not in after)


def _config(item: Object) -> Fields:
    status = item.get("status", {})
    conditions = {f"cond.{entry['type']}": _condition(entry) for entry in status.get("conditions", [])}
    return {
        "generation": item["metadata"]["generation"],
        "observedGeneration": status.get("observedGeneration"),
        "readyReplicas": status.get("readyReplicas"),
        "generations": status.get("generations"),
        "spec": {key: value for key, value in item["spec"].items() if key not in _SPEC_NOT_RECORDED},
        "status.storage": status.get("storage"),
        "status.storageManaged": status.get("storageManaged"),
        **conditions,
    }


def _cluster_operator(item: Object) -> Fields:
    return {entry["type"]: _condition(entry) for entry in item.get("status", {}).get("conditions", [])}


def _deployment(item: Object) -> Fields:
    spec, status = item["spec"], item.get("status", {})
    pod = spec["template"]["spec"]
    container = pod["containers"][0]
    return {
        "generation": item["metadata"]["generation"],
        "annotations": item["metadata"].get("annotations"),
        "replicas": spec["replicas"],
        "strategy": spec["strategy"],
        "env": {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in container.get("env", [])},
        "volumes": pod.get("volumes"),
        "nodeSelector": pod.get("nodeSelector"),
        "affinity": pod.get("affinity"),
        "topologySpreadConstraints": pod.get("topologySpreadConstraints"),
        "tolerations": pod.get("tolerations"),
        "resources": container.get("resources"),
        "status": {key: status.get(key) for key in _COUNTS},
    }


def _route(item: Object) -> Fields:
    metadata = {key: item["metadata"].get(key) for key in ("labels", "annotations")}
    return {"spec": item["spec"], "ingress": item.get("status", {}).get("ingress"), **metadata}


def _secret(item: Object) -> Fields:
    return {"keys": sorted(item.get("data", {}))}


def _config_map(item: Object) -> Fields:
    return {"data": {key: text[:_SHOWN] for key, text in (item.get("data") or {}).items()}}


def _claim(item: Object) -> Fields:
    spec = {key: value for key, value in item["spec"].items() if key != "volumeName"}
    return {"spec": spec, "status": item.get("status"), "annotations": item["metadata"].get("annotations")}


def _spec_and_status(item: Object) -> Fields:
    return {"spec": item["spec"], "status": item.get("status")}


def _condition(entry: Object) -> list[str]:
    return [entry["status"], entry.get("reason", ""), entry.get("message", "")]


_READERS = {
    "Config": _config,
    "ClusterOperator": _cluster_operator,
    "ConfigMap": _config_map,
    "Deployment": _deployment,
    "Image": _spec_and_status,
    "ImagePruner": _spec_and_status,
    "PersistentVolumeClaim": _claim,
    "Route": _route,
    "Secret": _secret,
}
