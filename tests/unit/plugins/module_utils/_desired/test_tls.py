# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of routes: certificate, key and host must belong together."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired import tls
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa

from sandbox.pem import key_pem
from tests.unit.certificates import (
    CERTIFICATE,
    DAY,
    HOST,
    KEY,
    KEY_PEM,
    NOW,
    OTHER_KEY,
    OTHER_KEY_PEM,
    certificate_pem,
    issued_pem,
)

case = pytest.param
RSA = rsa.generate_private_key(65537, 2048)
SHORT_RSA = {bits: rsa.generate_private_key(65537, bits) for bits in (1024, 2047)}
ED25519 = ed25519.Ed25519PrivateKey.generate()
CA = certificate_pem(OTHER_KEY, common_name="CA")
DSA = dsa.generate_private_key(2048)
ISSUED = issued_pem(KEY, OTHER_KEY, "CA", HOST)
# What Go's crypto/x509 knows; to parse a certificate of another curve is an error.
CURVES_OF_GO = {"secp224r1", "secp256r1", "secp384r1", "secp521r1"}
CURVES = [ec.SECP224R1(), ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1(), ec.SECP256K1(), ec.BrainpoolP256R1()]
BYTE_ORDER_MARK = "\ufeff"
# How a PEM text gets its markers away from the start of a line.
MISPLACINGS: dict[str, Callable[[str], str]] = {
    "indented": lambda pem: "".join(f"  {line}\n" for line in pem.splitlines()),
    "with an indented end": lambda pem: pem.replace("-----END", "\t-----END"),
    "after a byte order mark": lambda pem: BYTE_ORDER_MARK + pem,
    "joined without a line end": lambda pem: pem.rstrip() + pem,
}
DH_PARAMETERS = "-----BEGIN DH PARAMETERS-----\nMAYCAQ8CAQI=\n-----END DH PARAMETERS-----\n"
EC_PARAMETERS = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
TORN_KEY = "\n".join(KEY_PEM.splitlines()[:2])
FOR_CLIENTS = x509.ExtendedKeyUsage([x509.OID_CLIENT_AUTH])
FOR_BOTH = x509.ExtendedKeyUsage([x509.OID_CLIENT_AUTH, x509.OID_SERVER_AUTH])
ENCRYPTED = key_pem(KEY, b"passphrase")
LEAF_WITH_CHAIN = CERTIFICATE + CA
# Of the same length: RSA with SHA-256 and with SHA-1.
RSA_SHA256, RSA_SHA1 = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")
# Of the same length: the algorithm of elliptic curves, and one that nobody knows.
EC_PUBLIC_KEY, NO_ALGORITHM = bytes.fromhex("2a8648ce3d0201"), bytes.fromhex("2a8648ce3d0a01")


def told(hostname: str | None = HOST, **pair: str | None) -> list[tuple[str, str, str]]:
    """Return what is found of a pair in which some parts are replaced: field, found, needed."""
    parts = {"certificate": CERTIFICATE, "key": KEY_PEM} | pair
    problems = list(tls.findings("Secret s", "routes[].tls", parts, hostname))
    assert {problem.subject for problem in problems} <= {"Secret s"}
    return [(problem.field.removeprefix("routes[].tls."), problem.found, problem.needed) for problem in problems]


def certificate(*names: str, **content: Any) -> str:
    """Return a certificate for the key that all pairs here have."""
    return certificate_pem(KEY, *names, **content)


def foreign(pem: str) -> str:
    """Return a PEM text with a key of an algorithm that the library does not know."""
    return replaced(pem, EC_PUBLIC_KEY, NO_ALGORITHM, 1)


def signed_with_sha1(pem: str) -> str:
    """Return a certificate whose signature says that it was made with SHA-1; libraries do not make one any more."""
    return replaced(pem, RSA_SHA256, RSA_SHA1, 2)


def replaced(pem: str, old: bytes, new: bytes, times: int) -> str:
    """Return a PEM text with other bytes in place of some that it holds so often."""
    first, *body, last = pem.splitlines()
    content = base64.b64decode("".join(body))
    assert content.count(old) == times
    changed = base64.encodebytes(content.replace(old, new)).decode()
    return f"{first}\n{changed}{last}\n"


def with_broken_names() -> str:
    """Return a certificate whose alternative names cannot be parsed."""
    broken = x509.UnrecognizedExtension(x509.OID_SUBJECT_ALTERNATIVE_NAME, b"no names")
    return certificate_pem(KEY, alternative=False, extension=broken)


