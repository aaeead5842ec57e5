# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API server's audit log tells of the requests that the collection's modules sent."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

USER_AGENT = "okd.image_registry"
_WRITING = frozenset({"create", "update", "patch", "delete", "deletecollection"})
_CONFLICT = 409


@dataclass(frozen=True)
class Request:
    """One request that was answered: the audit log's verb, the path and query, the user, the HTTP status.

    The user is empty if the API server did not know it.
    """

    verb: str
    uri: str
    user: str
    status: int

    @property
    def path(self) -> str:
        """The path without the query."""
        return urlsplit(self.uri).path

    @property
    def is_dry_run(self) -> bool:
        """Whether the API server only rehearsed it."""
        return "dryRun" in parse_qs(urlsplit(self.uri).query)

    @property
    def is_write(self) -> bool:
        """Whether it could have changed something; a patch for a version that is not the last one could not."""
        return self.verb in _WRITING and not self.is_dry_run and self.status != _CONFLICT


def requests_since(log: Path, mark: int = 0) -> list[Request]:
    """Return the requests of the modules that the log got after its first `mark` bytes."""
    return list(_requests(log, mark))


def _requests(log: Path, mark: int) -> Iterator[Request]:
    with log.open("rb") as lines:
        lines.seek(mark)
        for line in lines:
            entry = json.loads(line)
            if not entry.get("userAgent", "").startswith(USER_AGENT):
                continue
            # A watch is logged once as it begins and once as it ends; every other request only as it ends.
            if entry["verb"] == "watch" and entry["stage"] == "ResponseComplete":
                continue
            status = entry.get("responseStatus", {}).get("code", 0)
            yield Request(entry["verb"], entry["requestURI"], entry["user"].get("username", ""), status)
