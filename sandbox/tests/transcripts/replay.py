# SPDX-License-Identifier: GPL-3.0-or-later
"""Replay one recording on the sandbox, step by step, and collect the differences."""

from __future__ import annotations

from collections.abc import Callable

from .cluster import Cluster
from .comparison import AFTERWARDS, Comparison, Found
from .recorder import Recorder
from .transcript import Step, Transcript

STEP_LIMIT_SECONDS = 10.0
"""How long a step may take to show what the recording shows; several times what the slowest one needs."""

QUIET_SECONDS = 0.3
"""A step is over when it shows what the recording shows, and then nothing more for this long: the recordings' steps are
6 s apart, so the operator was through with one, visibly or not, before the next."""

LAST_QUIET_SECONDS = 1.0
"""After the last step nothing more may happen for this long."""


class Replay:
    """One run of a recording's steps on a sandbox that is in the recording's starting state."""

    def __init__(self, transcript: Transcript, cluster: Cluster, recorder: Recorder, s3_endpoint: str):
        self._transcript, self._cluster, self._recorder = transcript, cluster, recorder
        self._comparison = Comparison(transcript, recorder.snapshot(), s3_endpoint)
        self._mark = recorder.mark()

    def run(self, is_known: Callable[[Found], bool]) -> list[Found]:
        """Carry out the steps; all differences, known or not. A step ends when only known differences are left."""
        found = self._comparison.start()
        for number, step in enumerate(self._transcript.steps, 1):
            found += self._step(str(number), step, is_known)
        self._comparison.expect(AFTERWARDS, [])
        self._recorder.wait(lambda: self._recorder.mark() > self._mark, LAST_QUIET_SECONDS)
        return found + self._look()

    def _step(self, place: str, step: Step, is_known: Callable[[Found], bool]) -> list[Found]:
        self._comparison.expect(place, step.events)
        refused = self._cluster.perform(self._comparison.here(step.text))
        self._recorder.wait(lambda: all(map(is_known, self._look())), STEP_LIMIT_SECONDS)
        self._recorder.wait_for_quiet(QUIET_SECONDS, STEP_LIMIT_SECONDS)
        return [*self._comparison.answers(step.rejected, refused), *self._look()]

    def _look(self) -> list[Found]:
        events = self._recorder.since(self._mark)
        self._mark += len(events)
        self._comparison.show(events)
        return self._comparison.differences()