@pytest.mark.parametrize(
    ("pair", "hostname"),
    [
        case({}, HOST, id="a pair for the host"),
        case({}, None, id="a host that the router chooses"),
        case({"certificate": certificate("*.example.com")}, HOST, id="a wildcard"),
        case({"certificate": certificate("other.example.org", HOST.upper())}, HOST, id="one of several names"),
        case({"certificate": LEAF_WITH_CHAIN}, HOST, id="a chain after the certificate"),
        case({"certificate": ISSUED, "ca_certificate": CA}, HOST, id="a CA certificate"),
        case({"certificate": ISSUED, "ca_certificate": certificate() + CA}, HOST, id="several CA certificates"),
        case({"ca_certificate": CERTIFICATE}, HOST, id="a certificate that is its own CA"),
        case({"key": EC_PARAMETERS + KEY_PEM}, HOST, id="parameters before the key"),
        case({"key": KEY_PEM + CERTIFICATE}, HOST, id="the certificate after the key"),
        case({"certificate": certificate(HOST, extension=FOR_BOTH)}, HOST, id="for clients and servers"),
        case(
            {"certificate": signed_with_sha1(certificate_pem(RSA, HOST)), "key": key_pem(RSA)},
            HOST,
            id="SHA-1 where nobody checks the signature",
        ),
        case({"ca_certificate": None}, HOST, id="no CA certificate"),
        case({"ca_certificate": ""}, HOST, id="an empty CA certificate"),
        case({"certificate": f"subject=CN = test\n{CERTIFICATE}"}, HOST, id="text before the certificate"),
        case({"certificate": CERTIFICATE.replace("\n", "\r\n")}, HOST, id="line ends of Windows"),
        case({"certificate": certificate_pem(RSA, HOST), "key": key_pem(RSA)}, HOST, id="RSA"),
    ],
)
def test_what_belongs_together(pair: dict[str, str], hostname: str | None) -> None:
    assert told(hostname, **pair) == []


