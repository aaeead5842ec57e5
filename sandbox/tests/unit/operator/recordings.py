# SPDX-License-Identifier: GPL-3.0-or-later
"""The recordings of the real operator, as states of objects at each moment."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.tests.transcripts import transcript
from sandbox.tests.transcripts.transcript import Event

NAMES = transcript.names()


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
    recording = transcript.load(name)
    objects: dict[str, dict[str, Any]] = {}
    for event in [Event(0.0, "Config/cluster", recording.start), *recording.events]:
        if event.changed is None:
            objects.pop(event.object, None)
        else:
            gone = [key for key, value in event.changed.items() if key.startswith("cond.") and value is None]
            objects.setdefault(event.object, {}).update(event.changed)
            for key in gone:
                del objects[event.object][key]
        yield Moment(event.object, event.changed or {}, copy.deepcopy(objects))
