# SPDX-License-Identifier: GPL-3.0-or-later
"""The reconcile loop: one work key, one pass at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable

from kubernetes.client import ApiException

from .. import knobs
from .backoff import Backoff
from .cluster import refusal
from .lease import Leadership

logger = logging.getLogger(__name__)

FIRST_RETRY_SECONDS = 0.05
LONGEST_RETRY_SECONDS = 5.0


class WorkKey:
    """The moment at which the next pass is due; only for the event loop's own thread."""

    def __init__(self) -> None:
        self._due = float("inf")
        self._added = asyncio.Event()

    def add(self, delay: float = 0.0) -> None:
        """Ask for a pass in at most so many seconds."""
        self._due = min(self._due, time.monotonic() + delay)
        self._added.set()

    async def take(self) -> None:
        """Wait until a pass is due; whatever was asked for until then is served by that one pass."""
        while (pause := self._due - time.monotonic()) > 0:
            self._added.clear()
            try:
                await asyncio.wait_for(self._added.wait(), None if pause == float("inf") else pause)
            except TimeoutError:
                continue
        self._due = float("inf")


async def run(key: WorkKey, sync: Callable[[], float | None], may_work: Callable[[], bool]) -> None:
    """Make a pass whenever one is due, endlessly; `sync` runs in a thread and returns when the next one is due."""
    backoff = Backoff(FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS)
    while True:
        await key.take()
        if knobs.current().operator_paused or not may_work():
            continue
        try:
            again_in = await asyncio.to_thread(sync)
            backoff.after(failed=False)
        except ApiException as error:
            logger.info("the pass will be made again: %s", refusal(error))
            again_in = backoff.after(failed=True)
        except Exception:  # The operator outlives whatever a pass runs into, as the real one does.
            logger.exception("the pass failed and will be made again")
            again_in = backoff.after(failed=True)
        if again_in is not None:
            key.add(again_in)


async def lead(leadership: Leadership, key: WorkKey) -> None:
    """Hold the lease, endlessly, as long as the operator has not crashed; ask for a pass once it is taken."""
    while True:
        known, pause = knobs.current(), FIRST_RETRY_SECONDS
        if known.operator_crashed:
            leadership.crash()
            await knobs.changed(known)
            continue
        was_held = leadership.is_held
        try:
            pause = await asyncio.to_thread(leadership.take, known.lease_duration)
        except ApiException as error:
            logger.info("the lease will be tried again: %s", refusal(error))
        if leadership.is_held and not was_held:
            key.add()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(knobs.changed(known), max(pause, FIRST_RETRY_SECONDS))


async def follow_knobs(key: WorkKey) -> None:
    """Ask for a pass whenever a knob has been turned."""
    known = knobs.current()
    while True:
        known = await knobs.changed(known)
        key.add()