@pytest.mark.parametrize(
    ("pair", "problem"),
    [
        *[
            case(
                {"certificate": text},
                ("certificate", "no PEM certificate", "a PEM certificate"),
                id=f"certificate {name}",
            )
            for name, text in {
                "missing": None,
                "empty": "",
                "garbage": "certificate",
                "key": KEY_PEM,
                "cut off": CERTIFICATE[:200],
                "broken": CERTIFICATE.replace("M", "N", 3),
                "unicode": "-----BEGIN CERTIFICATE-----\nä\n-----END CERTIFICATE-----\n",
                "surrogate": "\udcff",
                "for a key of an unknown algorithm": foreign(CERTIFICATE),
                "with names that cannot be parsed": with_broken_names(),
            }.items()
        ],
        *[
            case({"key": text}, ("key", "no PEM private key", "the private key of the certificate"), id=f"key {name}")
            for name, text in {
                "missing": None,
                "empty": "",
                "garbage": "key",
                "certificate": CERTIFICATE,
                "encrypted": ENCRYPTED,
                "cut off": KEY_PEM[:80],
                "surrogate": "\udcff",
                "of an unknown algorithm": foreign(KEY_PEM),
            }.items()
        ],
        case(
            {"key": OTHER_KEY_PEM},
            ("key", "the key of another certificate", "belongs to the certificate"),
            id="another key",
        ),
        case({"key": key_pem(RSA)}, ("key", "the key of another certificate", "belongs"), id="another kind of key"),
        case(
            {"certificate": CA + ISSUED},
            ("certificate", "a chain that begins with the certificate of a CA", "the certificate of the host first"),
            id="the chain before the certificate",
        ),
        *[
            case(
                {"certificate": ISSUED + block},
                ("certificate", "a text that also holds a private key", "certificates only"),
                id=f"{name} after the certificate",
            )
            for name, block in {"the key": KEY_PEM, "a torn key": TORN_KEY, "a locked key": ENCRYPTED}.items()
        ],
        case(
            {"certificate": ISSUED, "ca_certificate": CA + OTHER_KEY_PEM},
            ("ca_certificate", "a text that also holds a private key", "certificates only"),
            id="the key of the CA",
        ),
        case(
            {"certificate": CERTIFICATE + DH_PARAMETERS},
            ("certificate", "a block DH PARAMETERS", "certificates only"),
            id="DH parameters after the certificate",
        ),
        case(
            {"key": KEY_PEM + DH_PARAMETERS},
            ("key", "a block DH PARAMETERS", "the private key only"),
            id="DH parameters after the key",
        ),
        case(
            {"certificate": issued_pem(ED25519, KEY, "CA", HOST), "key": key_pem(ED25519)},
            ("key", "a Ed25519 key", "an RSA or ECDSA key"),
            id="Ed25519",
        ),
        case(
            {"certificate": issued_pem(DSA, KEY, "CA", HOST), "key": key_pem(DSA)},
            ("key", "a DSA key", "an RSA or ECDSA key"),
            id="DSA",
        ),
        case(
            {"certificate": signed_with_sha1(issued_pem(KEY, RSA, "CA", HOST))},
            ("certificate", "a CA signed with SHA-1", "SHA-256 or better"),
            id="SHA-1",
        ),
        case(
            {
                "certificate": ISSUED,
                "ca_certificate": CA + signed_with_sha1(issued_pem(OTHER_KEY, RSA, "Root", common_name="CA")),
            },
            ("ca_certificate", "a CA signed with SHA-1", "SHA-256 or better"),
            id="SHA-1 in the chain",
        ),
        case(
            {"certificate": certificate(alternative=False, common_name=HOST)},
            ("certificate", "a certificate without alternative names", HOST),
            id="the common name alone",
        ),
        case(
            {"ca_certificate": CA},
            ("ca_certificate", "CAs that did not issue the certificate", "the CA that issued it"),
            id="the chain of another certificate",
        ),
        case(
            {"certificate": issued_pem(KEY, KEY, "CA", HOST), "ca_certificate": CA},
            ("ca_certificate", "CAs that did not issue the certificate", "the CA that issued it"),
            id="another CA of the same name",
        ),
        case(
            {"certificate": certificate(HOST, extension=FOR_CLIENTS)},
            ("certificate", "does not include servers", "serverAuth"),
            id="for clients only",
        ),
        case({"ca_certificate": "CA"}, ("ca_certificate", "no PEM certificate", "the chain"), id="no CA certificate"),
        case({"ca_certificate": KEY_PEM}, ("ca_certificate", "no PEM certificate", "the chain"), id="a key for the CA"),
        case(
            {"certificate": certificate("other.example.com", "10.0.0.1")},
            ("certificate", "a certificate for other.example.com, 10.0.0.1", f"one that covers {HOST}"),
            id="another host",
        ),
        case(
            {"certificate": certificate("*.com", "*.registry.example.com")},
            ("certificate", "a certificate for *.com, *.registry.example.com", HOST),
            id="a wildcard stands for one label",
        ),
        case({"certificate": certificate()}, ("certificate", "a certificate for no host", HOST), id="no names"),
        case(
            {"certificate": certificate("other.example.com", common_name=HOST)},
            ("certificate", "a certificate for other.example.com", HOST),
            id="the common name does not count beside alternative names",
        ),
        case(
            {"certificate": certificate(HOST, starts=NOW - 2 * DAY, ends=NOW - DAY)},
            ("certificate", f"a certificate that expired on {NOW - DAY:%Y-%m-%d}", "a valid one"),
            id="expired",
        ),
        case(
            {"certificate": certificate(HOST, starts=NOW + DAY, ends=NOW + 2 * DAY)},
            ("certificate", f"a certificate that is valid only from {NOW + DAY:%Y-%m-%d %H:%M} UTC", "a valid one"),
            id="not yet valid",
        ),
    ],
)
def test_what_does_not_belong_together(pair: dict[str, str], problem: tuple[str, str, str]) -> None:
    field, found, needed = problem
    problems = told(**pair)
    assert [told_field for told_field, _found, _needed in problems] == [field]
    assert found in problems[0][1]
    assert needed in problems[0][2]


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
def test_the_router_takes_the_curves_that_go_knows(curve: ec.EllipticCurve) -> None:
    key = ec.generate_private_key(curve)
    pair = {"certificate": certificate_pem(key, HOST), "key": key_pem(key)}
    assert (told(**pair) == []) is (curve.name in CURVES_OF_GO)
    issued = {"certificate": issued_pem(KEY, key, "CA", HOST), "ca_certificate": certificate_pem(key, common_name="CA")}
    assert (told(**issued) == []) is (curve.name in CURVES_OF_GO)


