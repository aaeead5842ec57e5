# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API server's audit log tells of a run: how many requests it sent, and how many of them in sequence."""

import json
import ssl
import time
import urllib.request
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

USER_AGENT = "bench"
LIMIT_SECONDS = 10.0
POLL_SECONDS = 0.002
# Of a round trip: what comes sooner after an answer than this was not sent because of it. The rest is for requests that
# are sent together and still do not arrive together, because each has a TLS handshake of its own.
PART_OF_ROUND_TRIP = 0.8


@dataclass(frozen=True)
class Request:
    """One request as the API server saw it: from when to when, in seconds of its clock."""

    verb: str
    uri: str
    begin: float
    end: float


class AuditLog:
    """The audit log of a sandbox; `server` is the URL of its API server, `token` and `authority` open it."""

    def __init__(self, path: Path, server: str, token: str, authority: Path):
        self._path, self._server, self._token = path, server, token
        self._context = ssl.create_default_context(cafile=str(authority))

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
        """Return when a request that is sent now is in the log, and with it all that were answered before."""
        begin = self._path.stat().st_size
        signature = uuid.uuid4().hex
        request = urllib.request.Request(
            f"{self._server}/version?marker={signature}",
            headers={"Authorization": f"Bearer {self._token}", "User-Agent": USER_AGENT},
        )
        urllib.request.urlopen(request, timeout=LIMIT_SECONDS, context=self._context).close()
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
    """Return the requests of an audit log that are not the bench's own, in the order of their beginning."""
    entries = [json.loads(line) for line in lines]
    requests = [_request(entry) for entry in entries if entry.get("userAgent") != USER_AGENT]
    return sorted(requests, key=lambda request: request.begin)


def in_sequence(requests: Iterable[Request], round_trip: float) -> int:
    """Return how many of the requests can have waited for one another: the longest chain of such.

    round_trip: seconds between the end of one request and the beginning of the next that its sender, having seen the
    answer, sends at once.
    """
    length, free = 0, float("-inf")
    for request in sorted(requests, key=lambda request: request.end):
        if request.begin >= free:
            length, free = length + 1, request.end + round_trip * PART_OF_ROUND_TRIP
    return length


def _request(entry: dict[str, Any]) -> Request:
    begin, end = (_seconds(entry[name]) for name in ("requestReceivedTimestamp", "stageTimestamp"))
    return Request(entry["verb"], entry["requestURI"], begin, end)


def _seconds(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()
