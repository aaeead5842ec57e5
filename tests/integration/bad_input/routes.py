# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: routes and their certificates."""

import datetime
from typing import Any

from sandbox.pem import self_signed
from tests.integration.bad_input.case import CONFIG, Args, Case, route, secret
from tests.integration.bad_input.clusters import CERTIFICATE, HOST, KEY, OTHER_CERTIFICATE, OTHER_KEY

_ROUTE = "registry_routes"
_DAY = datetime.timedelta(days=1)


def _routes(*routes: dict[str, Any]) -> Args:
    return {"routes": list(routes)}


def _public(hostname: str | None = HOST, **more: Any) -> Args:
    return _routes({"name": "public", "hostname": hostname, **more})


def _tls(pair: tuple[str, str], hostname: str = HOST, **more: Any) -> Args:
    return _public(hostname, tls={"certificate": pair[0], "key": pair[1], **more})


def _hostname(name: str, found: str) -> Case:
    says = (repr(found), "a host name", "without scheme")
    return Case(f"hostname-{name}", _ROUTE, _public(found), (route("public"), "routes[].hostname"), says)


def _certificate(name: str, args: Args, *says: str, part: str = "certificate") -> Case:
    return Case(name, _ROUTE, args, (secret("public-tls"), f"routes[].tls.{part}"), says)


