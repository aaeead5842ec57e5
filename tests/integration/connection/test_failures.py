# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that come to nothing: at once, with words that tell what to do, and without a secret."""

import base64
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from sandbox.state import StateDirectory
from tests.integration.connection import fresh
from tests.integration.connection.client import Client

HOUR = 3600


def expired(token: str, signing_key: Path) -> str:
    """Return the token of a service account as it was some hours before, signed by the cluster's own key."""
    header, payload, _signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    for claim in ("iat", "nbf", "exp"):
        claims[claim] -= 6 * HOUR
    key = serialization.load_pem_private_key(signing_key.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signed = f"{header}.{_encoded(json.dumps(claims).encode())}"
    pair = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{signed}.{_encoded(b''.join(number.to_bytes(32, 'big') for number in pair))}"


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def test_an_expired_token(client: Client, state: StateDirectory) -> None:
    token = expired(client.token, state.certificates / "service-account.key")
    said = client.refused({"kubeconfig": client.kubeconfig({"token": token})})
    assert "does not accept the credentials" in said
    assert "has expired. Log in again" in said
    assert token not in said


def test_a_wrong_token(client: Client) -> None:
    said = client.refused({"kubeconfig": client.kubeconfig(), "api_key": "n0-such-t0ken"})
    assert "HTTP 401 Unauthorized: the API server does not accept the credentials" in said


def test_no_credentials_at_all(client: Client) -> None:
    document = client.kubeconfig()
    document["users"] = []
    missing = client.ask({"kubeconfig": document}).result["missing"]
    assert {entry["reason"] for entry in missing} == {"forbidden"}
    assert all('User "system:anonymous" cannot' in entry["message"] for entry in missing)


def test_a_host_that_nobody_knows(client: Client, tmp_path: Path) -> None:
    # The names of this machine's own files only: no question leaves it.
    (tmp_path / "nsswitch.conf").write_text("hosts: files\n", encoding="utf-8")
    args = {"host": "https://nowhere.example.com:6443", "api_key": client.token}
    result = fresh.run(tmp_path, args, {}, "mount --bind nsswitch.conf /etc/nsswitch.conf")
    assert "the API server could not be reached" in result["msg"]
    assert "nowhere.example.com" in result["msg"]
    assert "Name or service not known" in result["msg"]
    assert client.token not in str(result)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"host": "api.example.com:6443", "api_key": "t0ken"}, "It has to be a URL such as https://"),
        ({"kubeconfig": "/nowhere/kubeconfig"}, "There is no kubeconfig /nowhere/kubeconfig. Log in with"),
        ({"kubeconfig": {"users": []}}, "The kubeconfig cannot be used: "),
        ({"kubeconfig": "kind: Config\nusers: []"}, "Apply the filter from_yaml"),
    ],
)
def test_options_that_lead_nowhere(client: Client, args: dict[str, Any], said: str) -> None:
    assert said in client.refused(args)


def test_a_context_that_the_kubeconfig_lacks(client: Client) -> None:
    said = client.refused({"kubeconfig": client.kubeconfig(), "context": "production"})
    assert "Expected object with name production" in said


def test_a_file_that_is_missing(client: Client) -> None:
    said = client.refused({"kubeconfig": client.kubeconfig(), "ca_cert": "/nowhere/ca.crt"})
    assert "The CA certificates (ca_cert) cannot be read from /nowhere/ca.crt: [Errno 2] No such file" in said


def test_a_plugin_that_fails(client: Client, tmp_path: Path) -> None:
    program = tmp_path / "plugin"
    program.write_text("#!/bin/sh\necho log in first >&2; exit 3\n", encoding="utf-8")
    program.chmod(stat.S_IRWXU)
    execution = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(program)}
    mark = client.lab.log.mark()
    said = client.refused({"kubeconfig": client.kubeconfig({"exec": execution})})
    assert "The exec plugin of the kubeconfig gave no credentials: exec: process returned 3. log in first" in said
    assert client.lab.log.since(mark) == []


def test_a_variable_that_is_no_boolean(client: Client) -> None:
    said = client.refused({"kubeconfig": client.kubeconfig()}, K8S_AUTH_VERIFY_SSL="perhaps")
    assert (
        said
        == "K8S_AUTH_VERIFY_SSL is 'perhaps'. It has to be true or false. Correct the variable. [connection-options]"
    )
