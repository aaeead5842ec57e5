# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: make a recording and a replay comparable.

What differs between any two clusters is replaced: generations and revisions count from where the recording begins or
the object was created, random and hashed values become labels in the order of their appearance (so that two equal
values stay equal, and a change back shows as one), times are dropped. Nested fields that change on their own are told
apart: `status.replicas`, `annotations.<name>`, `generations.<object>`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .transcript import CONFIG, Event, Fields, Transcript

REVISION = "deployment.kubernetes.io/revision"
_HASHES = ("imageregistry.operator.openshift.io/checksum", "operator.openshift.io/spec-hash")
_HASH_FIELDS = tuple(f"annotations.{key}" for key in _HASHES)
_ANNOTATIONS = (REVISION, *_HASHES, "release.openshift.io/version")
_TOLD_LATER = frozenset({("Route", "labels"), ("Route", "annotations")})
_GENERATIONS = ("deployments/image-registry", "daemonsets/node-ca")
_AT_THE_START = "<at the start>"
_PRUNER_CONDITIONS = ("Available", "Scheduled", "Failed", "Degraded")

DEPLOYMENT = "Deployment/image-registry"
PRUNER = "ImagePruner/cluster"


@dataclass(frozen=True)
class Bases:
    """The numbers from which generations and revisions count; 0 for an object that is yet to be created."""

    config: int
    pruner: int = 0
    deployment: int = 0
    revision: int = 0


def recorded_bases(transcript: Transcript) -> Bases:
    """The bases of a recording: the Config's first event, and for the others the state before their first change."""
    deployment = revision = 0
    told = transcript.around.get(DEPLOYMENT)
    changes = [event.changed or {} for event in transcript.events if event.object == DEPLOYMENT]
    # The first event of an object that is created has all its fields, the environment among them.
    if told:
        deployment, revision = told["generation"], int(told["annotations"][REVISION])
    elif changes and not (changes[0]["generation"] == 1 and "env" in changes[0]):
        deployment = changes[0]["generation"] - 1
        revision = int(changes[0].get("annotations", {}).get(REVISION, 0))
    elif not changes:
        deployment = _generations(transcript.start)["generations.deployments/image-registry"] or 0
    pruners = [_status(event) for event in transcript.events if event.object == PRUNER]
    pruner = next((status["observedGeneration"] - 1 for status in pruners if status), 0)
    return Bases(transcript.start["generation"], pruner, deployment, revision)


def untold(transcript: Transcript) -> frozenset[tuple[str, str]]:
    """The kinds and fields that only newer recordings tell, and this one does not."""
    events = [*transcript.around.items(), *((event.object, event.changed or {}) for event in transcript.events)]
    return _TOLD_LATER - {(name.split("/")[0], field) for name, fields in events for field in fields}


def _status(event: Event) -> Fields:
    return (event.changed or {}).get("status") or {}


def observed_bases(snapshot: Mapping[str, Fields]) -> Bases:
    """The bases of a replay: the objects as they were when it began."""
    deployment = snapshot.get(DEPLOYMENT, {})
    return Bases(
        config=snapshot[CONFIG]["generation"],
        pruner=(snapshot.get(PRUNER, {}).get("status") or {}).get("observedGeneration", 0),
        deployment=deployment.get("generation", 0),
        revision=int((deployment.get("annotations") or {}).get(REVISION, 0)),
    )


