# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox as the place of the measurements: from a clean state, with everything else in it at rest."""

import base64
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from kubernetes.config import new_client_from_config_dict

from sandbox import knobs_command, rest, sandbox
from sandbox.audit import AuditLog, Request
from sandbox.state import StateDirectory

_USER_AGENT = "bench"


class Ground:
    """A sandbox that runs.

    directory: for files. token: of a user who may do everything. port: of the API server. authority: path of the CA.
    """

    def __init__(self, state: StateDirectory, directory: Path):
        self._state = state
        self._kubeconfig = json.loads(sandbox.kubeconfig(state).read_text(encoding="utf-8"))
        context = next(c for c in self._kubeconfig["contexts"] if c["name"] == self._kubeconfig["current-context"])
        self.token: str = next(
            user["user"]["token"] for user in self._kubeconfig["users"] if user["name"] == context["context"]["user"]
        )
        cluster = self._kubeconfig["clusters"][0]["cluster"]
        self.port: int = urlsplit(cluster["server"]).port
        self.authority = directory / "ca.crt"
        self.authority.write_bytes(base64.b64decode(cluster["certificate-authority-data"]))
        client = new_client_from_config_dict(self._kubeconfig)
        client.user_agent = _USER_AGENT
        self._log = AuditLog(state.audit_log, lambda path: rest.send(client, "GET", path))

    def mark(self) -> int:
        """Return the present end of the audit log, for `requests_since`."""
        return self._log.mark()

    def requests_since(self, mark: int) -> list[Request]:
        """Return the requests after a mark that are not the bench's own, in the order of their beginning."""
        return [request for request in self._log.since(mark) if request.agent != _USER_AGENT]

    def kubeconfig(self, port: int) -> str:
        """Return a kubeconfig for the API server as it is reached on another port of this machine."""
        cluster = {**self._kubeconfig["clusters"][0]["cluster"], "server": server(port)}
        return json.dumps({**self._kubeconfig, "clusters": [{"name": "sandbox", "cluster": cluster}]})

    def reset(self) -> None:
        """Bring the clean state back: the registry is Removed and nothing of the desired state exists."""
        sandbox.reset(self._state, sandbox.DEFAULT_PLATFORM, lambda _line: None)

    def hold_rollout(self, held: bool) -> None:
        """Let new pods not become ready, or let them again."""
        knobs_command.run(self._state, [f"holdRollout={'true' if held else ''}"], lambda _line: None)

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Stop the stand-ins for a while: on a real cluster, operator and pods run on other machines."""
        standins = self._state.load().processes["standins"].pid
        os.kill(standins, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(standins, signal.SIGCONT)


def server(port: int) -> str:
    """Return the URL of an API server on this machine."""
    return f"https://127.0.0.1:{port}"
