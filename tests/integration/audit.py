# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules asked of the API server, from its own audit log."""

import time
from pathlib import Path

from sandbox.audit import LIMIT_SECONDS, AuditLog, Request
from tests.integration.api import CONFIGS, Api


class ModuleLog:
    """The modules' part of the audit log."""

    def __init__(self, path: Path, api: Api):
        self._log = AuditLog(path, api.get)

    def mark(self) -> int:
        """Return the present end of the log, for `since`."""
        return self._log.mark()

    def since(self, mark: int) -> list[Request]:
        """Return the requests that the modules sent after a mark."""
        return [request for request in self._log.since(mark) if request.is_of_module]

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
