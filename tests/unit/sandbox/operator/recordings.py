# SPDX-License-Identifier: GPL-3.0-or-later
"""The recordings of the real operator, as states of objects at each moment."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DIRECTORY = Path(__file__).parents[3] / "fixtures" / "transcripts"

NAMES = sorted(path.stem for path in DIRECTORY.glob("*.json"))


@dataclass(frozen=True)
class Moment:
    """One recorded change: what changed, and the recorded fields of every object after it."""

    changed: str
    fields: dict[str, Any]
    objects: dict[str, dict[str, Any]]

    def conditions(self, name: str) -> list[dict[str, str]]:
        """The recorded conditions of an object, in the order in which they appeared."""
        return [
            {"type": key.removeprefix("cond."), "status": value[0], "reason": value[1], "message": value[2]}
            for key, value in self.objects.get(name, {}).items()
            if key.startswith("cond.")
        ]


def moments(name: str) -> Iterator[Moment]:
    """Every recorded change of one recording, in order."""
    objects: dict[str, dict[str, Any]] = {}
    for event in json.loads((DIRECTORY / f"{name}.json").read_text(encoding="utf-8"))["events"]:
        if "object" not in event:
            continue
        key, changed = event["object"], event["changed"]
        if changed is None:
            objects.pop(key, None)
        else:
            known = objects.setdefault(key, {})
            known.update(changed)
            for gone in changed.get("_gone", []):
                known.pop(gone, None)
        yield Moment(key, changed or {}, copy.deepcopy(objects))
