# SPDX-License-Identifier: GPL-3.0-or-later
"""The Config that one sync works on, in memory, until it is written."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from .conditions import Condition
from .spec import canonical_storage, decoded_spec

Object = dict[str, Any]


@dataclass
class WorkingCopy:
    """spec and the parts of status that a sync changes; `conditions` are those to set.

    `storage_managed` is status.storageManaged, which stays as it is while no storage is taken into use.
    """

    spec: Object
    storage_in_use: Object
    storage_managed: bool
    generations: list[Object]
    conditions: dict[str, Condition] = field(default_factory=dict)

    @classmethod
    def of(cls, config: Object) -> WorkingCopy:
        """A copy of a Config from the API; raises Undecodable."""
        status = config.get("status") or {}
        return cls(
            spec=decoded_spec(config["spec"]),
            storage_in_use=canonical_storage(status.get("storage") or {}),
            storage_managed=status.get("storageManaged", False),
            generations=copy.deepcopy(status.get("generations") or []),
        )

    @property
    def storage(self) -> Object:
        """spec.storage."""
        storage: Object = self.spec["storage"]
        return storage

    def last_generation(self, resource: str, name: str) -> int | None:
        """The generation of an object after the operator's last write, or None before the first one."""
        entry = self._entry(resource, name)
        return None if entry is None else entry["lastGeneration"]

    def written(self, resource: str, obj: Object) -> None:
        """Remember the generation of an object that was just written."""
        metadata = obj["metadata"]
        entry = self._entry(resource, metadata["name"])
        if entry is None:
            entry = {
                "group": "apps",
                "hash": "",
                "name": metadata["name"],
                "namespace": metadata["namespace"],
                "resource": resource,
            }
            self.generations.append(entry)
        entry["lastGeneration"] = metadata["generation"]

    def _entry(self, resource: str, name: str) -> Object | None:
        return next((e for e in self.generations if (e["resource"], e["name"]) == (resource, name)), None)
