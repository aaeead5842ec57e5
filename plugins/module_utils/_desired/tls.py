# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether OpenShift's router and the clients take a certificate, its key and a host name together."""

from __future__ import annotations

import datetime
import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ansible.module_utils.basic import missing_required_lib
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding, MissingLibrary

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
except ImportError:  # reported when a certificate has to be checked
    x509 = None

_BEGINNING = re.compile(r"-----BEGIN ([^-]+)-----")
_PRIVATE_KEY = re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?-----END \1-----", re.DOTALL)
# What the router takes, or takes out, in a text; it does not admit a Route with other blocks.
_BLOCKS = {"CERTIFICATE", "PUBLIC KEY", "RSA PUBLIC KEY", "DSA PUBLIC KEY", "ECDSA PUBLIC KEY", "EC PARAMETERS"}
_KEY = "PRIVATE KEY"
# Go, in which the router is written, passes over a block whose first or last line has something before it.
_MISPLACED_BLOCK = "a PEM block that does not begin and end at the start of a line"
_MISPLACED = re.compile(r"(?<=[^\n])-----(BEGIN|END) ")
# The curves that Go knows, as cryptography calls them.
_CURVES = {"secp224r1": "P-224", "secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
# HAProxy does not start with a shorter one where OpenSSL has the security level of RHEL 9.
_RSA_BITS = 2048
# The router trusts no CA's signature that is made with one of these.
_WEAK = {"md2": "MD2", "md5": "MD5", "sha1": "SHA-1"}


class _Problem(NamedTuple):
    """What is wrong. part: which of the texts of a pair."""

    code: str
    part: str
    found: str
    needed: str
    remedy: str


def findings(subject: str, field: str, pair: Mapping[str, str | None], hostname: str | None) -> Iterator[Finding]:
    """Yield what is wrong with a pair of PEM texts (certificate, key, optionally ca_certificate).

    hostname is what the certificate must cover, None if the router chooses it. No value is repeated in a finding.
    """
    _require_library()
    for problem in _problems(pair, hostname):
        # The finding names the option that the user wrote: a Secret's content has none of its own.
        name = field if field.endswith("secret_name") else f"{field}.{problem.part}"
        yield Finding(problem.code, subject, name, problem.found, problem.needed, problem.remedy)


def bundle_problem(pem: str) -> tuple[str, str] | None:
    """Return code and words for what keeps pem from being one certificate or more, and nothing else; None if it is."""
    _require_library()
    if not _certificates(pem):
        return "no-pem-certificate", "no PEM certificates"
    if _MISPLACED.search(pem):
        return "pem-misplaced", _MISPLACED_BLOCK
    return ("key-in-certificate", "a text that also holds a private key") if _holds_key(pem) else None


def covers(certificate_names: list[str], hostname: str) -> bool:
    """Whether one of the names covers hostname; ``*`` stands for exactly one label on the left (RFC 6125)."""
    host = hostname.lower().rstrip(".")
    _label, _dot, parent = host.partition(".")
    return any(name.lower() in (host, f"*.{parent}") for name in certificate_names)


def _require_library() -> None:
    if x509 is None:
        raise MissingLibrary(missing_required_lib("cryptography", reason="to check certificates"))


def _problems(pair: Mapping[str, str | None], hostname: str | None) -> Iterator[_Problem]:
    chain, key = _certificates(pair.get("certificate")), _key(pair.get("key"))
    issuers = _certificates(pair.get("ca_certificate"))
    if not chain:
        yield _Problem(
            "no-pem-certificate", "certificate", "no PEM certificate", "a PEM certificate", "Give the file's content."
        )
    if key is None:
        yield _Problem(
            "no-pem-key",
            "key",
            "no PEM private key without a passphrase",
            "the private key of the certificate, as PEM",
            "Give the file's content. Remove a passphrase first, because the router cannot ask for it.",
        )
    elif not isinstance(key, (RSAPrivateKey, EllipticCurvePrivateKey)):
        yield _Problem(
            "key-type",
            "key",
            f"a {type(key).__name__.strip('_').replace('PrivateKey', '')} key",
            "an RSA or ECDSA key",
            "The router takes no other kind. Request a certificate for another key.",
        )
    if pair.get("ca_certificate") and not issuers:
        yield _Problem(
            "no-pem-certificate",
            "ca_certificate",
            "no PEM certificate",
            "the PEM certificates of the chain",
            "Correct it.",
        )
    for part, there in (("certificate", chain), ("ca_certificate", issuers), ("key", key)):
        if there:
            yield from _block_problems(part, pair.get(part) or "")
    if key is not None:
        yield from _strength_problems("key", [key.public_key()], "")
    for part, certificates in (("certificate", chain), ("ca_certificate", issuers)):
        yield from _signature_problems(part, certificates)
        # What is wrong with the key itself is said of the key.
        others = [entry.public_key() for entry in certificates if key is None or not _have_same_key(entry, key)]
        yield from _strength_problems(part, others, "a certificate with ")
    if chain:
        yield from _pair_problems(chain, key, issuers, hostname)


def _block_problems(part: str, text: str) -> Iterator[_Problem]:
    if _MISPLACED.search(text):
        yield _Problem(
            "pem-misplaced",
            part,
            _MISPLACED_BLOCK,
            "each -----BEGIN and -----END at the start of a line",
            "The router cannot read it. Take out blanks and a byte order mark before them, and begin a new line.",
        )
    if part != "key" and _holds_key(text):
        yield _Problem(
            "key-in-certificate",
            part,
            "a text that also holds a private key",
            "certificates only",
            "Whoever may read the Route could read the key. Give the private key as key only; if it was stored here "
            "before, replace it.",
        )
    others = {block for block in _BEGINNING.findall(text) if block not in _BLOCKS and not block.endswith(_KEY)}
    if others:
        yield _Problem(
            "pem-block",
            part,
            f"a block {' and '.join(sorted(others))}",
            "the private key only" if part == "key" else "certificates only",
            "The router does not admit a Route with such a block. Remove it.",
        )


def _strength_problems(part: str, keys: Iterable[Any], holder: str) -> Iterator[_Problem]:
    """Yield the kinds of public keys that the router does not take; holder: what a message says before the key."""
    for key in keys:
        if isinstance(key, RSAPublicKey) and key.key_size < _RSA_BITS:
            yield _Problem(
                "key-short",
                part,
                f"{holder}an RSA key of {key.key_size} bits",
                f"{_RSA_BITS} bits or more",
                "The router does not start with it. Request a certificate for a longer key.",
            )
        elif isinstance(key, EllipticCurvePublicKey) and key.curve.name not in _CURVES:
            yield _Problem(
                "key-curve",
                part,
                f"{holder}an ECDSA key on the curve {key.curve.name}",
                f"one of the curves {', '.join(_CURVES.values())}",
                "The router takes no other curve. Request a certificate for another key.",
            )


def _signature_problems(part: str, certificates: list[Any]) -> Iterator[_Problem]:
    weak = {_WEAK[name] for name in map(_signed_with, certificates) if name in _WEAK}
    if weak:
        yield _Problem(
            "weak-signature",
            part,
            f"a certificate that a CA signed with {' and '.join(sorted(weak))}",
            "a signature with SHA-256 or better",
            "The router does not admit a Route with it. Have a new certificate issued.",
        )


def _pair_problems(chain: list[Any], key: Any, issuers: list[Any], hostname: str | None) -> Iterator[_Problem]:
    fitting = [entry for entry in chain if key is not None and _have_same_key(entry, key)]
    certificate = (fitting or chain)[0]
    if key is not None and not fitting:
        yield _Problem(
            "key-of-another-certificate",
            "key",
            "the key of another certificate",
            "the key that belongs to the certificate",
            "Check that both files come from the same request.",
        )
    elif fitting and certificate is not chain[0]:
        yield _Problem(
            "chain-order",
            "certificate",
            "a chain that begins with the certificate of a CA",
            "the certificate of the host first",
            "Put the certificate that belongs to the key first, and after it each certificate before the one that "
            "issued it.",
        )
    yield from _name_problems(certificate, hostname)
    if issuers and not any(_has_issued(issuer, certificate) for issuer in issuers):
        yield _Problem(
            "ca-of-another-certificate",
            "ca_certificate",
            "certificates of CAs that did not issue the certificate",
            "the certificate of the CA that issued it, with those above that",
            "The router does not admit the Route otherwise. Give the chain of this certificate, or leave it out.",
        )
    yield from _validity(certificate)


def _name_problems(certificate: Any, hostname: str | None) -> Iterator[_Problem]:
    names, purposes = _names(certificate), _purposes(certificate)
    if names is None:
        yield _Problem(
            "certificate-without-san",
            "certificate",
            "a certificate without alternative names (SAN)",
            f"one that has {hostname or 'its host'} among them",
            "Podman and other clients do not look at the common name. Request a certificate with alternative names.",
        )
    elif hostname and not covers(names, hostname):
        yield _Problem(
            "certificate-for-another-host",
            "certificate",
            f"a certificate for {', '.join(names) or 'no host'}",
            f"one that covers {hostname}",
            "Browsers and podman refuse it otherwise. Request a certificate with this name, or change hostname.",
        )
    if purposes and not purposes & {x509.OID_SERVER_AUTH, x509.ObjectIdentifier("2.5.29.37.0")}:
        yield _Problem(
            "certificate-not-for-servers",
            "certificate",
            "a certificate whose extended key usage does not include servers",
            "one for servers (serverAuth)",
            "Clients refuse it. Request a certificate for a server.",
        )


def _validity(certificate: Any) -> Iterator[_Problem]:
    now = datetime.datetime.now(datetime.timezone.utc)
    starts, ends = (_utc(certificate, name) for name in ("not_valid_before", "not_valid_after"))
    if now > ends:
        found = f"a certificate that expired on {ends:%Y-%m-%d}"
        yield _Problem("certificate-expired", "certificate", found, "a valid one", "Renew it.")
    elif now < starts:
        found = f"a certificate that is valid only from {starts:%Y-%m-%d %H:%M} UTC"
        remedy = "Check the clock of this machine and of the issuer."
        yield _Problem("certificate-not-yet-valid", "certificate", found, "a valid one", remedy)


def _utc(certificate: Any, name: str) -> datetime.datetime:
    # cryptography before 42 gives times without a zone only.
    moment: datetime.datetime = getattr(certificate, f"{name}_utc", None) or getattr(certificate, name)
    return moment.replace(tzinfo=datetime.timezone.utc)


def _certificates(pem: str | None) -> list[Any]:
    """Return the certificates of a PEM text, [] if there are none or one cannot be read."""
    try:
        found = x509.load_pem_x509_certificates((pem or "").encode())
        for certificate in found:
            # Key and extensions are parsed only when they are asked for.
            _public_bytes(certificate)
            _names(certificate)
            _purposes(certificate)
    except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion):
        return []
    return list(found)


