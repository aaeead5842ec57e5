# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and keys, made on the spot."""

from __future__ import annotations

import datetime
import ipaddress
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


def new_key() -> Any:
    """Return a private key."""
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: Any, passphrase: bytes | None = None) -> str:
    """Return a private key as PEM text, encrypted if there is a passphrase."""
    protection = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection).decode()


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
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
    )
    if alternative:
        builder = builder.add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
    if extension:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def _name(name: str) -> Any:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


HOST = "registry.example.com"
KEY = new_key()
OTHER_KEY = new_key()
KEY_PEM = key_pem(KEY)
OTHER_KEY_PEM = key_pem(OTHER_KEY)
CERTIFICATE = certificate_pem(KEY, HOST)
