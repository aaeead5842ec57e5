# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that cannot work: each says what is wrong, shows no secret, and nothing is written."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.pem import self_signed
from sandbox.state import StateDirectory
from tests.integration.lab import Lab
from tests.integration.modules import Outcome

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl"
PASSWORD = "correct horse battery staple"
CHANGE = {"management_state": "Managed", "storage": {"pvc": {"claim": "registry", "size": "1Gi"}}, "replicas": 2}
# Nothing listens there: the port is reserved.
NOWHERE = "https://127.0.0.1:1"


@dataclass(frozen=True)
class Ways:
    """What connections are made of: the sandbox, its files, a directory for files of one's own."""

    lab: Lab
    administrator: str
    directory: Path

    def file(self, name: str, text: str) -> str:
        """Write a file and return its path."""
        path = self.directory / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def host(self, **options: Any) -> dict[str, Any]:
        """Return options for the sandbox's API server with its CA."""
        return {"host": self.lab.api.server, "ca_cert": str(self.lab.api.authority), **options}


@dataclass(frozen=True)
class Attempt:
    """One connection that cannot work, as options or as variables of the environment, and the words it must give."""

    id: str
    says: tuple[str, ...]
    options: Callable[[Ways], dict[str, Any]] = lambda _ways: {}
    environment: Callable[[Ways], dict[str, str]] = lambda _ways: {}


