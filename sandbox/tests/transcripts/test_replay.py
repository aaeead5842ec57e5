# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox behaves as the real cluster of the recordings did."""

from __future__ import annotations

import pytest

from sandbox import sandbox
from sandbox.tests.transcripts import known, start, transcript
from sandbox.tests.transcripts.comparison import Found
from sandbox.tests.transcripts.conftest import Stage
from sandbox.tests.transcripts.replay import Replay


@pytest.mark.parametrize("name", transcript.names())
def test_the_sandbox_shows_what_the_recording_shows(name: str, stage: Stage) -> None:
    recording = transcript.load(name)
    sandbox.reset(stage.state, sandbox.DEFAULT_PLATFORM, print)
    start.establish(start.plan(recording), stage.cluster, stage.recorder, stage.s3_endpoint)

    replay = Replay(recording, stage.cluster, stage.recorder, stage.s3_endpoint)
    found = replay.run(lambda difference: known.is_known(name, difference))

    surprises = [difference for difference in found if not known.is_known(name, difference)]
    assert not surprises, _told(surprises)
    assert not known.vanished(name, found), "listed in known.py, but the recorded values are shown"


def test_every_listed_difference_is_of_a_recording() -> None:
    assert {key[0] for key in known.KNOWN_DIFFERENCES} <= set(transcript.names())


def _told(found: list[Found]) -> str:
    return "\n".join(["", *(f"{entry.place}: {entry.difference}" for entry in found)])
