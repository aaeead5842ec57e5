# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates for the registry's routes, as the demo and the tests need them.

`python -m sandbox.pem DIRECTORY HOSTNAME` writes one to files.
"""

import datetime
import ipaddress
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def self_signed(
    *hostnames: str,
    starts: datetime.timedelta = datetime.timedelta(hours=-1),
    ends: datetime.timedelta = datetime.timedelta(days=30),
    passphrase: bytes | None = None,
) -> tuple[str, str]:
    """Return a certificate and its private key as PEM texts.

    hostnames: the alternative names; the first is the common name too. starts, ends: validity, relative to now.
    passphrase: encrypts the key.
    """
    key = new_key()
    now = datetime.datetime.now(datetime.UTC)
    certificate = certificate_of(key, hostnames[0], now + starts, now + ends, alternative_names(*hostnames))
    return certificate, key_pem(key, passphrase)


def signed(hostname: str) -> tuple[str, str, str]:
    """Return a certificate for a host, its private key, and the authority that signed it, as PEM texts."""
    authority_key, key = new_key(), new_key()
    now = datetime.datetime.now(datetime.UTC)
    starts, ends = now - datetime.timedelta(hours=1), now + datetime.timedelta(days=30)
    is_authority = x509.BasicConstraints(ca=True, path_length=None)
    authority = certificate_of(authority_key, "ca.example.com", starts, ends, is_authority)
    issuer = Issuer("ca.example.com", authority_key)
    certificate = certificate_of(key, hostname, starts, ends, alternative_names(hostname), issuer=issuer)
    return certificate, key_pem(key), authority


def new_key() -> Any:
    """Return a private key."""
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: Any, passphrase: bytes | None = None) -> str:
    """Return a private key as PEM text, encrypted if there is a passphrase."""
    protection = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    pem: bytes = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)
    return pem.decode()


@dataclass(frozen=True)
class Issuer:
    """Common name and key of who signs a certificate."""

    name: str
    key: Any


def certificate_of(
    key: Any,
    name: str,
    starts: datetime.datetime,
    ends: datetime.datetime,
    *extensions: x509.ExtensionType,
    issuer: Issuer | None = None,
) -> str:
    """Return a certificate for a key as PEM text, signed by itself if no issuer is given; name: its common name."""
    issuer = issuer or Issuer(name, key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_common_name(name))
        .issuer_name(_common_name(issuer.name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    pem: bytes = builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    return pem.decode()


def _common_name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def alternative_names(*names: str) -> x509.SubjectAlternativeName:
    """Return the extension with these DNS names and IP addresses."""
    return x509.SubjectAlternativeName([_alternative_name(name) for name in names])


def write_self_signed(directory: Path, hostname: str) -> None:
    """Write a certificate and its private key to registry.crt and registry.key in a directory."""
    directory.mkdir(mode=0o700, exist_ok=True)
    for name, text in zip(("registry.crt", "registry.key"), self_signed(hostname), strict=True):
        (directory / name).write_text(text, encoding="utf-8")


def _alternative_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


if __name__ == "__main__":
    write_self_signed(Path(sys.argv[1]), sys.argv[2])