ATTEMPTS = [
    Attempt(
        "kubeconfig missing",
        ("no kubeconfig", "/nowhere/kubeconfig", "Log in with `oc login`, or give kubeconfig, or host with api_key"),
        lambda ways: {"kubeconfig": str(ways.directory / "nowhere/kubeconfig")},
    ),
    Attempt(
        "kubeconfig that is no YAML",
        ("kubeconfig cannot be used",),
        lambda ways: {"kubeconfig": ways.file("not-yaml", "clusters: [")},
    ),
    Attempt(
        "kubeconfig that is empty",
        ("kubeconfig",),
        lambda ways: {"kubeconfig": ways.file("empty", "")},
    ),
    Attempt(
        "kubeconfig as text",
        ("holds the text of a kubeconfig", "from_yaml"),
        lambda ways: {"kubeconfig": Path(ways.administrator).read_text(encoding="utf-8")},
    ),
    Attempt(
        "kubeconfig without content",
        ("kubeconfig cannot be used",),
        lambda _ways: {"kubeconfig": {"apiVersion": "v1", "kind": "Config"}},
    ),
    Attempt(
        "context unknown",
        ("kubeconfig cannot be used", "production"),
        lambda ways: {"kubeconfig": ways.administrator, "context": "production"},
    ),
    Attempt(
        "no connection at all",
        ("no kubeconfig", ".kube/config", "K8S_AUTH_"),
        environment=lambda ways: {"HOME": str(ways.directory)},
    ),
    Attempt(
        "variable that is no boolean",
        ("K8S_AUTH_VERIFY_SSL", "'perhaps'", "true or false"),
        environment=lambda ways: {"K8S_AUTH_KUBECONFIG": ways.administrator, "K8S_AUTH_VERIFY_SSL": "perhaps"},
    ),
    Attempt(
        "host without scheme",
        ("'api.example.com:6443'", "https://api.example.com:6443", "Correct the option host"),
        lambda _ways: {"host": "api.example.com:6443", "api_key": TOKEN},
    ),
    Attempt(
        "host in plain text",
        ("HTTP 400", "HTTPS server"),
        lambda ways: ways.host(host=ways.lab.api.server.replace("https", "http"), api_key=TOKEN),
    ),
    Attempt(
        "host that is no API server",
        ("Config cluster", "this is not an OpenShift cluster"),
        lambda ways: {"host": ways.lab.s3_endpoint, "api_key": TOKEN},
    ),
    Attempt(
        "API server away",
        ("the API server could not be reached", "Connection refused"),
        lambda _ways: {"host": NOWHERE, "api_key": TOKEN},
    ),
    Attempt(
        "proxy away",
        ("the API server could not be reached", "proxy"),
        lambda ways: ways.host(api_key=TOKEN, proxy="http://127.0.0.1:1"),
    ),
    Attempt(
        "token wrong",
        ("HTTP 401 Unauthorized", "wrong or has expired", "Log in again"),
        lambda ways: ways.host(api_key=TOKEN),
    ),
    Attempt(
        "token wrong in the environment",
        ("HTTP 401 Unauthorized", "wrong or has expired"),
        environment=lambda ways: {
            "K8S_AUTH_HOST": ways.lab.api.server,
            "K8S_AUTH_API_KEY": TOKEN,
            "K8S_AUTH_SSL_CA_CERT": str(ways.lab.api.authority),
        },
    ),
    Attempt(
        "password for an API server that takes none",
        ("HTTP 403 Forbidden", 'User "system:anonymous" cannot'),
        lambda ways: ways.host(username="admin", password=PASSWORD),
    ),
    Attempt(
        "CA of another cluster",
        ("the API server could not be reached", "certificate verify failed"),
        lambda ways: ways.host(ca_cert=ways.file("other-ca.crt", self_signed("ca")[0]), api_key=TOKEN),
    ),
    Attempt(
        "CA unknown",
        ("the API server could not be reached", "certificate verify failed"),
        lambda ways: {"host": ways.lab.api.server, "api_key": TOKEN},
    ),
    Attempt(
        "CA file missing",
        ("CA certificates (ca_cert) cannot be read", "No such file"),
        lambda ways: ways.host(ca_cert="/nowhere/ca.crt", api_key=TOKEN),
    ),
    Attempt(
        "client certificate missing",
        ("client certificate (client_cert)", "cannot be read", "No such file"),
        lambda ways: ways.host(client_cert="/nowhere/client.crt", client_key="/nowhere/client.key"),
    ),
    Attempt(
        "user without rights",
        ("HTTP 403 Forbidden", 'User "nobody" cannot'),
        lambda ways: {"kubeconfig": ways.administrator, "context": "sandbox-nobody"},
    ),
    Attempt(
        "user impersonated without rights",
        ("HTTP 403 Forbidden", 'User "nobody" cannot'),
        lambda ways: {"kubeconfig": ways.administrator, "impersonate_user": "nobody"},
    ),
    Attempt(
        "user who may only look",
        ("Nothing was changed", 'User "viewer" cannot patch resource "configs"', "the right to patch configs", "Grant"),
        lambda ways: {"kubeconfig": ways.administrator, "context": "sandbox-viewer"},
    ),
]


@pytest.fixture(scope="module")
def outcomes(clean_module: Lab, state: StateDirectory, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """What each attempt came to; all at once, because some are given the time that an outage may last."""
    lab = clean_module
    ways = Ways(lab, str(state.kubeconfig), tmp_path_factory.mktemp("connections"))
    mark = lab.log.mark()
    tasks = {
        attempt.id: lab.start("registry", {**CHANGE, **attempt.options(ways)}, environment=attempt.environment(ways))
        for attempt in ATTEMPTS
    }
    ended = {name: task.outcome() for name, task in tasks.items()}
    assert not lab.log.writes_since(mark)
    return ended


@pytest.mark.parametrize("attempt", [pytest.param(attempt, id=attempt.id) for attempt in ATTEMPTS])
def test_connection_that_cannot_work_says_why(lab: Lab, outcomes: dict[str, Outcome], attempt: Attempt) -> None:
    outcome = outcomes[attempt.id]
    assert outcome.result.get("failed"), outcome.result
    assert not outcome.result.get("changed")
    missing = [part for part in attempt.says if part not in outcome.result["msg"]]
    assert not missing, f"{missing} not in: {outcome.result['msg']}"
    for secret in (TOKEN, PASSWORD, lab.api.token):
        assert secret not in outcome.output
