# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates of routes: the Secrets that hold them, made of options or named by them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field
from ansible_collections.okd.image_registry.plugins.module_utils._objects import names
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.ownership import is_written_by_us
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import SECRET, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.secrets import data, decoded, encoded
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted

# The options of routes[].tls, each with the key of the Secret; the operator reads tls.cacrt, not ca.crt.
FIELDS = (
    Field("certificate", "tls.crt", required=True, has_lines=True),
    Field("key", "tls.key", required=True, secret=True, has_lines=True),
    Field("ca_certificate", "tls.cacrt", says_by_empty=False, has_lines=True),
)
# What the pods serve inside the cluster; while the registry is Removed it need not exist.
_SERVING_CERTIFICATE = SECRET("image-registry-tls")
_TYPE = "kubernetes.io/tls"
_ELSEWHERE = "Give the route another name. Or create a Secret of your own, and set routes[].secret_name to its name."


def secret_name(route: dict[str, Any]) -> str:
    """Return the name of the Secret with the route's certificate, "" if it uses the router's own."""
    return f"{route['name']}-tls" if route.get("tls") else route.get("secret_name") or ""


def wanted(routes: Iterable[dict[str, Any]]) -> Iterator[Wanted]:
    """Yield the Secrets that are made of options."""
    for route in routes:
        secret = SECRET(secret_name(route))
        if route.get("tls") and names.is_object_name(route["name"]) and secret != _SERVING_CERTIFICATE:
            pair = {field.path: route["tls"].get(field.option) for field in FIELDS}
            body = {"data": {key: encoded(value) if value else None for key, value in pair.items()}}
            created = {"type": _TYPE}
            yield Wanted(secret, body, created, option="routes[].tls", elsewhere=_ELSEWHERE, is_alone=True)


def reads(routes: Iterable[dict[str, Any]]) -> set[Ref]:
    """Return the Secrets of the routes."""
    return {SECRET(name) for name in map(secret_name, routes) if names.is_object_name(name)}


def mistakes(routes: Iterable[dict[str, Any]]) -> Iterator[Finding]:
    """Yield what is wrong with the names of the Secrets that are made of options."""
    for route in routes:
        if route.get("tls"):
            secret = SECRET(secret_name(route))
            if secret == _SERVING_CERTIFICATE:
                yield Finding(
                    "object-of-others",
                    str(secret),
                    "routes[].tls",
                    "the registry's own pods as owner",
                    "a Secret that only this route uses",
                    _ELSEWHERE,
                )


def findings(routes: Iterable[dict[str, Any]], change: Change, seen: Snapshot) -> Iterator[Finding]:
    """Yield what is wrong with the Secrets of the routes on this cluster."""
    for route in routes:
        name = secret_name(route)
        if not names.is_object_name(name):
            continue
        secret, host = SECRET(name), route.get("hostname")
        if route.get("tls"):
            found = _pair_findings(secret, "routes[].tls", route["tls"], host)
        elif seen.is_hidden(secret) or secret in change.wanted:
            continue
        else:
            found = _named_findings(secret, host, seen)
        # What a certificate lacks that is served already, such as a later end, must not stand in the way of the rest.
        is_new = _is_new(route, change)
        yield from (finding if is_new else finding._replace(severity="warning") for finding in found)


def listed(config: dict[str, Any] | None) -> set[str]:
    """Return the names of the Secrets that the routes of a Config have."""
    routes = lookup(config, ("spec", "routes")) or []
    return {route["secretName"] for route in routes if names.is_object_name(route.get("secretName") or "")}


def left_over(secret: dict[str, Any]) -> Iterator[Finding]:
    """Yield that the Secret of no route is still there, if the collection wrote it for one."""
    if secret.get("type") == _TYPE and is_written_by_us(secret):
        yield Finding(
            "certificate-left",
            str(SECRET(secret["metadata"]["name"])),
            "routes[].tls",
            "the private key of a route that is not declared any more",
            "no keys that nothing uses",
            "The key stays valid. Delete the Secret if nothing else uses it.",
            "warning",
        )


def entry(route: dict[str, Any]) -> dict[str, Any]:
    """Return the route as the Config lists it."""
    listed = {"name": route["name"], "hostname": route.get("hostname"), "secretName": secret_name(route)}
    return {key: value for key, value in listed.items() if value}


def _is_new(route: dict[str, Any], change: Change) -> bool:
    """Whether the task brings the route about, or its certificate."""
    listed = lookup(change.before, ("spec", "routes")) or []
    return change.step(SECRET(secret_name(route))) is not None or entry(route) not in listed


def _named_findings(secret: Ref, hostname: str | None, seen: Snapshot) -> Iterator[Finding]:
    live = seen[secret]
    stored = data(live)
    required = [field.path for field in FIELDS if field.required]
    lacking = [key for key in required if not stored.get(key)]
    if live is None or len(lacking) == 1:
        yield Finding(
            "certificate-missing",
            str(secret),
            "routes[].secret_name",
            "no such Secret" if live is None else f"a Secret without {lacking[0]}",
            "a Secret with tls.crt and tls.key (and tls.cacrt for a chain)",
            "Create it first, or give the certificate and key as routes[].tls.",
            may_come=live is None,
        )
    elif lacking:
        yield Finding(
            "no-certificate",
            str(secret),
            "routes[].secret_name",
            "a Secret without tls.crt and tls.key",
            "both keys for the route's own certificate",
            "Without the keys the router serves its own certificate. Add both keys, or leave secret_name out.",
            "warning",
        )
    else:
        pair = {field.option: decoded(stored[field.path]) for field in FIELDS if field.path in stored}
        yield from _pair_findings(secret, "routes[].secret_name", pair, hostname)


def _pair_findings(secret: Ref, field: str, pair: dict[str, Any], hostname: str | None) -> Iterator[Finding]:
    # Imported here because it brings cryptography along, which most tasks do without.
    from ansible_collections.okd.image_registry.plugins.module_utils._desired import tls

    return tls.findings(str(secret), field, pair, hostname or None)
