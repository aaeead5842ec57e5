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
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import SECRET, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.secrets import data, decoded, encoded
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted

# The options of routes[].tls, each with the key of the Secret; the operator reads tls.cacrt, not ca.crt.
FIELDS = (
    Field("certificate", "tls.crt", required=True),
    Field("key", "tls.key", required=True, secret=True),
    Field("ca_certificate", "tls.cacrt", says_by_empty=False),
)
# What the pods serve inside the cluster; while the registry is Removed it need not exist.
_SERVING_CERTIFICATE = SECRET("image-registry-tls")
# service-ca marks with both what it issues for a Service, and overwrites whatever else is written there.
_ISSUED = tuple(f"service.{level}.openshift.io/originating-service-name" for level in ("beta", "alpha"))


def secret_name(route: dict[str, Any]) -> str:
    """Return the name of the Secret with the route's certificate, "" if it uses the router's own."""
    return f"{route['name']}-tls" if route.get("tls") else route.get("secret_name") or ""


def wanted(routes: Iterable[dict[str, Any]]) -> Iterator[Wanted]:
    """Yield the Secrets that are made of options."""
    for route in routes:
        if route.get("tls") and names.is_object_name(route["name"]):
            pair = {field.path: route["tls"].get(field.option) for field in FIELDS}
            body = {"data": {key: encoded(value) if value else None for key, value in pair.items()}}
            yield Wanted(SECRET(secret_name(route)), body, {"type": "kubernetes.io/tls"})


def reads(routes: Iterable[dict[str, Any]]) -> set[Ref]:
    """Return the Secrets of the routes."""
    return {SECRET(name) for name in map(secret_name, routes) if names.is_object_name(name)}


def mistakes(routes: Iterable[dict[str, Any]]) -> Iterator[Finding]:
    """Yield what is wrong with the certificates in the options."""
    for route in routes:
        if route.get("tls"):
            secret = SECRET(secret_name(route))
            yield from _pair_findings(secret, "routes[].tls", route["tls"], route.get("hostname"))
            if secret == _SERVING_CERTIFICATE:
                yield _ownership_finding(secret, "the registry's own pods")


def findings(routes: Iterable[dict[str, Any]], change: Change, seen: Snapshot) -> Iterator[Finding]:
    """Yield what is wrong with the Secrets of the routes on this cluster."""
    for route in routes:
        name = secret_name(route)
        if not names.is_object_name(name) or seen.is_hidden(SECRET(name)):
            continue
        if route.get("tls"):
            yield from _owner_findings(SECRET(name), change)
        elif SECRET(name) not in change.wanted:
            yield from _named_findings(SECRET(name), route.get("hostname"), seen)


def _owner_findings(secret: Ref, change: Change) -> Iterator[Finding]:
    step = change.step(secret)
    if step is None or step.live is None or secret == _SERVING_CERTIFICATE:
        return
    marks = step.live["metadata"].get("annotations") or {}
    issued = [f"Service {marks[mark]}" for mark in _ISSUED if mark in marks]
    owners = [f"{owner['kind']} {owner['name']}" for owner in step.live["metadata"].get("ownerReferences") or []]
    for owner in (issued + owners)[:1]:
        yield _ownership_finding(secret, owner)


def _ownership_finding(secret: Ref, owner: str) -> Finding:
    return Finding(
        "secret-of-others",
        str(secret),
        "routes[].tls",
        f"the Secret of {owner}",
        "a Secret that only this route uses",
        "Give the route another name. Or create a Secret of your own, and set routes[].secret_name to its name.",
    )


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
