# SPDX-License-Identifier: GPL-3.0-or-later
"""Which certificates the router serves with."""

from __future__ import annotations

import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from sandbox import pem
from sandbox.router.certificates import problem

HOST = "registry.example.com"
CERTIFICATE, KEY = pem.self_signed(HOST)
OTHER, OTHER_KEY = pem.self_signed(HOST)
_OTHERS_NAME, LOCKED_KEY = pem.self_signed(HOST, passphrase=b"secret")
EXPIRED, EXPIRED_KEY = pem.self_signed(HOST, ends=datetime.timedelta(minutes=-1))
RSA_KEY = pem.key_pem(rsa.generate_private_key(65537, 2048))
ED25519_KEY = pem.key_pem(ed25519.Ed25519PrivateKey.generate())
NOT_DER = "-----BEGIN CERTIFICATE-----\nMTIz\n-----END CERTIFICATE-----\n"

NO_CERTIFICATE = "data does not contain any valid RSA or ECDSA certificates"
BAD_CERTIFICATE = 'spec.tls.certificate: Invalid value: "redacted certificate data": '
BAD_KEY = 'spec.tls.key: Invalid value: "redacted key data": '
BAD_AUTHORITY = 'spec.tls.caCertificate: Invalid value: "redacted ca certificate data": '


@pytest.mark.parametrize(
    "tls",
    [
        {},
        {"termination": "reencrypt"},
        {"certificate": CERTIFICATE, "key": KEY},
        {"certificate": CERTIFICATE + KEY},
        {"certificate": f"a comment\n{CERTIFICATE}{OTHER}", "key": KEY},
        {"certificate": CERTIFICATE, "key": KEY, "caCertificate": OTHER + CERTIFICATE},
        {"certificate": EXPIRED, "key": EXPIRED_KEY},
        {"key": KEY},
    ],
)
def test_the_router_serves_with(tls: dict[str, str]) -> None:
    assert problem(tls) == ""


@pytest.mark.parametrize(
    ("tls", "said"),
    [
        ({"certificate": "no PEM", "key": KEY}, f"{BAD_CERTIFICATE}{NO_CERTIFICATE}"),
        ({"certificate": CERTIFICATE.removesuffix("-----\n"), "key": KEY}, f"{BAD_CERTIFICATE}{NO_CERTIFICATE}"),
        ({"certificate": NOT_DER, "key": KEY}, f"{BAD_CERTIFICATE}x509: malformed certificate"),
        ({"certificate": CERTIFICATE}, 'spec.tls.key: Invalid value: "": no key specified'),
        ({"certificate": CERTIFICATE, "key": "no PEM"}, 'spec.tls.key: Invalid value: "": no key specified'),
        ({"certificate": CERTIFICATE, "key": LOCKED_KEY}, f"{BAD_KEY}unrecognized PEM block ENCRYPTED PRIVATE KEY"),
        ({"certificate": CERTIFICATE, "key": ED25519_KEY}, f"{BAD_KEY}block PRIVATE KEY is not valid"),
        ({"certificate": CERTIFICATE, "key": OTHER_KEY}, f"{BAD_KEY}tls: private key does not match public key"),
        (
            {"certificate": CERTIFICATE, "key": RSA_KEY},
            f"{BAD_KEY}tls: private key type does not match public key type",
        ),
        ({"certificate": OTHER + CERTIFICATE, "key": KEY}, f"{BAD_KEY}tls: private key does not match public key"),
        (
            {"certificate": CERTIFICATE, "key": KEY, "caCertificate": "no PEM"},
            f"{BAD_AUTHORITY}failed to parse CA certificate: {NO_CERTIFICATE}",
        ),
        (
            {"certificate": CERTIFICATE, "key": KEY, "caCertificate": OTHER},
            f"{BAD_CERTIFICATE}error verifying certificate: x509: certificate signed by unknown authority",
        ),
        (
            {"certificate": "no PEM", "key": LOCKED_KEY},
            f"[{BAD_CERTIFICATE}{NO_CERTIFICATE}, {BAD_KEY}unrecognized PEM block ENCRYPTED PRIVATE KEY]",
        ),
    ],
)
def test_the_router_refuses(tls: dict[str, str], said: str) -> None:
    assert problem(tls) == said


def test_a_certificate_that_its_authority_signed() -> None:
    certificate, key, authority = pem.signed(HOST)
    assert problem({"certificate": certificate, "key": key, "caCertificate": OTHER + authority}) == ""
    assert problem({"certificate": certificate + authority, "key": key}) == ""
    assert "unknown authority" in problem({"certificate": certificate, "key": key, "caCertificate": OTHER})
