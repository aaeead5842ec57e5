# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: read a recording; the sandbox's own observations have the same form."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CONFIG = "Config/cluster"
DIRECTORY = Path(__file__).parents[1] / "recordings"

Fields = dict[str, Any]
"""Recorded fields of an object, by the recorder's names: `cond.Available`, `spec`, `status` ..."""


@dataclass(frozen=True)
class Event:
    """A change of one object at `time` (seconds): the fields that changed (None: gone), or None when it was deleted."""

    time: float
    object: str
    changed: Fields | None


@dataclass(frozen=True)
class Step:
    """One change made by the administrator and what followed until the next one."""

    text: str
    events: list[Event] = field(default_factory=list)
    rejected: str | None = None


@dataclass(frozen=True)
class Transcript:
    """A recording: the Config when it began, the other objects that it tells of then, and the steps."""

    name: str
    start: Fields
    steps: list[Step]
    around: dict[str, Fields] = field(default_factory=dict)

    @property
    def events(self) -> list[Event]:
        """All events of all steps in time order."""
        return [event for step in self.steps for event in step.events]

    def has(self, kind: str) -> bool:
        """Whether objects of a kind are recorded: in the older recordings ConfigMaps are not."""
        return any(event.object.startswith(f"{kind}/") for event in self.events)


def names() -> list[str]:
    """Names of all recordings."""
    return sorted(path.stem for path in DIRECTORY.glob("*.json"))


def load(name: str) -> Transcript:
    """Read the recording of this name."""
    return parse(name, json.loads((DIRECTORY / f"{name}.json").read_text(encoding="utf-8"))["events"])


def parse(name: str, events: list[dict[str, Any]]) -> Transcript:
    """Group the events of a recording by step."""
    start: dict[str, Fields] = {}
    steps: list[Step] = []
    for event in events:
        if not steps and "object" in event:
            start[event["object"]] = event["changed"]
        elif "step" in event:
            steps.append(Step(event["step"]))
        elif not steps:
            continue  # How other objects were before the first step.
        elif "rejected" in event:
            steps[-1] = Step(steps[-1].text, steps[-1].events, event["rejected"])
        elif steps:
            # Before the first step, newer recordings show what there is besides the Config.
            steps[-1].events.append(Event(event["t"], event["object"], _changed(event["changed"])))
    return Transcript(name, start.pop(CONFIG), steps, start)


def _changed(recorded: Fields | None) -> Fields | None:
    if recorded is None:
        return None
    gone = recorded.get("_gone", [])
    return {key: value for key, value in recorded.items() if key != "_gone"} | dict.fromkeys(gone)
