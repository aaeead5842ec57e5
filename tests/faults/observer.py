# SPDX-License-Identifier: GPL-3.0-or-later
"""Watches of our own that tell when the API first showed something."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

import requests

from tests.integration import api as paths
from tests.integration.api import Api, Document

Picture = Mapping[str, Document | None]

COLLECTIONS = (paths.CONFIGS, paths.DEPLOYMENTS, paths.ROUTES, paths.SECRETS)
# Each several times: on a busy machine it is chance which watch gets an event first.
_TIMES = 3
_WATCHED = COLLECTIONS * _TIMES
LIMIT_SECONDS = 5.0
_WATCH_SECONDS = 3600


@dataclass(frozen=True)
class _Seen:
    """One state of one object: its revision, when it arrived (seconds since the epoch), where it is, None if gone."""

    revision: int
    arrived: float
    path: str
    document: Document | None


@dataclass(frozen=True)
class Moment:
    """When the first of several watches got an event, in seconds since the epoch, and how long after it the last."""

    first: float
    spread: float


class Observer:
    """Follows all objects of some kinds; a context manager.

    Watches of several kinds bring their events in any order, but the revisions of the API server's one database tell
    what the API showed at the same time.
    """

    def __init__(self, api: Api):
        self._api = api
        self._seen: list[_Seen] = []
        self._news = threading.Condition()

    def __enter__(self) -> Self:
        ready = [threading.Event() for _collection in _WATCHED]
        for collection, listed in zip(_WATCHED, ready, strict=True):
            threading.Thread(target=self._follow, args=(collection, listed), daemon=True).start()
        for listed in ready:
            assert listed.wait(LIMIT_SECONDS), "the API server did not answer the observer"
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave the watches to the end of the process: nothing can be told to a read that waits."""

    def moment(self, began: float, holds: Callable[[Picture], bool]) -> Moment | None:
        """Return when the API first showed, after a time, what holds asks for; wait a little for what is on its way.

        began: seconds since the epoch. None if it was not seen.
        """
        deadline = time.monotonic() + LIMIT_SECONDS
        with self._news:
            while (first := self._search(began, holds)) is None:
                if not self._news.wait(deadline - time.monotonic()):
                    return None
            while len(arrivals := self._arrivals(first)) < _TIMES:
                if not self._news.wait(deadline - time.monotonic()):
                    break
        return Moment(min(arrivals), max(arrivals) - min(arrivals))

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

    def _follow(self, collection: str, listed: threading.Event) -> None:
        with requests.Session() as session:
            session.trust_env, session.verify = False, str(self._api.authority)
            session.headers["Authorization"] = f"Bearer {self._api.token}"
            found = session.get(self._api.server + collection, timeout=LIMIT_SECONDS).json()
            for entry in found["items"]:
                self._add(collection, entry, time.time(), gone=False)
            listed.set()
            query = {"watch": "true", "resourceVersion": found["metadata"]["resourceVersion"]}
            query["timeoutSeconds"] = str(_WATCH_SECONDS)
            # Unbuffered: the default reads ahead and so holds an event back until the next one comes.
            answer = session.get(f"{self._api.server}{collection}?{urlencode(query)}", stream=True, timeout=None)
            for line in answer.iter_lines(chunk_size=None):
                arrived = time.time()
                event = json.loads(line)
                self._add(collection, event["object"], arrived, gone=event["type"] == "DELETED")

    def _add(self, collection: str, document: Document, arrived: float, gone: bool) -> None:
        metadata = document["metadata"]
        path = f"{collection}/{metadata['name']}"
        seen = _Seen(int(metadata["resourceVersion"]), arrived, path, None if gone else document)
        with self._news:
            self._seen.append(seen)
            self._news.notify_all()
