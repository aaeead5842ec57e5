# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates for the registry's routes, as the demo and the tests need them.

`python -m sandbox.pem DIRECTORY HOSTNAME` writes one to files.
"""

import datetime
import sys
from pathlib import Path

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
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hostnames[0])])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + starts)
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hostnames]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encryption = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    return certificate.public_bytes(serialization.Encoding.PEM).decode(), private.decode()


def write_self_signed(directory: Path, hostname: str) -> None:
    """Write a certificate and its private key to registry.crt and registry.key in a directory."""
    directory.mkdir(mode=0o700, exist_ok=True)
    for name, text in zip(("registry.crt", "registry.key"), self_signed(hostname), strict=True):
        (directory / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_self_signed(Path(sys.argv[1]), sys.argv[2])
