# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Section: the hosts under which the registry is reached from outside."""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import DesiredObject, Outlook, Section
from ansible_collections.okd.image_registry.plugins.module_utils._objects import compare, names
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    DEFAULT_ROUTE,
    EVERY_ROUTE,
    OPERATOR_NAMESPACE,
    ROUTE,
    ROUTE_ANNOTATION,
    SECRET,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import RouteGoal

# Option of routes[].tls to key of the Secret; the operator reads tls.cacrt, not ca.crt.
_TLS_KEYS = {"certificate": "tls.crt", "key": "tls.key", "ca_certificate": "tls.cacrt"}
# What the pods serve inside the cluster; while the registry is Removed it need not exist.
_SERVING_CERTIFICATE = SECRET("image-registry-tls")
# service-ca marks with both what it issues for a Service, and overwrites whatever else is written there.
_ISSUED = tuple(f"service.{level}.openshift.io/originating-service-name" for level in ("beta", "alpha"))


class RoutesSection(Section):
    """default_route, routes."""

    def __init__(self, options: dict[str, Any]):
        self._default: bool | None = options.get("default_route")
        self._routes: list[dict[str, Any]] | None = options.get("routes")

    def config(self, live: dict[str, Any]) -> dict[str, Any]:
        spec: dict[str, Any] = {}
        if self._default is not None:
            spec["defaultRoute"] = self._default
        if self._routes is not None:
            spec["routes"] = [_entry(route) for route in self._routes]
        return {"spec": spec} if spec else {}

    def objects(self) -> list[DesiredObject]:
        made = []
        for route in self._routes or []:
            if route.get("tls") and names.is_object_name(route["name"]):
                data = {key: _encoded(route["tls"].get(option)) for option, key in _TLS_KEYS.items()}
                made.append(DesiredObject(SECRET(secret_name(route)), {"data": data}, {"type": "kubernetes.io/tls"}))
        return made

    def reads(self, snapshot: Snapshot) -> set[Ref]:
        found = {secret_name(route) for route in self._routes or []}
        secrets = {SECRET(name) for name in found if name and names.is_object_name(name)}
        # Only for a new host: a list of all Routes is long.
        return secrets | {EVERY_ROUTE} if self._new_hosts(snapshot.get(CLUSTER_CONFIG) or {}) else secrets

    def findings(self, outlook: Outlook) -> Iterator[Finding]:
        for field, values in (
            ("name", [route["name"] for route in self._routes or []]),
            ("hostname", [route["hostname"] for route in self._routes or [] if route.get("hostname")]),
        ):
            for value, count in Counter(values).items():
                if count > 1:
                    yield Finding(
                        str(ROUTE(value) if field == "name" else CLUSTER_CONFIG),
                        f"routes[].{field}",
                        f"{value!r} {count} times",
                        f"a {field} of its own for each route",
                        "Remove or rename the others.",
                    )
        yield from self._claimed_findings(outlook)
        yield from self._orphan_findings(outlook)
        for route in self._routes or []:
            yield from _entry_findings(route)
            if route.get("tls"):
                yield from _ownership_findings(SECRET(secret_name(route)), outlook)
                yield from _pair_findings(SECRET(secret_name(route)), "routes[].tls", route["tls"], _host(route))
            elif secret_name(route):
                yield from _secret_findings(route, outlook)

    def _new_hosts(self, live: dict[str, Any]) -> dict[str, str]:
        """Return the declared hosts that the live Config does not list yet, with the names of their routes."""
        listed = {route.get("hostname") for route in live.get("spec", {}).get("routes") or []}
        declared = {_host(route): route["name"] for route in self._routes or []}
        return {host: name for host, name in declared.items() if live and host and host not in listed}

    def _claimed_findings(self, outlook: Outlook) -> Iterator[Finding]:
        new = self._new_hosts(outlook.before)
        every = outlook.snapshot.items(EVERY_ROUTE) if outlook.snapshot.known(EVERY_ROUTE) else []
        ours = {router for route in every if _is_operators(route) for router, _host in admissions(route)}
        for other in every:
            host = other["spec"].get("host")
            routers = {router for router, admitted in admissions(other) if admitted == host}
            # What bears the operator's mark follows the Config; a router that serves none of those Routes is no rival.
            if host in new and not _is_operators(other) and (routers & ours if ours else routers):
                yield from _claim_findings(str(ROUTE(new[host])), host, other)

    def _orphan_findings(self, outlook: Outlook) -> Iterator[Finding]:
        before = outlook.before.get("spec", {})
        if outlook.state != "Removed" or before.get("managementState") != "Managed":
            return
        there = {route["name"] for route in before.get("routes") or []}
        there |= {DEFAULT_ROUTE} if before.get("defaultRoute") else set()
        dropped = sorted(there & set(self.absent_routes(outlook.before)))
        if dropped:
            yield Finding(
                str(CLUSTER_CONFIG),
                "routes",
                f"{', '.join(dropped)}, dropped while the registry is removed",
                "routes that are listed until the registry is removed",
                "The operator then removes only what the Config lists, so these Routes stay until it manages the "
                "registry again. Leave the routes as they are, or drop them in a task before.",
                "warning",
            )

    def routes(self) -> tuple[RouteGoal, ...]:
        goals = [RouteGoal(DEFAULT_ROUTE)] if self._default else []
        for route in self._routes or []:
            tls = route.get("tls") or {}
            goals.append(RouteGoal(route["name"], _host(route), tls.get("certificate"), tls.get("ca_certificate")))
        return tuple(goals)

    def absent_routes(self, live: dict[str, Any]) -> tuple[str, ...]:
        """Return the names of Routes that the live Config lists and the options do not."""
        listed = {route["name"] for route in live.get("spec", {}).get("routes") or []}
        wanted = {route["name"] for route in self._routes or []}
        gone = sorted(listed - wanted) if self._routes is not None else []
        return tuple(gone + ([DEFAULT_ROUTE] if self._default is False else []))


