# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and keys, made on the spot."""

from __future__ import annotations

import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from sandbox.pem import alternative_names, certificate_of, key_pem, new_key

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


def certificate_pem(
    key: Any,
    *names: str,
    common_name: str = "test",
    alternative: bool = True,
    starts: datetime.datetime = NOW - DAY,
    ends: datetime.datetime = NOW + DAY,
    extension: x509.ExtensionType | None = None,
) -> str:
    """Return a self-signed certificate as PEM text.

    names: DNS names and IP addresses among the alternative names; alternative: whether it has any at all;
    extension: one more extension.
    """
    extensions = [*([alternative_names(*names)] if alternative else []), *([extension] if extension else [])]
    return certificate_of(key, common_name, starts, ends, *extensions)


def issued_pem(key: Any, issuer_key: Any, issuer: str, *names: str, common_name: str = "test") -> str:
    """Return a certificate that a CA signs, as PEM text; issuer: the CA's common name."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(_called(common_name))
        .issuer_name(_called(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
        .add_extension(alternative_names(*names), critical=False)
    )
    pem: bytes = builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    return pem.decode()


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


HOST = "registry.example.com"
KEY = new_key()
OTHER_KEY = new_key()
KEY_PEM = key_pem(KEY)
OTHER_KEY_PEM = key_pem(OTHER_KEY)
CERTIFICATE = certificate_pem(KEY, HOST)