@pytest.mark.parametrize("bits", SHORT_RSA)
def test_a_short_rsa_key_is_told_once_wherever_it_stands(bits: int) -> None:
    key = SHORT_RSA[bits]
    own = told(certificate=certificate_pem(key, HOST), key=key_pem(key))
    assert own == [("key", f"an RSA key of {bits} bits", "2048 bits or more")]
    authority, issued = certificate_pem(key, common_name="CA"), issued_pem(KEY, key, "CA", HOST)
    found = f"a certificate with an RSA key of {bits} bits"
    assert told(certificate=issued, ca_certificate=authority) == [("ca_certificate", found, "2048 bits or more")]
    assert told(certificate=issued + authority) == [("certificate", found, "2048 bits or more")]


@pytest.mark.parametrize("misplacing", MISPLACINGS)
@pytest.mark.parametrize("part", ["certificate", "ca_certificate", "key"])
def test_a_block_that_go_passes_over_is_no_block(part: str, misplacing: str) -> None:
    pair = {"certificate": CERTIFICATE, "ca_certificate": CERTIFICATE, "key": KEY_PEM}
    problems = told(**{**pair, part: MISPLACINGS[misplacing](pair[part])})
    assert [field for field, _found, _needed in problems] == [part]


@pytest.mark.parametrize("misplacing", MISPLACINGS)
def test_a_block_that_go_passes_over_is_none_in_a_bundle(misplacing: str) -> None:
    assert tls.bundle_problem(MISPLACINGS[misplacing](CA)) is not None


def test_every_problem_is_told() -> None:
    expired = certificate_pem(KEY, "other.example.com", ends=NOW - DAY, starts=NOW - 2 * DAY)
    assert [field for field, _found, _needed in told(certificate=expired, key=OTHER_KEY_PEM, ca_certificate="x")] == [
        "ca_certificate",
        "key",
        "certificate",
        "certificate",
    ]


@pytest.mark.parametrize(
    "pair",
    [{"key": OTHER_KEY_PEM}, {"key": ENCRYPTED}, {"certificate": KEY_PEM}],
    ids=["other", "encrypted", "mixed up"],
)
def test_no_key_is_repeated(pair: dict[str, str]) -> None:
    shown = repr(told(**pair))
    lines = [line for text in pair.values() for line in text.splitlines() if "-----" not in line]
    assert lines
    assert not [line for line in lines if line in shown]


def test_a_secret_that_the_user_made_is_called_by_the_option_that_names_it() -> None:
    pair = {"certificate": CERTIFICATE, "key": OTHER_KEY_PEM}
    assert [problem.field for problem in tls.findings("Secret s", "routes[].secret_name", pair, HOST)] == [
        "routes[].secret_name"
    ]


@pytest.mark.parametrize(
    ("names", "hostname", "covered"),
    [
        (["a.example.com"], "a.example.com", True),
        (["a.example.com"], "A.Example.COM", True),
        (["A.EXAMPLE.COM"], "a.example.com", True),
        (["a.example.com"], "a.example.com.", True),
        (["*.example.com"], "a.example.com", True),
        (["*.example.com"], "a.b.example.com", False),
        (["*.example.com"], "example.com", False),
        (["example.com"], "a.example.com", False),
        (["*"], "localhost", False),
        (["localhost"], "localhost", True),
        (["a*.example.com"], "ab.example.com", False),
        ([], "a.example.com", False),
    ],
)
def test_which_names_cover_a_host(names: list[str], hostname: str, covered: bool) -> None:
    assert tls.covers(names, hostname) is covered


@pytest.mark.parametrize(
    ("text", "code"),
    [
        case(CA, None, id="one"),
        case(CA + CERTIFICATE, None, id="two"),
        case("", "no-pem-certificate", id="nothing"),
        case(KEY_PEM, "no-pem-certificate", id="a key"),
        case(CA + KEY_PEM, "key-in-certificate", id="a key after a certificate"),
        case(
            CA + "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n",
            "no-pem-certificate",
            id="one of two is broken",
        ),
    ],
)
def test_bundles_of_certificates(text: str, code: str | None) -> None:
    problem = tls.bundle_problem(text)
    assert (problem and problem[0]) == code


def test_the_clock_is_read_when_the_certificate_is_checked() -> None:
    soon = certificate(HOST, ends=datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=5))
    assert told(certificate=soon) == []
