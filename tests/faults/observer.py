# SPDX-License-Identifier: GPL-3.0-or-later
"""Watches of our own that tell when the API first showed something."""

import json
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.queues import Queue
from typing import Self, TypeAlias
from urllib.parse import urlencode

import requests

from tests.integration import api as paths
from tests.integration.api import Api, Document

Picture = Mapping[str, Document | None]

COLLECTIONS = (paths.CONFIGS, paths.DEPLOYMENTS, paths.ROUTES, paths.SECRETS)
# So many processes watch all of it: on a busy machine it is chance which of them gets an event first.
_PROCESSES = 3
_SPAWNING = multiprocessing.get_context("spawn")
LIMIT_SECONDS, START_SECONDS = 5.0, 30.0
_WATCH_SECONDS = 3600


@dataclass(frozen=True)
class _Seen:
    """One state of one object: its revision, when it arrived (seconds since the epoch), where it is, None if gone."""

    revision: int
    arrived: float
    path: str
    document: Document | None


# What the processes send: None for each kind that one of them has listed.
_Events: TypeAlias = "Queue[_Seen | None]"


@dataclass(frozen=True)
class Moment:
    """When the first of several watches got an event, in seconds since the epoch, and how long after it the last.

    path: of the object that the event was about.
    """

    first: float
    spread: float
    path: str


class Observer:
    """Follows all objects of some kinds; a context manager.

    Watches of several kinds bring their events in any order, but the revisions of the API server's one database tell
    what the API showed at the same time.
    """

    def __init__(self, api: Api):
        self._connection = (api.server, api.token, str(api.authority))
        self._seen: list[_Seen] = []
        self._listed = 0
        self._news = threading.Condition()

    def __enter__(self) -> Self:
        events: _Events = _SPAWNING.Queue()
        self._processes = [
            _SPAWNING.Process(target=_watch_all, args=(*self._connection, events), daemon=True)
            for _number in range(_PROCESSES)
        ]
        for process in self._processes:
            process.start()
        threading.Thread(target=self._collect, args=(events,), daemon=True).start()
        with self._news:
            begun = self._news.wait_for(lambda: self._listed == _PROCESSES * len(COLLECTIONS), START_SECONDS)
        assert begun, "the API server did not answer the observer"
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self._processes:
            process.kill()
            process.join()

    def moment(self, began: float, holds: Callable[[Picture], bool]) -> Moment | None:
        """Return when the API first showed, after a time, what holds asks for; wait a little for what is on its way.

        began: seconds since the epoch. None if it was not seen.
        """
        deadline = time.monotonic() + LIMIT_SECONDS
        with self._news:
            while (first := self._search(began, holds)) is None:
                if not self._news.wait(deadline - time.monotonic()):
                    return None
            while len(arrivals := self._arrivals(first)) < _PROCESSES:
                if not self._news.wait(deadline - time.monotonic()):
                    break
        return Moment(min(arrivals), max(arrivals) - min(arrivals), first.path)

    def forget(self) -> None:
        """Keep of each object only what was seen last."""
        with self._news:
            newest = {seen.path: seen for seen in sorted(self._seen, key=lambda seen: seen.revision)}
            self._seen = list(newest.values())

    def picture(self) -> Picture:
        """Return what was seen last of each object."""
        with self._news:
            return {seen.path: seen.document for seen in sorted(self._seen, key=lambda seen: seen.revision)}

    def _search(self, began: float, holds: Callable[[Picture], bool]) -> _Seen | None:
        picture: dict[str, Document | None] = {}
        for seen in sorted(self._seen, key=lambda seen: (seen.revision, seen.arrived)):
            picture[seen.path] = seen.document
            if seen.arrived >= began and holds(picture):
                return seen
        return None

    def _arrivals(self, event: _Seen) -> list[float]:
        same = (event.revision, event.path)
        return [seen.arrived for seen in self._seen if (seen.revision, seen.path) == same]

    def _collect(self, events: _Events) -> None:
        while True:
            seen = events.get()
            with self._news:
                if seen is None:
                    self._listed += 1
                else:
                    self._seen.append(seen)
                self._news.notify_all()


def _watch_all(server: str, token: str, authority: str, events: _Events) -> None:
    """Pass on what the watches of one process see, and None for each kind that has been listed."""
    threads = [
        threading.Thread(target=_watch, args=(server, token, authority, collection, events))
        for collection in COLLECTIONS
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _watch(server: str, token: str, authority: str, collection: str, events: _Events) -> None:
    with requests.Session() as session:
        session.trust_env, session.verify = False, authority
        session.headers["Authorization"] = f"Bearer {token}"
        found = session.get(server + collection, timeout=LIMIT_SECONDS).json()
        for entry in found["items"]:
            events.put(_seen(collection, entry, time.time(), gone=False))
        events.put(None)
        query = {"watch": "true", "resourceVersion": found["metadata"]["resourceVersion"]}
        query["timeoutSeconds"] = str(_WATCH_SECONDS)
        answer = session.get(f"{server}{collection}?{urlencode(query)}", stream=True, timeout=None)
        for line in _lines(answer):
            arrived = time.time()
            event = json.loads(line)
            events.put(_seen(collection, event["object"], arrived, gone=event["type"] == "DELETED"))


def _lines(answer: requests.Response) -> Iterator[bytes]:
    """Yield each line as soon as it is there."""
    rest = b""
    # Without a size: with one it reads ahead and so holds an event back until the next one comes.
    for chunk in answer.iter_content(None):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines


def _seen(collection: str, document: Document, arrived: float, gone: bool) -> _Seen:
    metadata = document["metadata"]
    path = f"{collection}/{metadata['name']}"
    return _Seen(int(metadata["resourceVersion"]), arrived, path, None if gone else document)
