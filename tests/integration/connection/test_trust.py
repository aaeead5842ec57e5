# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the API server is who it says: verified unless that is turned off, which is never silent."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.pem import self_signed
from tests.integration import accounts
from tests.integration.connection.client import Client
from tests.integration.connection.proxy import Proxy

READER = accounts.user(accounts.READER)
UNTRUSTED = "its certificate is not trusted"


def insecure(client: Client, **cluster: Any) -> dict[str, Any]:
    """Return a kubeconfig without a CA."""
    document = client.kubeconfig(**cluster)
    del document["clusters"][0]["cluster"]["certificate-authority"]
    return document


def test_ca_in_a_file(client: Client) -> None:
    client.asked_as(READER, {"kubeconfig": insecure(client), "ca_cert": str(client.authority)})


def test_ca_inline(client: Client) -> None:
    document = insecure(client, **{"certificate-authority-data": client.authority_data})
    client.asked_as(READER, {"kubeconfig": document})


def test_an_unknown_ca_is_not_trusted(client: Client) -> None:
    said = client.refused({"host": client.server, "api_key": client.token})
    assert UNTRUSTED in said
    assert "Give the CA that issued it as ca_cert" in said


def test_another_ca_is_not_trusted(client: Client, tmp_path: Path) -> None:
    other = tmp_path / "other.crt"
    other.write_text(self_signed("ca.example.com")[0], encoding="utf-8")
    mark = client.lab.log.mark()
    assert UNTRUSTED in client.refused({"kubeconfig": client.kubeconfig(), "ca_cert": str(other)})
    assert client.lab.log.since(mark) == []


def test_the_name_has_to_be_in_the_certificate(client: Client) -> None:
    with Proxy(client.address) as proxy:
        said = client.refused(
            {"kubeconfig": client.kubeconfig(), "proxy": proxy.url, "host": "https://api.example.com:6443"}
        )
    assert UNTRUSTED in said
    assert "api.example.com" in said
    assert "Connect to a host name that the certificate contains" in said


def test_another_name_can_be_expected(client: Client) -> None:
    with Proxy(client.address) as proxy:
        document = client.kubeconfig(
            server="https://api.example.com:6443", **{"tls-server-name": "localhost", "proxy-url": proxy.url}
        )
        client.asked_as(READER, {"kubeconfig": document})
        document["clusters"][0]["cluster"]["tls-server-name"] = "other.example.com"
        assert UNTRUSTED in client.refused({"kubeconfig": document})


@pytest.mark.parametrize(
    ("args", "variables", "cluster"),
    [
        ({"validate_certs": False}, {}, {}),
        ({"verify_ssl": False}, {}, {}),
        ({}, {"K8S_AUTH_VALIDATE_CERTS": "false"}, {}),
        ({}, {"K8S_AUTH_VERIFY_SSL": "False"}, {}),
        ({}, {}, {"insecure-skip-tls-verify": True}),
    ],
)
def test_verification_can_be_turned_off_with_a_warning(
    client: Client, args: dict[str, Any], variables: dict[str, str], cluster: dict[str, Any]
) -> None:
    answer = client.ask({"kubeconfig": insecure(client, **cluster), **args}, **variables)
    assert not answer.result.get("failed"), answer.result["msg"]
    assert answer.users == {READER}
    (warning,) = answer.warnings
    assert "The identity of the API server is not verified" in warning


def test_the_option_turns_verification_on_again(client: Client) -> None:
    document = insecure(client, **{"insecure-skip-tls-verify": True})
    assert UNTRUSTED in client.refused({"kubeconfig": document, "validate_certs": True})
    assert UNTRUSTED in client.refused({"kubeconfig": document}, K8S_AUTH_VERIFY_SSL="True")