CASES = [
    Case(
        "route-name-twice",
        _ROUTE,
        _routes({"name": "public", "hostname": "a.example.com"}, {"name": "public", "hostname": "b.example.com"}),
        (route("public"), "routes[].name"),
        ("'public' 2 times", "a different name for each route"),
    ),
    Case(
        "hostname-twice",
        _ROUTE,
        _routes({"name": "one", "hostname": HOST}, {"name": "two", "hostname": HOST}),
        (CONFIG, "routes[].hostname"),
        (f"'{HOST}' 2 times", "a different hostname for each route"),
    ),
    Case(
        "hostname-twice-in-other-case",
        _ROUTE,
        _routes({"name": "one", "hostname": HOST}, {"name": "two", "hostname": HOST.capitalize()}),
        (route("two"), "routes[].hostname"),
        ("'Registry.example.com'", "a host name"),
    ),
    Case(
        "route-named-default-route",
        _ROUTE,
        _routes({"name": "default-route", "hostname": HOST}),
        (route("default-route"), "routes[].name"),
        ("'default-route'", "another name", "Use default_route"),
    ),
    Case(
        "route-name-with-capitals",
        _ROUTE,
        _routes({"name": "Public_Route"}),
        (route("Public_Route"), "routes[].name"),
        ("'Public_Route'", "DNS-1123", "Correct the name"),
    ),
    Case(
        "route-name-empty",
        _ROUTE,
        _routes({"name": ""}),
        (f"Module {_ROUTE}", "routes[0].name"),
        ("an empty text", "Give a value"),
    ),
    _hostname("with-scheme", f"https://{HOST}"),
    _hostname("with-port", f"{HOST}:5000"),
    _hostname("with-path", f"{HOST}/v2"),
    _hostname("wildcard", "*.example.com"),
    _hostname("long-label", f"{'a' * 64}.example.com"),
    Case(
        "secret-missing",
        _ROUTE,
        _public(secret_name="nowhere"),
        (secret("nowhere"), "routes[].secret_name"),
        ("no such Secret", "tls.crt and tls.key", "Create it first"),
        may_come=True,
    ),
    Case(
        "secret-without-key",
        _ROUTE,
        _public(secret_name="no-key"),
        (secret("no-key"), "routes[].secret_name"),
        ("a Secret without tls.key", "routes[].tls"),
    ),
    Case(
        "secret-for-another-host",
        _ROUTE,
        _public(secret_name="other-host"),
        (secret("other-host"), "routes[].secret_name"),
        ("a certificate for other.example.com", f"one that covers {HOST}"),
    ),
    Case(
        "secret-with-another-key",
        _ROUTE,
        _public(secret_name="mixed-up"),
        (secret("mixed-up"), "routes[].secret_name"),
        ("the key of another certificate", "the same request"),
    ),
    Case(
        "secret-name-with-capitals",
        _ROUTE,
        _public(secret_name="Registry_TLS"),
        (route("public"), "routes[].secret_name"),
        ("'Registry_TLS'", "DNS-1123"),
    ),
    Case(
        "secret-immutable",
        _ROUTE,
        _routes({"name": "frozen", "hostname": HOST, "tls": {"certificate": CERTIFICATE, "key": KEY}}),
        (secret("frozen-tls"), "immutable"),
        ("has true", "an object that can be changed", "Delete the object first"),
    ),
    Case(
        "secret-of-the-pods",
        _ROUTE,
        _routes({"name": "image-registry", "hostname": HOST, "tls": {"certificate": CERTIFICATE, "key": KEY}}),
        (secret("image-registry-tls"), "routes[].tls"),
        ("the registry's own pods as owner", "only this route uses", "Give the route another name"),
    ),
    Case(
        "secret-and-certificate",
        _ROUTE,
        _public(secret_name="other-host", tls={"certificate": CERTIFICATE, "key": KEY}),
        None,
        ("mutually exclusive", "secret_name|tls", "found in routes"),
    ),
    Case(
        "certificate-without-key",
        _ROUTE,
        _public(tls={"certificate": CERTIFICATE}),
        None,
        ("missing required arguments", "key", "routes -> tls"),
    ),
    _certificate("key-of-another", _tls((CERTIFICATE, OTHER_KEY)), "the key of another", "same request", part="key"),
    _certificate("certificate-for-another-host", _tls((OTHER_CERTIFICATE, OTHER_KEY)), "other.example.com", HOST),
    _certificate(
        "certificate-wildcard-too-deep",
        _tls(self_signed("*.example.com"), "registry.apps.example.com"),
        "a certificate for *.example.com",
        "one that covers registry.apps.example.com",
    ),
    _certificate(
        "certificate-expired", _tls(self_signed(HOST, starts=-2 * _DAY, ends=-_DAY)), "expired on", "Renew it"
    ),
    _certificate(
        "certificate-not-yet-valid",
        _tls(self_signed(HOST, starts=_DAY, ends=2 * _DAY)),
        "valid only from",
        "Check the clock",
    ),
    _certificate("certificate-not-pem", _tls(("registry.crt", KEY)), "no PEM certificate", "Give the file's content"),
    _certificate(
        "key-not-pem", _tls((CERTIFICATE, "registry.key")), "no PEM private key", "the file's content", part="key"
    ),
    _certificate("certificate-and-key-swapped", _tls((KEY, CERTIFICATE)), "no PEM certificate", "no PEM private key"),
    _certificate(
        "certificate-with-its-key", _tls((CERTIFICATE + KEY, KEY)), "also holds a private key", "[key-in-certificate]"
    ),
    _certificate("certificate-after-its-ca", _tls((OTHER_CERTIFICATE + CERTIFICATE, KEY)), "begins with", "first"),
    _certificate(
        "ca-of-another",
        _tls((CERTIFICATE, KEY), ca_certificate=OTHER_CERTIFICATE),
        "did not issue the certificate",
        "[ca-of-another-certificate]",
        part="ca_certificate",
    ),
    _certificate(
        "key-with-passphrase",
        _tls(self_signed(HOST, passphrase=b"open sesame")),
        "without a passphrase",
        "Remove a passphrase first",
        part="key",
    ),
    _certificate(
        "ca-not-pem",
        _tls((CERTIFICATE, KEY), ca_certificate="/etc/pki/ca.crt"),
        "no PEM certificate",
        "the PEM certificates of the chain",
        part="ca_certificate",
    ),
]
