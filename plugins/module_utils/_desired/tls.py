# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a certificate, its key and a host name belong together."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.module_utils.basic import missing_required_lib
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding, MissingLibrary

try:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
except ImportError:  # reported when a certificate has to be checked
    x509 = None


def findings(subject: str, field: str, pair: Mapping[str, str | None], hostname: str | None) -> Iterator[Finding]:
    """Yield what is wrong with a pair of PEM texts (certificate, key, optionally ca_certificate).

    hostname is what the certificate must cover, None if the router chooses it. No value is repeated in a finding.
    """
    _require_library()
    certificate, key = _certificate(pair.get("certificate")), _key(pair.get("key"))
    if certificate is None:
        yield _finding(
            "no-pem-certificate",
            subject,
            field,
            "certificate",
            "no PEM certificate",
            "a PEM certificate",
            "Give the file's content.",
        )
    if key is None:
        yield _finding(
            "no-pem-key",
            subject,
            field,
            "key",
            "no PEM private key without a passphrase",
            "the private key of the certificate, as PEM",
            "Give the file's content. Remove a passphrase first, because the router cannot ask for it.",
        )
    if pair.get("ca_certificate") and _certificate(pair["ca_certificate"]) is None:
        yield _finding(
            "no-pem-certificate",
            subject,
            field,
            "ca_certificate",
            "no PEM certificate",
            "the PEM certificates of the chain",
            "Correct it.",
        )
    if certificate is None:
        return
    if key is not None and _public_bytes(certificate) != _public_bytes(key):
        yield _finding(
            "key-of-another-certificate",
            subject,
            field,
            "key",
            "the key of another certificate",
            "the key that belongs to the certificate",
            "Check that both files come from the same request.",
        )
    if hostname and not covers(_names(certificate), hostname):
        yield _finding(
            "certificate-for-another-host",
            subject,
            field,
            "certificate",
            f"a certificate for {', '.join(_names(certificate)) or 'no host'}",
            f"one that covers {hostname}",
            "Browsers and podman refuse it otherwise. Request a certificate with this name, or change hostname.",
        )
    yield from _validity(subject, field, certificate)


def are_certificates(pem: str) -> bool:
    """Whether pem holds at least one certificate, and only certificates that can be read."""
    _require_library()
    return _certificate(pem) is not None


def covers(certificate_names: list[str], hostname: str) -> bool:
    """Whether one of the names covers hostname; ``*`` stands for exactly one label on the left (RFC 6125)."""
    host = hostname.lower().rstrip(".")
    _label, _dot, parent = host.partition(".")
    return any(name.lower() in (host, f"*.{parent}") for name in certificate_names)


def _require_library() -> None:
    if x509 is None:
        raise MissingLibrary(missing_required_lib("cryptography", reason="to check certificates"))


def _validity(subject: str, field: str, certificate: Any) -> Iterator[Finding]:
    now = datetime.datetime.now(datetime.timezone.utc)
    starts, ends = (_utc(certificate, name) for name in ("not_valid_before", "not_valid_after"))
    if now > ends:
        yield _finding(
            "certificate-expired",
            subject,
            field,
            "certificate",
            f"a certificate that expired on {ends:%Y-%m-%d}",
            "a valid one",
            "Renew it.",
        )
    elif now < starts:
        yield _finding(
            "certificate-not-yet-valid",
            subject,
            field,
            "certificate",
            f"a certificate that is valid only from {starts:%Y-%m-%d %H:%M} UTC",
            "a valid one",
            "Check the clock of this machine and of the issuer.",
        )


def _utc(certificate: Any, name: str) -> datetime.datetime:
    # cryptography before 42 gives times without a zone only.
    moment: datetime.datetime = getattr(certificate, f"{name}_utc", None) or getattr(certificate, name)
    return moment.replace(tzinfo=datetime.timezone.utc)


def _certificate(pem: str | None) -> Any:
    try:
        certificate = x509.load_pem_x509_certificates((pem or "").encode())[0]
        # Key and names are parsed only when they are asked for.
        _public_bytes(certificate)
        _names(certificate)
    except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion):
        return None
    return certificate


def _key(pem: str | None) -> Any:
    try:
        return load_pem_private_key((pem or "").encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None


def _public_bytes(holder: Any) -> bytes:
    encoded: bytes = holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return encoded


def _names(certificate: Any) -> list[str]:
    """Return the DNS names and addresses; the common name counts only where there is no alternative name."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return [str(attribute.value) for attribute in common]
    addresses: list[ipaddress.IPv4Address] = names.get_values_for_type(x509.IPAddress)
    hosts: list[str] = names.get_values_for_type(x509.DNSName)
    return hosts + [str(address) for address in addresses]


def _finding(code: str, subject: str, field: str, part: str, found: str, needed: str, remedy: str) -> Finding:
    # The finding names the option that the user wrote: a Secret's content has none of its own.
    return Finding(code, subject, field if field.endswith("secret_name") else f"{field}.{part}", found, needed, remedy)
