# SPDX-License-Identifier: GPL-3.0-or-later
"""A replay that equals its recording passes, and one that deviates from it anywhere does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from sandbox.tests.transcripts import transcript
from sandbox.tests.transcripts.compare import HELD_SECONDS
from sandbox.tests.transcripts.comparison import UNKNOWN_TO_THE_API, Comparison, Found, recorded_endpoint
from sandbox.tests.transcripts.normalise import DEPLOYMENT, PRUNER, REVISION, recorded_bases
from sandbox.tests.transcripts.transcript import CONFIG, Event, Fields, Transcript

ENDPOINT = "http://127.0.0.1:1"


def snapshot(recording: Transcript) -> dict[str, Fields]:
    """The starting state as a replay would see it, as far as a recording tells it."""
    bases = recorded_bases(recording)
    around = {name: _kept(Event(0.0, name, fields)).changed or {} for name, fields in recording.around.items()}
    objects: dict[str, Fields] = {CONFIG: recording.start, **around}
    if bases.deployment and DEPLOYMENT not in objects:
        annotations = {REVISION: str(bases.revision)}
        objects[DEPLOYMENT] = {"generation": bases.deployment, "annotations": annotations}
    if bases.pruner:
        objects[PRUNER] = {"status": {"observedGeneration": bases.pruner}}
    first = {event.object: event for event in reversed(recording.events)}
    objects |= {name: {} for name, event in first.items() if event.changed is None and name not in objects}
    return objects


def replay(recording: Transcript, deviation: Callable[[list[Event]], list[Event]] = list) -> Iterator[Found]:
    """Show a recording to itself, each step's events changed by `deviation`; the differences as they are found."""
    comparison = Comparison(recording, snapshot(recording), recorded_endpoint(recording) or ENDPOINT)
    yield from comparison.start()
    for number, step in enumerate(recording.steps, 1):
        comparison.expect(str(number), step.events)
        comparison.show([_kept(event) for event in deviation(step.events)])
        yield from comparison.differences()


def _kept(event: Event) -> Event:
    """The event as the sandbox's API server would have it: without the fields that it does not know."""

    def known(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: known(item) for key, item in value.items() if key not in UNKNOWN_TO_THE_API}
        return [known(item) for item in value] if isinstance(value, list) else value

    return replace(event, changed=known(event.changed))


@pytest.mark.parametrize("name", transcript.names())
def test_a_recording_equals_itself(name: str) -> None:
    assert list(replay(transcript.load(name))) == []


def deviations(recording: Transcript) -> Iterator[tuple[str, Callable[[list[Event]], list[Event]]]]:
    """Each event left out, and each field of each event given another value, one at a time."""
    for event in recording.events:
        yield f"{event.object} at {event.time} is missing", _without(event)
        for field in event.changed or {}:
            yield f"{event.object} {field} at {event.time} is another", _altered(event, field)


def _without(left_out: Event) -> Callable[[list[Event]], list[Event]]:
    return lambda events: [event for event in events if event is not left_out]


def _altered(target: Event, field: str) -> Callable[[list[Event]], list[Event]]:
    value = (target.changed or {})[field]
    # A number stays one, a structure stays one: the normaliser takes them apart.
    if isinstance(value, int):
        other: object = value + 100
    elif field == "generations":
        other = [{"resource": "deployments", "name": "image-registry", "lastGeneration": 100}]
    elif isinstance(value, dict) or field == "status":
        other = (value or {}) | {"observedGeneration": 100, "release.openshift.io/version": "other"}
    else:
        other = ["other"]
    altered = replace(target, changed={**(target.changed or {}), field: other})
    return lambda events: [altered if event is target else event for event in events]


@pytest.mark.parametrize("name", transcript.names())
def test_every_deviation_is_found(name: str) -> None:
    recording = transcript.load(name)
    missed = [text for text, deviation in deviations(recording) if not any(replay(recording, deviation))]
    assert missed == [text for text in missed if _may_be_missed(recording, text)]


def _may_be_missed(recording: Transcript, text: str) -> bool:
    """Only counts that move on at once, and copies of them, may be left out without notice."""
    if not text.endswith("is missing"):
        return False
    left_out = next(event for event in recording.events if text == f"{event.object} at {event.time} is missing")
    # Some come at the same time.
    after = recording.events[recording.events.index(left_out) + 1 :]
    later = [event for event in after if event.object == left_out.object]
    if left_out.object == CONFIG:
        return list(left_out.changed or {}) == ["readyReplicas"]
    return left_out.object == DEPLOYMENT and bool(later) and later[0].time - left_out.time < HELD_SECONDS