def _is_operators(route: dict[str, Any]) -> bool:
    where = route["metadata"]
    return where["namespace"] == OPERATOR_NAMESPACE and ROUTE_ANNOTATION in (where.get("annotations") or {})


def _claim_findings(subject: str, host: str, other: dict[str, Any]) -> Iterator[Finding]:
    """Yield what an admitted Route with the same host means for ours, which has no path."""
    where, path = other["metadata"], other["spec"].get("path") or "/"
    name = f"{where['namespace']}/{where['name']}"
    if path == "/":
        yield Finding(
            subject,
            "routes[].hostname",
            f"{host}, which Route {name} has claimed",
            "a host that no other Route has",
            "The router would not admit it. Choose another host, or remove that Route.",
        )
    elif where["namespace"] != OPERATOR_NAMESPACE:
        yield Finding(
            subject,
            "routes[].hostname",
            f"{host}, of which Route {name} has claimed {path}",
            "a router that lets namespaces share a host",
            "By default it does not. Choose another host, or set routeAdmission.namespaceOwnership of its "
            "IngressController to InterNamespaceAllowed.",
            "warning",
        )


def admissions(route: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each router that serves a Route, with the host."""
    for ingress in compare.lookup(route, ("status", "ingress")) or []:
        for entry in ingress.get("conditions") or []:
            if ingress.get("host") and (entry["type"], entry["status"]) == ("Admitted", "True"):
                yield ingress.get("routerName", ""), ingress["host"]


def listed_routes(config: dict[str, Any]) -> dict[str, RouteGoal]:
    """Return the Routes that a Config asks for, by name."""
    spec = config.get("spec", {})
    default = [RouteGoal(DEFAULT_ROUTE)] if spec.get("defaultRoute") else []
    others = [RouteGoal(route["name"], route.get("hostname") or None) for route in spec.get("routes") or []]
    return {route.name: route for route in [*default, *others]}


def secret_name(route: dict[str, Any]) -> str:
    """Return the name of the Secret with the route's certificate, "" if it uses the router's own."""
    return f"{route['name']}-tls" if route.get("tls") else route.get("secret_name") or ""


def _entry(route: dict[str, Any]) -> dict[str, Any]:
    entry = {"name": route["name"], "hostname": _host(route), "secretName": secret_name(route)}
    return {key: value for key, value in entry.items() if value}


def _host(route: dict[str, Any]) -> str | None:
    return route.get("hostname") or None


def _entry_findings(route: dict[str, Any]) -> Iterator[Finding]:
    subject, host, secret = str(ROUTE(route["name"])), _host(route), route.get("secret_name")
    if route["name"] == DEFAULT_ROUTE:
        yield Finding(
            subject, "routes[].name", repr(DEFAULT_ROUTE), "another name", "Use default_route for the default route."
        )
    elif not names.is_object_name(route["name"]):
        yield Finding(subject, "routes[].name", repr(route["name"]), names.OBJECT_NAME, "Correct the name.")
    if host and not names.is_hostname(host):
        yield Finding(
            subject, "routes[].hostname", repr(host), names.HOSTNAME, "Give a host name only, without scheme."
        )
    if secret and not names.is_object_name(secret):
        yield Finding(subject, "routes[].secret_name", repr(secret), names.OBJECT_NAME, "Correct the name.")


def _ownership_findings(secret: Ref, outlook: Outlook) -> Iterator[Finding]:
    owner = "the registry's own pods" if secret == _SERVING_CERTIFICATE else _owner_of_patched(secret, outlook)
    if owner:
        yield Finding(
            str(secret),
            "routes[].tls",
            f"the Secret of {owner}",
            "a Secret that only this route uses",
            "Give the route another name, or make a Secret of your own and name it as routes[].secret_name.",
        )


def _owner_of_patched(secret: Ref, outlook: Outlook) -> str | None:
    """Return whose Secret it is that the task would change, None if it is the route's own or stays as it is."""
    # A name that Kubernetes refuses declares no Secret.
    wanted = outlook.desired.get(secret)
    live = outlook.snapshot[secret] if wanted else None
    if not wanted or not live or not compare.merge_patch(wanted.body or {}, live):
        return None
    marks = live["metadata"].get("annotations") or {}
    issued = [f"Service {marks[mark]}" for mark in _ISSUED if mark in marks]
    owners = [f"{owner['kind']} {owner['name']}" for owner in live["metadata"].get("ownerReferences") or []]
    return next(iter(issued + owners), None)


def _secret_findings(route: dict[str, Any], outlook: Outlook) -> Iterator[Finding]:
    ref = SECRET(secret_name(route))
    if ref in outlook.desired or not outlook.snapshot.known(ref):
        return
    live = outlook.snapshot[ref]
    data = (live or {}).get("data") or {}
    lacking = [key for key in ("tls.crt", "tls.key") if not data.get(key)]
    if live is None or len(lacking) == 1:
        yield Finding(
            str(ref),
            "routes[].secret_name",
            "no such Secret" if live is None else f"a Secret without {lacking[0]}",
            "a Secret with tls.crt and tls.key (and tls.cacrt for a chain)",
            "Create it first, or give the certificate and key as routes[].tls.",
        )
    elif lacking:
        yield Finding(
            str(ref),
            "routes[].secret_name",
            "a Secret without tls.crt and tls.key",
            "both for a certificate of the route's own",
            "As it is, the router serves its own certificate. Add the two keys, or leave secret_name out.",
            "warning",
        )
    else:
        pair: dict[str, str | None] = {name: _decoded(data[key]) for name, key in _TLS_KEYS.items() if key in data}
        yield from _pair_findings(ref, "routes[].secret_name", pair, _host(route))


def _pair_findings(secret: Ref, field: str, pair: dict[str, str | None], host: str | None) -> Iterator[Finding]:
    # Imported here because it brings cryptography along, which most tasks do without.
    from ansible_collections.okd.image_registry.plugins.module_utils._desired import tls

    return tls.findings(str(secret), field, pair, host)


def _encoded(value: str | None) -> str | None:
    return base64.b64encode(value.encode()).decode() if value else None


def _decoded(value: str | None) -> str:
    try:
        return base64.b64decode(value or "").decode("utf-8", "replace")
    except binascii.Error:
        return ""