def _key(pem: str | None) -> Any:
    # Tools write parameters before the key, which the router takes out.
    block = _PRIVATE_KEY.search(pem or "")
    try:
        return load_pem_private_key((block.group() if block else pem or "").encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None


def _holds_key(pem: str) -> bool:
    # A torn block gives away as much as a whole one.
    return any(block.endswith(_KEY) for block in _BEGINNING.findall(pem))


def _have_same_key(one: Any, other: Any) -> bool:
    return _public_bytes(one) == _public_bytes(other)


def _public_bytes(holder: Any) -> bytes:
    key = holder.public_key()
    encoded: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return encoded


def _signed_with(certificate: Any) -> str:
    """Return the hash with which a CA signed a certificate, "" for a signature that nobody checks or without one."""
    if certificate.issuer == certificate.subject:
        return ""
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return ""
    return algorithm.name if algorithm else ""


def _has_issued(issuer: Any, certificate: Any) -> bool:
    if issuer == certificate:
        return True
    if not hasattr(certificate, "verify_directly_issued_by"):  # cryptography before 40
        return bool(certificate.issuer == issuer.subject)
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _names(certificate: Any) -> list[str] | None:
    """Return the DNS names and addresses among the alternative names, None where there are none at all."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None
    addresses: list[ipaddress.IPv4Address] = names.get_values_for_type(x509.IPAddress)
    hosts: list[str] = names.get_values_for_type(x509.DNSName)
    return hosts + [str(address) for address in addresses]


def _purposes(certificate: Any) -> set[Any]:
    """Return what a certificate may be used for, nothing where it may be used for all."""
    try:
        return set(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return set()
