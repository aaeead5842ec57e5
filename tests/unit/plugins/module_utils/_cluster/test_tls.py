# SPDX-License-Identifier: GPL-3.0-or-later
"""The context of TLS handshakes: inline keys leave nothing behind."""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._cluster import tls
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.connection import Connection, Pem
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import AuthenticationSetupError

from sandbox.pem import self_signed

SERVER = "https://api.example.com:6443"
CERTIFICATE, KEY = (text.encode() for text in self_signed("a.example.com"))
OTHER_KEY = self_signed("b.example.com")[1].encode()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def connection(key: bytes, ca: bytes = CERTIFICATE) -> Connection:
    return Connection(
        SERVER,
        ca=Pem("the CA", ca),
        client_certificate=Pem("client-certificate-data in the kubeconfig", CERTIFICATE),
        client_key=Pem("client-key-data in the kubeconfig", key),
    )


def test_inline_certificates_are_used_and_leave_no_file(temporary: Path) -> None:
    context = tls.context(connection(KEY))
    assert context.cert_store_stats()["x509"] == 1
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("key", [OTHER_KEY, b"no key"], ids=["another key", "no key"])
def test_a_key_that_cannot_be_used_leaves_no_file_either(temporary: Path, key: bytes) -> None:
    with pytest.raises(AuthenticationSetupError, match="client-certificate-data in the kubeconfig and client-key-data"):
        tls.context(connection(key))
    assert list(temporary.iterdir()) == []


def test_a_ca_that_cannot_be_used_is_told() -> None:
    with pytest.raises(AuthenticationSetupError, match=r"CA certificates \(ca_cert\) cannot be read from the CA"):
        tls.context(connection(KEY, ca=b"no certificate"))


def test_without_verification_nothing_is_required() -> None:
    context = tls.context(Connection(SERVER, verify=False))
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_NONE, False)


def test_for_a_proxy_no_client_certificate_is_loaded(temporary: Path) -> None:
    assert tls.trusting(connection(b"no key")).cert_store_stats()["x509"] == 1