class Normaliser:
    """Normalises one run from its start to its end; it remembers labels and which objects were created anew."""

    def __init__(
        self,
        bases: Bases,
        replaced: Mapping[str, str] | None = None,
        dropped: frozenset[str] = frozenset(),
        untold: frozenset[tuple[str, str]] = frozenset(),
    ):
        """`replaced` texts become others wherever they are; `dropped` are keys that are left out wherever they are.

        `untold` are kinds and fields that are left out.
        """
        self._bases = bases
        self._replaced = replaced or {}
        self._dropped = dropped
        self._untold = untold
        self._labels: dict[str, str] = {}

    def start(self, snapshot: Mapping[str, Fields]) -> dict[str, Fields]:
        """The objects of the starting state in normalised form.

        Hashes get a label of their own that no later value gets: an older recording does not tell them for its start.
        """
        ordered = sorted(snapshot, key=lambda name: name != CONFIG)
        normalised = {name: self.fields(name, snapshot[name]) for name in ordered}
        for fields in normalised.values():
            fields |= {field: _AT_THE_START for field in fields if field in _HASH_FIELDS}
            if annotations := fields.get("annotations"):
                fields["annotations"] = annotations | {key: _AT_THE_START for key in _HASHES if key in annotations}
        self._labels = {value: label for value, label in self._labels.items() if label.startswith("<secret ")}
        return normalised

    def event(self, event: Event) -> Event:
        """The event with normalised fields."""
        if event.changed is None:
            if event.object == DEPLOYMENT:
                self._bases = replace(self._bases, deployment=0, revision=0)
            elif event.object == PRUNER:
                self._bases = replace(self._bases, pruner=0)
            return event
        return replace(event, changed=self.fields(event.object, event.changed))

    def fields(self, name: str, recorded: Fields) -> Fields:
        """Recorded fields of the object `name` in normalised form."""
        fields: Fields = self._clean(self._rename(recorded))
        kind = name.split("/")[0]
        fields = {key: value for key, value in fields.items() if (kind, key) not in self._untold}
        if kind == "Config":
            return self._config(fields)
        if kind == "Deployment":
            return self._deployment(fields)
        if kind == "ImagePruner":
            return self._pruner(fields)
        if kind == "Route" and fields.get("annotations"):
            fields["annotations"] = {key: self._annotation(key, value) for key, value in fields["annotations"].items()}
        return fields

    def _config(self, fields: Fields) -> Fields:
        if "generations" in fields:
            fields |= _generations(fields)
            del fields["generations"]
            key = "generations.deployments/image-registry"
            fields[key] = _relative(fields[key], self._bases.deployment)
        for key in ("generation", "observedGeneration"):
            if key in fields:
                fields[key] = _relative(fields[key], self._bases.config)
        if "httpSecret" in (fields.get("spec") or {}):
            fields["spec"] = fields["spec"] | {"httpSecret": self._label("secret", fields["spec"]["httpSecret"])}
        return fields

    def _deployment(self, fields: Fields) -> Fields:
        if "generation" in fields:
            fields["generation"] = _relative(fields["generation"], self._bases.deployment)
        if "status" in fields:
            status = fields.pop("status")
            status["observedGeneration"] = _relative(status["observedGeneration"], self._bases.deployment)
            fields |= {f"status.{key}": value for key, value in status.items()}
        if "annotations" in fields:
            annotations = fields.pop("annotations") or {}
            for key in _ANNOTATIONS:
                fields[f"annotations.{key}"] = self._annotation(key, annotations.get(key))
        env = fields.get("env") or {}
        if "REGISTRY_HTTP_SECRET" in env:
            env["REGISTRY_HTTP_SECRET"] = self._label("secret", env["REGISTRY_HTTP_SECRET"])
        return fields

    def _annotation(self, key: str, value: str | None) -> str | int | None:
        if value is not None and key in _HASHES:
            return self._label(key, value)
        if value is not None and key == REVISION:
            return int(value) - self._bases.revision
        return value

    def _pruner(self, fields: Fields) -> Fields:
        if "status" in fields:
            status = fields.pop("status") or {}
            fields["status.observedGeneration"] = _relative(status.get("observedGeneration"), self._bases.pruner)
            conditions = {entry["type"]: entry for entry in status.get("conditions", [])}
            for kind in _PRUNER_CONDITIONS:
                entry = conditions.get(kind)
                value = entry and [entry["status"], entry.get("reason", ""), entry.get("message", "")]
                fields[f"status.cond.{kind}"] = value
        return fields

    def _label(self, space: str, value: str) -> str:
        known = sum(label.startswith(f"<{space} ") for label in self._labels.values())
        return self._labels.setdefault(f"{space} {value}", f"<{space} {known + 1}>")

    def _rename(self, fields: Fields) -> Fields:
        text = json.dumps(fields)
        for old, new in self._replaced.items():
            text = text.replace(old, new)
        renamed: Fields = json.loads(text)
        return renamed

    def _clean(self, value: Any) -> Any:
        if isinstance(value, dict):
            left_out = self._dropped | {"lastTransitionTime"}
            return {key: self._clean(item) for key, item in value.items() if key not in left_out}
        if isinstance(value, list):
            return [self._clean(item) for item in value]
        return value


def _generations(fields: Fields) -> Fields:
    listed = {f"{entry['resource']}/{entry['name']}": entry["lastGeneration"] for entry in fields["generations"] or []}
    return {f"generations.{name}": listed.get(name) for name in _GENERATIONS}


def _relative(value: int | None, base: int) -> int | None:
    return None if value is None else value - base
