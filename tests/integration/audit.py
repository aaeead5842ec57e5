# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules asked of the API server, from its own audit log."""

import time
import uuid
from pathlib import Path

from tests.integration.api import CONFIGS, Api
from tests.sandbox.audit import Request, requests_since

LIMIT_SECONDS = 10.0
POLL_SECONDS = 0.002


class AuditLog:
    """The audit log, read only up to what is certain to be written."""

    def __init__(self, path: Path, api: Api):
        self._path, self._api = path, api

    def mark(self) -> int:
        """Return the present end of the log, for `since`."""
        self._settle()
        return self._path.stat().st_size

    def since(self, mark: int) -> list[Request]:
        """Return the requests that the modules sent after a mark."""
        self._settle()
        return requests_since(self._path, mark)

    def writes_since(self, mark: int) -> list[Request]:
        """Return the requests after a mark that changed something, or could have."""
        return [request for request in self.since(mark) if request.is_write]

    def until_waiting(self, mark: int) -> None:
        """Return when a module has begun, after a mark, to wait for the rollout.

        It then lists the Configs to watch them; before that it gets the one it knows by name. The watch itself is
        logged only when it ends.
        """
        deadline = time.monotonic() + LIMIT_SECONDS
        while not any((request.verb, request.path) == ("list", CONFIGS) for request in self.since(mark)):
            if time.monotonic() > deadline:
                raise AssertionError(f"no module began to wait within {LIMIT_SECONDS:g} s")

    def _settle(self) -> None:
        """Return when a request that begins now is in the log, and with it all that were answered before."""
        begin = self._path.stat().st_size
        signature = uuid.uuid4().hex
        self._api.get(f"/version?marker={signature}")
        deadline = time.monotonic() + LIMIT_SECONDS
        with self._path.open("rb") as log:
            log.seek(begin)
            seen = b""
            while signature.encode() not in seen or not seen.endswith(b"\n"):
                if time.monotonic() > deadline:
                    raise AssertionError(f"the audit log did not get a request within {LIMIT_SECONDS:g} s")
                time.sleep(POLL_SECONDS)
                seen += log.read()
