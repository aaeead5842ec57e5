# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Section: the hosts under which the registry is reached from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired import certificates
from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.checks import HOSTNAME, OBJECT_NAME
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Options, mistakes, never
from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import Section
from ansible_collections.okd.image_registry.plugins.module_utils._objects import names
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    DEFAULT_ROUTE,
    OPERATOR_MARK,
    OPERATOR_NAMESPACE,
    REGISTRY_ROUTES,
    ROUTE,
    SECRET,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.routes import (
    SERVICE,
    admissions,
    is_marked,
    is_of_registry,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.admitted import Admitted, ExpectedRoute
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected

# Without a hostname the host begins with name and namespace, as one label of DNS.
_LONGEST_NAME = 63 - len(f"-{OPERATOR_NAMESPACE}")


class RoutesSection(Section):
    """default_route, routes."""

    fields = (
        Field("default_route", "defaultRoute", "bool", replaces_pods=never),
        Field(
            "routes",
            "routes",
            "list",
            elements="dict",
            replaces_pods=never,
            exclusive=(("secret_name", "tls"),),
            fields=(
                Field("name", "name", required=True, check=OBJECT_NAME),
                Field("hostname", "hostname", check=HOSTNAME),
                Field("secret_name", "secretName", check=OBJECT_NAME),
                Field("tls", type="dict", fields=certificates.FIELDS),
            ),
        ),
    )

    def __init__(self, options: Options):
        super().__init__(options)
        self._default: bool | None = options.get("default_route")
        self._is_listed = options.get("routes") is not None
        self._routes: list[dict[str, Any]] = options.get("routes") or []

    def spec(self, live: dict[str, Any]) -> dict[str, Any]:
        spec = super().spec(live)
        if self._is_listed:
            spec["routes"] = [certificates.entry(route) for route in self._routes] or None
        return spec

    def wanted(self) -> Iterable[Wanted]:
        return certificates.wanted(self._routes)

    def reads_first(self) -> set[Ref]:
        return certificates.reads(self._routes)

    def reads(self, change: Change, seen: Snapshot) -> set[Ref]:
        found = {REGISTRY_ROUTES} if self.is_declared else set()
        return found.union(_dropped_secrets(change), *(_claimants(host) for host in self._new_hosts(change)))

    def mistakes(self) -> Iterator[Finding]:
        for field, values in (
            ("name", [route["name"] for route in self._routes]),
            ("hostname", [route["hostname"] for route in self._routes if route.get("hostname")]),
        ):
            for value, count in Counter(values).items():
                if count > 1:
                    yield Finding(
                        "route-twice",
                        str(ROUTE(value) if field == "name" else CLUSTER_CONFIG),
                        f"routes[].{field}",
                        f"{value!r} {count} times",
                        f"a different {field} for each route",
                        "Remove or rename the others.",
                    )
        fields = next((field.fields for field in self.fields if field.option == "routes"), None) or ()
        for route in self._routes:
            subject = str(ROUTE(route["name"]))
            yield from mistakes(fields, route, subject, "routes[].")
            too_many = len(route["name"]) > _LONGEST_NAME and names.is_object_name(route["name"])
            if too_many and not route.get("hostname"):
                yield Finding(
                    "route-name-long",
                    subject,
                    "routes[].name",
                    f"{len(route['name'])} characters without a hostname",
                    f"{_LONGEST_NAME} characters at most, or a hostname",
                    "The router makes the host of the name and the namespace, which together are too long for DNS.",
                )
            if route["name"] == DEFAULT_ROUTE:
                yield Finding(
                    "route-named-default",
                    subject,
                    "routes[].name",
                    repr(DEFAULT_ROUTE),
                    "another name",
                    "Use default_route for the default route.",
                )
        yield from certificates.mistakes(self._routes)

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        for host, name in self._new_hosts(change).items():
            yield from _claim_findings(ROUTE(name), host, seen)
        yield from self._default_host_findings(change, seen)
        yield from self._orphan_findings(change)
        yield from self._unmarked_findings(change, seen)
        yield from self._kept_host_findings(change, seen)
        yield from certificates.findings(self._routes, change, seen)
        for secret in sorted(_dropped_secrets(change)):
            yield from certificates.left_over(seen.visible(secret) or {})

    def expected(self, change: Change, seen: Snapshot) -> Iterator[Expected]:
        routes, absent = self._expected_routes(change), self._absent_routes(change)
        if routes or absent or self._is_listed:
            yield Admitted(routes, absent, self._is_listed)

    def _new_hosts(self, change: Change) -> dict[str, str]:
        """Return the declared hosts that the live Config does not list yet, with the names of their routes."""
        listed = {route.get("hostname") for route in _listed(change.before)}
        declared = {host: route["name"] for route in self._routes for host in [route.get("hostname")] if host}
        return {host: name for host, name in declared.items() if change.before and host not in listed}

    def _default_host_findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        """Yield which route has the host of the default route, which stays: the router admits the older one."""
        if not lookup(change.after, ("spec", "defaultRoute")):
            return
        there = (route for route in seen.items(REGISTRY_ROUTES) if route["metadata"]["name"] == DEFAULT_ROUTE)
        host = next((lookup(route, ("spec", "host")) for route in there), None)
        for route in _listed(change.after):
            declared = route.get("hostname") or ""
            # The domain of a default route that is not there yet is the cluster's to choose.
            may_be = host is None and declared.startswith(f"{DEFAULT_ROUTE}-{OPERATOR_NAMESPACE}.")
            if declared and (declared == host or may_be):
                yield Finding(
                    "host-of-default-route",
                    str(ROUTE(route["name"])),
                    "routes[].hostname",
                    f"{declared}, the host of the default route",
                    "a host that no other Route has",
                    "The router would admit one of them only. Set default_route to false, or choose another host.",
                    "warning" if may_be else "error",
                )

    def _orphan_findings(self, change: Change) -> Iterator[Finding]:
        if change.state != "Removed" or change.state_before != "Managed":
            return
        there = {route["name"] for route in _listed(change.before)}
        there |= {DEFAULT_ROUTE} if change.before["spec"].get("defaultRoute") else set()
        dropped = sorted(there & set(self._absent_routes(change)))
        if dropped:
            yield Finding(
                "routes-stay",
                str(CLUSTER_CONFIG),
                "routes",
                f"{', '.join(dropped)}, dropped in the task that removes the registry",
                "routes that are listed until the registry is removed",
                "The operator removes only the Routes that the Config lists. The dropped Routes stay until it manages "
                "the registry again. Leave the routes as they are, or drop them in an earlier task.",
                "warning",
            )

    def _unmarked_findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        """Yield the Routes that stay though they shall be gone, because nothing says that they are the operator's."""
        live = {route["metadata"]["name"]: route for route in seen.items(REGISTRY_ROUTES)}
        for name in self._absent_routes(change) if change.state == "Managed" else ():
            route = live.get(name)
            if route and not is_marked(route) and lookup(route, ("spec", "to", "name")) == SERVICE:
                yield Finding(
                    "route-unmarked",
                    str(ROUTE(name)),
                    f"metadata.annotations[{OPERATOR_MARK}]",
                    f"no value, and the host {lookup(route, ('spec', 'host')) or '(none)'}",
                    "the operator's annotation, or to be deleted by you",
                    "The operator does not delete it, so it goes on exposing the registry. Delete the Route.",
                    "warning",
                )

    def _kept_host_findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        """Yield the Routes that keep a host which is not declared any more: the API server does not take it away."""
        live = {route["metadata"]["name"]: route for route in seen.items(REGISTRY_ROUTES)}
        unnamed = [route["name"] for route in self._routes if not route.get("hostname")]
        for name in unnamed if change.state == "Managed" else ():
            route = live.get(name)
            host = lookup(route, ("spec", "host")) or ""
            if route and is_marked(route) and host and not host.startswith(f"{name}-{OPERATOR_NAMESPACE}."):
                yield Finding(
                    "host-kept",
                    str(ROUTE(name)),
                    "routes[].hostname",
                    f"none, while the Route has {host}",
                    "the host of the Route, or a Route that is made anew",
                    "A Route keeps its host. To have the router choose one, run the task without this route first, and "
                    "then with it.",
                    "warning",
                )

    def _expected_routes(self, change: Change) -> tuple[ExpectedRoute, ...]:
        routes = [ExpectedRoute(DEFAULT_ROUTE)] if self._default else []
        for route in self._routes:
            tls = route.get("tls") or {}
            host = route.get("hostname") or None
            routes.append(ExpectedRoute(route["name"], host, tls.get("certificate"), tls.get("ca_certificate")))
        return tuple(routes)

    def _absent_routes(self, change: Change) -> tuple[str, ...]:
        """Return the names of Routes that the live Config lists and the options do not."""
        wanted = {route["name"] for route in self._routes}
        gone = sorted({route["name"] for route in _listed(change.before)} - wanted) if self._is_listed else []
        return tuple(gone + ([DEFAULT_ROUTE] if self._default is False else []))


def of_config(config: dict[str, Any]) -> tuple[ExpectedRoute, ...]:
    """Return the Routes that a Config asks for, whoever declared them."""
    default = [ExpectedRoute(DEFAULT_ROUTE)] if config.get("spec", {}).get("defaultRoute") else []
    return (*default, *(ExpectedRoute(route["name"], route.get("hostname") or None) for route in _listed(config)))


def _listed(config: dict[str, Any]) -> list[dict[str, Any]]:
    return config.get("spec", {}).get("routes") or []


def _dropped_secrets(change: Change) -> set[Ref]:
    """Return the Secrets that no route has any more because of the task."""
    return {SECRET(name) for name in certificates.listed(change.before) - certificates.listed(change.after)}


def _claimants(host: str) -> set[Ref]:
    return {ROUTE.everywhere(fields=f"spec.host={host}"), REGISTRY_ROUTES}


def _claim_findings(declared: Ref, host: str, seen: Snapshot) -> Iterator[Finding]:
    """Yield which admitted Routes have the host already; a host can be claimed only once."""
    ours = {
        router for route in seen.items(REGISTRY_ROUTES) if is_of_registry(route) for router, _host in admissions(route)
    }
    for other in seen.items(ROUTE.everywhere(fields=f"spec.host={host}")):
        routers = {router for router, admitted in admissions(other) if admitted == host}
        # What bears the operator's mark follows the Config, and what has the name of the declared Route becomes it. A
        # router that serves none of those Routes is no rival.
        is_the_same = (other["metadata"]["namespace"], other["metadata"]["name"]) == (declared.namespace, declared.name)
        if not is_the_same and not is_of_registry(other) and (routers & ours if ours else routers):
            yield from _rival_findings(str(declared), host, other)


def _rival_findings(subject: str, host: str, other: dict[str, Any]) -> Iterator[Finding]:
    """Yield what an admitted Route with the same host means for ours, which has no path."""
    where, path = other["metadata"], other["spec"].get("path") or "/"
    name = f"{where['namespace']}/{where['name']}"
    if path == "/":
        yield Finding(
            "host-claimed",
            subject,
            "routes[].hostname",
            f"{host}, which Route {name} has claimed",
            "a host that no other Route has",
            "The router would not admit your Route. Choose another host, or remove the other Route.",
        )
    elif where["namespace"] != OPERATOR_NAMESPACE:
        yield Finding(
            "host-shared",
            subject,
            "routes[].hostname",
            f"{host}, on which Route {name} has claimed the path {path}",
            "a router that lets namespaces share a host",
            "By default a router does not allow this. Choose another host, or set routeAdmission.namespaceOwnership of "
            "its IngressController to InterNamespaceAllowed.",
            "warning",
        )
