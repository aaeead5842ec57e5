# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: a recording beside a replay, from the starting state to the last step."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .compare import Change, Difference, Walk, differences
from .normalise import Normaliser, observed_bases, recorded_bases, untold
from .transcript import CONFIG, Event, Fields, Transcript

START = "start"
AFTERWARDS = "afterwards"

ENDPOINT = r"http://127\.0\.0\.1:\d+"
"""An S3 server, here or in a recording."""

UNKNOWN_TO_THE_API = frozenset({"matchLabelKeys", "nodeAffinityPolicy", "nodeTaintsPolicy"})
"""Fields of a Deployment that the recordings' API server (1.36) keeps and the sandbox's (1.20) drops."""


@dataclass(frozen=True)
class Found:
    """A difference and where it is: `start`, the number of the step counted from 1, or `afterwards`."""

    place: str
    difference: Difference


class Comparison:
    """Takes in what the replay shows, event by event, and tells what still differs in the current step."""

    def __init__(self, transcript: Transcript, snapshot: Mapping[str, Fields], s3_endpoint: str):
        """`snapshot` are the objects of the replay before the first step, `s3_endpoint` its S3 server's URL."""
        self._endpoints = (recorded_endpoint(transcript) or s3_endpoint, s3_endpoint)
        self._recording = Normaliser(recorded_bases(transcript), dropped=UNKNOWN_TO_THE_API)
        self._showing = Normaliser(
            observed_bases(snapshot), replaced={s3_endpoint: self._endpoints[0]}, untold=untold(transcript)
        )
        self._recorded_start = self._recording.start({CONFIG: transcript.start, **transcript.around})
        self._shown_start = self._showing.start(snapshot)
        # A recording tells the start of its Config, and newer ones that of some others. The rest is taken to have been
        # as it is in the replay, and if it was not, that shows in the first step that touches it.
        self._recorded_walk = Walk({**self._shown_start, **self._recorded_start})
        self._shown_walk = Walk(self._shown_start)
        self._has_config_maps = transcript.has("ConfigMap")
        self._place = START
        self._expected: list[Change] = []
        self._shown: list[Change] = []

    def here(self, step: str) -> str:
        """A recorded step, to be carried out against the S3 server of the replay."""
        return step.replace(*self._endpoints)

    def start(self) -> list[Found]:
        """Differences of the objects that the recording tells of before the first step."""
        return [
            Found(START, Difference(name, field, (recorded.get(field),), (shown.get(field),)))
            for name, recorded in self._recorded_start.items()
            for shown in [self._shown_start.get(name, {})]
            for field in sorted(recorded.keys() | shown.keys())
            if recorded.get(field) != shown.get(field)
        ]

    def expect(self, place: str, events: list[Event]) -> None:
        """Begin the step in which the recording shows these events."""
        self._place = place
        self._expected = self._recorded_walk.changes(map(self._recording.event, events))
        self._shown = []

    def show(self, events: list[Event]) -> None:
        """Take in further events of the replay."""
        told = [event for event in events if self._has_config_maps or not event.object.startswith("ConfigMap/")]
        self._shown += self._shown_walk.changes(map(self._showing.event, told))

    def differences(self) -> list[Found]:
        """How the step differs with what has been shown so far."""
        return [Found(self._place, difference) for difference in differences(self._expected, self._shown)]

    def answers(self, recorded: str | None, shown: str | None) -> list[Found]:
        """Difference of the API server's answers to the step; None stands for a change that it accepts."""
        return [] if recorded == shown else [Found(self._place, Difference("API", "refusal", (recorded,), (shown,)))]


def recorded_endpoint(transcript: Transcript) -> str | None:
    """URL of the S3 server that a recording used, None if it used none."""
    match = re.search(ENDPOINT, " ".join([*(step.text for step in transcript.steps), str(transcript.start)]))
    return match and match[0]
