# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: whether the router can serve with the certificate that a Route brings along.

It wants PEM that can be read, a key without a passphrase that belongs to the certificate, and, beside authorities, a
certificate that one of them signed. It does not look at the host and at the time: clients do.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\s(.*?)-----END \1-----", re.DOTALL)
_KEYS = ("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ECDSA PRIVATE KEY")
_OTHERS = ("CERTIFICATE", "PUBLIC KEY", "RSA PUBLIC KEY", "DSA PUBLIC KEY", "ECDSA PUBLIC KEY", "EC PARAMETERS")


def problem(tls: Mapping[str, str]) -> str:
    """Why the router refuses spec.tls of a Route, in its words and without a value; empty when it does not."""
    found = list(_problems(tls))
    return f"[{', '.join(found)}]" if len(found) > 1 else "".join(found)


def _problems(tls: Mapping[str, str]) -> Iterator[str]:
    authorities = certificate = None
    keys: list[Any] = []
    try:
        authorities = _certificates(tls["caCertificate"]) if tls.get("caCertificate") else None
    except ValueError as error:
        yield _invalid("caCertificate", "redacted ca certificate data", f"failed to parse CA certificate: {error}")
    try:
        if tls.get("certificate"):
            certificate = _certificates(tls["certificate"])[0]
            _require_signed(certificate, authorities)
            keys += _private_keys(tls["certificate"])
    except ValueError as error:
        yield _invalid("certificate", "redacted certificate data", str(error))
    try:
        keys += _private_keys(tls.get("key", ""))
        if certificate is not None:
            yield from _pair_problems(certificate, keys)
    except ValueError as error:
        yield _invalid("key", "redacted key data", str(error))


def _pair_problems(certificate: x509.Certificate, keys: list[Any]) -> Iterator[str]:
    if not keys:
        yield _invalid("key", "", "no key specified")
    elif type(certificate.public_key()) is not type(keys[0].public_key()):
        yield _invalid("key", "redacted key data", "tls: private key type does not match public key type")
    elif _public_bytes(certificate) != _public_bytes(keys[0]):
        yield _invalid("key", "redacted key data", "tls: private key does not match public key")


def _invalid(field: str, value: str, detail: str) -> str:
    return f'spec.tls.{field}: Invalid value: "{value}": {detail}'


def _blocks(text: str) -> list[tuple[str, bytes]]:
    """Kind and content of each PEM block; what is no block is left out, as the router does."""
    return [(kind, base64.b64decode(body)) for kind, body in _PEM.findall(text)]


def _certificates(text: str) -> list[x509.Certificate]:
    found = [content for kind, content in _blocks(text) if kind == "CERTIFICATE"]
    if not found:
        raise ValueError("data does not contain any valid RSA or ECDSA certificates")
    return [_read(x509.load_der_x509_certificate, content, "x509: malformed certificate") for content in found]


def _private_keys(text: str) -> list[Any]:
    keys = []
    for kind, content in _blocks(text):
        if kind in _KEYS:
            refused = f"block {kind} is not valid"
            key = _read(lambda der: load_der_private_key(der, None), content, refused)
            if not isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
                raise ValueError(refused)
            keys.append(key)
        elif kind not in _OTHERS:
            raise ValueError(f"unrecognized PEM block {kind}")
    return keys


def _read(load: Callable[[bytes], Any], content: bytes, refused: str) -> Any:
    try:
        loaded = load(content)
        # What is wrong with the key inside shows only when it is asked for.
        loaded.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError(refused) from error
    return loaded


def _require_signed(certificate: x509.Certificate, authorities: list[x509.Certificate] | None) -> None:
    if authorities is not None and not any(_signed(certificate, authority) for authority in authorities):
        raise ValueError("error verifying certificate: x509: certificate signed by unknown authority")


def _signed(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    if certificate == authority:
        return True
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _public_bytes(holder: Any) -> bytes:
    encoded: bytes = holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return encoded
