# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and certificates: a CA of this sandbox, the API server's and its users', the service account key."""

import datetime
import ipaddress
import os
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID = datetime.timedelta(days=365)


def write_certificates(directory: Path) -> None:
    """Write the files of `directory`, which must not exist: {ca,server}.{crt,key} and service-account.key."""
    directory.mkdir(mode=0o700)
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca = _sign(_name("sandbox-ca"), ca_key.public_key(), _name("sandbox-ca"), ca_key)
    server_key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    server = _sign(
        _name("kube-apiserver"),
        server_key.public_key(),
        ca.subject,
        ca_key,
        x509.SubjectAlternativeName(names),
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
    )
    (directory / "ca.crt").write_bytes(_certificate_pem(ca))
    (directory / "server.crt").write_bytes(_certificate_pem(server))
    for name, key in (
        ("ca.key", ca_key),
        ("server.key", server_key),
        ("service-account.key", ec.generate_private_key(ec.SECP256R1())),
    ):
        _write_private(directory / name, _key_pem(key))


def client_certificate(directory: Path, user: str, groups: Iterable[str] = ()) -> tuple[bytes, bytes]:
    """Return a certificate that the API server takes for `user` in `groups`, and its key, as PEM.

    `directory` is one that `write_certificates` has filled.
    """
    ca = x509.load_pem_x509_certificate((directory / "ca.crt").read_bytes())
    ca_key = serialization.load_pem_private_key((directory / "ca.key").read_bytes(), password=None)
    assert isinstance(ca_key, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _sign(
        _name(user, groups),
        key.public_key(),
        ca.subject,
        ca_key,
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]),
    )
    return _certificate_pem(certificate), _key_pem(key)


def _name(common_name: str, organizations: Iterable[str] = ()) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
            *(x509.NameAttribute(NameOID.ORGANIZATION_NAME, name) for name in organizations),
        ]
    )


def _sign(
    subject: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    *leaf_extensions: x509.ExtensionType,
) -> x509.Certificate:
    """Return a certificate, that of a CA if there are no extensions of a leaf."""
    is_ca = not leaf_extensions
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + VALID)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(_key_usage(is_ca), critical=True)
    )
    for extension in leaf_extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _key_usage(is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )


def _certificate_pem(certificate: x509.Certificate) -> bytes:
    pem: bytes = certificate.public_bytes(serialization.Encoding.PEM)
    return pem


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    pem: bytes = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    return pem


def _write_private(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
