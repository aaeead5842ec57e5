# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API server's audit log tells of the requests that it answered."""

import json
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

LIMIT_SECONDS = 10.0
POLL_SECONDS = 0.002
_COLLECTION = "okd.image_registry."
_WRITING = frozenset({"create", "update", "patch", "delete", "deletecollection"})
_CONFLICT = 409


@dataclass(frozen=True)
class Request:
    """One request that was answered: the audit log's verb, the path and query, the user, the HTTP status.

    agent: the user agent; of the collection's modules it is the module's name. user: empty if the API server did not
    know it. begin, end: seconds of the API server's clock; a watch ends with the first byte of its answer.
    """

    verb: str
    uri: str
    agent: str
    user: str
    status: int
    begin: float
    end: float

    @property
    def path(self) -> str:
        """The path without the query."""
        return urlsplit(self.uri).path

    @property
    def is_of_module(self) -> bool:
        """Whether a module of the collection sent it."""
        return self.agent.startswith(_COLLECTION)

    @property
    def is_dry_run(self) -> bool:
        """Whether it was a dry run."""
        return "dryRun" in parse_qs(urlsplit(self.uri).query)

    @property
    def is_write(self) -> bool:
        """Whether it could have changed something; a patch for a version that is not the last one could not."""
        return self.verb in _WRITING and not self.is_dry_run and self.status != _CONFLICT


class AuditLog:
    """The audit log, read only up to what is certain to be written.

    ask: sends a GET request for a path to the API server; what it sends is in the log like all else.
    """

    def __init__(self, path: Path, ask: Callable[[str], object]):
        self._path, self._ask = path, ask

    def mark(self) -> int:
        """Return the present end of the log, for `since`."""
        self._settle()
        return self._path.stat().st_size

    def since(self, mark: int) -> list[Request]:
        """Return the requests that were answered after a mark, in the order of their beginning."""
        self._settle()
        with self._path.open("rb") as log:
            log.seek(mark)
            return requests_in(log)

    def _settle(self) -> None:
        """Return when a request that begins now is in the log, and with it all that were answered before."""
        begin = self._path.stat().st_size
        signature = uuid.uuid4().hex
        self._ask(f"/version?marker={signature}")
        deadline = time.monotonic() + LIMIT_SECONDS
        with self._path.open("rb") as log:
            log.seek(begin)
            seen = b""
            while signature.encode() not in seen or not seen.endswith(b"\n"):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"the audit log {self._path} did not get a request within {LIMIT_SECONDS:g} s")
                time.sleep(POLL_SECONDS)
                seen += log.read()


def requests_in(lines: Iterable[bytes]) -> list[Request]:
    """Return the requests of an audit log, in the order of their beginning."""
    entries = [json.loads(line) for line in lines]
    # A watch is logged once as it begins and once as it ends; every other request only as it ends.
    requests = [
        _request(entry) for entry in entries if (entry["verb"], entry["stage"]) != ("watch", "ResponseComplete")
    ]
    return sorted(requests, key=lambda request: request.begin)


def _request(entry: dict[str, Any]) -> Request:
    return Request(
        verb=entry["verb"],
        uri=entry["requestURI"],
        agent=entry.get("userAgent", ""),
        user=entry["user"].get("username", ""),
        status=entry.get("responseStatus", {}).get("code", 0),
        begin=_seconds(entry["requestReceivedTimestamp"]),
        end=_seconds(entry["stageTimestamp"]),
    )


def _seconds(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()
