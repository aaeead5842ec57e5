# SPDX-License-Identifier: GPL-3.0-or-later
"""The thread that makes the moves: read the cluster, decide, write, wait for the next change."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from kubernetes.client import ApiException
from urllib3.exceptions import HTTPError

from sandbox.knobs import Knobs

from .cluster import Cluster
from .moves import Memory, Move, next_move

# What a controller's cache takes to show a change. Without it a status would follow a change faster than on any real
# cluster, and nobody would ever see the state in between that automation has to cope with.
REACTION_SECONDS = 0.03
RETRY_SECONDS = 1.0

_LOG = logging.getLogger(__name__)


class Engine:
    """Makes moves until nothing is left to do, then sleeps until `poke` or until time calls for a move."""

    def __init__(self, cluster: Cluster, knobs: Callable[[], Knobs]) -> None:
        self._cluster = cluster
        self._knobs = knobs
        self._memory = Memory()
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="workloads", daemon=True)

    def start(self) -> None:
        """Start the thread; it begins with what is in the cluster."""
        self._thread.start()

    def stop(self) -> None:
        """Let the thread end after its current move, and wait for that."""
        self._stopping.set()
        self._changed.set()
        self._thread.join()

    def poke(self) -> None:
        """Tell that something changed; safe from any thread and cheap when nothing comes of it."""
        self._changed.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._changed.clear()
            try:
                move = self._move()
            except ApiException as error:
                # Somebody changed or deleted the object in between: the next move is planned from what is there now.
                if error.status not in (404, 409):
                    self._pause("the API server refused a move", error)
                continue
            except HTTPError as error:
                self._pause("the API server cannot be reached", error)
                continue
            except Exception as error:
                # A thread that ended here would look like a cluster in which nothing ever gets ready.
                self._pause("a move failed", error)
                continue
            if not move.actions:
                self._sleep_until(move.wake)

    def _move(self) -> Move:
        move = next_move(self._cluster.read(), self._knobs(), self._memory, datetime.now(UTC))
        for action in move.actions:
            self._cluster.apply(action)
        self._memory = move.memory
        return move

    def _pause(self, text: str, error: Exception) -> None:
        _LOG.error("workload stand-ins: %s", text, exc_info=error)
        self._stopping.wait(RETRY_SECONDS)

    def _sleep_until(self, wake: datetime | None) -> None:
        seconds = None if wake is None else max((wake - datetime.now(UTC)).total_seconds(), 0)
        if self._changed.wait(seconds):
            self._stopping.wait(REACTION_SECONDS)
