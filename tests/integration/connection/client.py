# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask the API server in one way of connecting, and see whom it took the module for."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sandbox.certificates import client_certificate
from sandbox.state import StateDirectory
from tests.integration import accounts
from tests.integration.lab import Lab, warnings

CERTIFIED = "certified-user"


@dataclass(frozen=True)
class Answer:
    """result: that of registry_info; users: the names under which its requests came."""

    result: dict[str, Any]
    users: set[str]

    @property
    def warnings(self) -> list[str]:
        """The words of the warnings."""
        return warnings(self.result)


@dataclass(frozen=True)
class Client:
    """One who connects: what there is to connect with.

    token: of the account that reads. certificate, key: files, for the user CERTIFIED.
    """

    lab: Lab
    token: str
    certificate: Path
    key: Path

    @property
    def server(self) -> str:
        """The URL of the API server."""
        return self.lab.api.server

    @property
    def address(self) -> tuple[str, int]:
        """Its host and port."""
        parts = urlsplit(self.server)
        assert parts.hostname and parts.port
        return parts.hostname, parts.port

    @property
    def authority(self) -> Path:
        """The file of the CA that signed its certificate."""
        return self.lab.api.authority

    @property
    def authority_data(self) -> str:
        """The same as kubeconfigs have it inline."""
        return base64.b64encode(self.authority.read_bytes()).decode()

    def kubeconfig(self, credentials: dict[str, Any] | None = None, /, **cluster: Any) -> dict[str, Any]:
        """Return a kubeconfig, with the token unless other credentials are given."""
        return accounts.kubeconfig(self.lab.api, credentials or {"token": self.token}, **cluster)

    def ask(self, args: dict[str, Any], **environment: str) -> Answer:
        """Run registry_info; nothing but args and environment tells it how to connect."""
        mark = self.lab.log.mark()
        # An empty variable counts as none, and keeps the harness from adding a kubeconfig.
        result = self.lab.modules.run("registry_info", args, environment={"K8S_AUTH_HOST": "", **environment})
        return Answer(result, {request.user for request in self.lab.log.since(mark)})

    def asked_as(self, user: str, args: dict[str, Any], **environment: str) -> Answer:
        """The same; it must succeed without a warning, as this user."""
        answer = self.ask(args, **environment)
        assert not answer.result.get("failed"), answer.result["msg"]
        assert answer.result["config"]["metadata"]["name"] == "cluster"
        assert answer.users == {user}
        assert answer.warnings == []
        return answer

    def refused(self, args: dict[str, Any], **environment: str) -> str:
        """The same; it must fail: return the message. No secret is in the result."""
        answer = self.ask(args, **environment)
        assert answer.result.get("failed"), answer.result
        assert self.token not in str(answer.result)
        message: str = answer.result["msg"]
        return message


def client(lab: Lab, state: StateDirectory, directory: Path) -> Client:
    """Return a client whose files are in a directory."""
    certificate, key = directory / "user.crt", directory / "user.key"
    for path, content in zip(
        (certificate, key), client_certificate(state.certificates, CERTIFIED, ["sandbox:viewers"]), strict=True
    ):
        path.write_bytes(content)
    return Client(lab, accounts.token(lab.api, accounts.READER), certificate, key)
