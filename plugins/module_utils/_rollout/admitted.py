# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The declared Routes are there and admitted, those that are not declared any more are gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from ansible_collections.okd.image_registry.plugins.module_utils._objects.conditions import words
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    DEFAULT_ROUTE,
    REGISTRY_ROUTES,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.routes import admission, ingresses, is_marked
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import DONE, Expected, Verdict

# Routers take a Route up within seconds, and start anew within a minute.
_ROUTER_SECONDS = 120.0
_UNSELECTED = (
    "See whether a router selects the Route: namespaceSelector and routeSelector of the IngressControllers in the "
    "namespace openshift-ingress-operator, and whether their pods in openshift-ingress run."
)


class ExpectedRoute(NamedTuple):
    """A Route that must be admitted.

    hostname: the host that must be served, None when the router's own choice will do.
    certificate, ca_certificate: the PEM texts that the Route must carry, None for what is not declared.
    """

    name: str
    hostname: str | None = None
    certificate: str | None = None
    ca_certificate: str | None = None


@dataclass(frozen=True)
class Admitted(Expected):
    """routes: those that must be admitted; absent: the names of those that must be gone.

    is_all: whether all others of the operator must be gone, but for the default route: also one of an earlier change
    that something holds.
    """

    routes: tuple[ExpectedRoute, ...]
    absent: tuple[str, ...] = ()
    is_all: bool = False

    def refs(self) -> set[Ref]:
        return {CLUSTER_CONFIG, REGISTRY_ROUTES}

    def verdict(self, seen: Snapshot) -> Verdict:
        if lookup(seen[CLUSTER_CONFIG], ("spec", "managementState")) != "Managed":
            return DONE
        routes = {route["metadata"]["name"]: route for route in (seen[REGISTRY_ROUTES] or {}).get("items") or []}
        return next(self._waiting(routes), DONE)

    def _waiting(self, routes: dict[str, dict[str, Any]]) -> Iterator[Verdict]:
        for wanted in self.routes:
            yield from _admission(wanted, routes.get(wanted.name))
        stays = {DEFAULT_ROUTE, *(wanted.name for wanted in self.routes)}
        for name in sorted({*self.absent, *(routes.keys() - stays if self.is_all else ())}):
            # A Route without the mark is somebody else's, and stays.
            if is_marked(routes.get(name)):
                yield Verdict("waiting", f"route {name} still exists")


def _admission(wanted: ExpectedRoute, route: dict[str, Any] | None) -> Iterator[Verdict]:
    name = wanted.name
    if route is None or not is_marked(route):
        yield Verdict("waiting", f"the operator has not yet created route {name}")
        return
    host = route["spec"].get("host")
    if not host or (wanted.hostname and host != wanted.hostname):
        yield Verdict("waiting", f"route {name} has host {host or '(none)'}, not yet {wanted.hostname or 'one'}")
    for key, declared in (("certificate", wanted.certificate), ("caCertificate", wanted.ca_certificate)):
        carried = lookup(route, ("spec", "tls", key)) or ""
        if declared is not None and carried.strip() != declared.strip():
            yield Verdict("waiting", f"route {name} does not yet carry the declared {key}")
    of_host = [ingress for ingress in ingresses(route) if ingress.get("host") == host]
    if not of_host:
        yield Verdict(
            "waiting",
            f"no router has admitted route {name} (host {host}) yet",
            is_troubled=True,
            patience=_ROUTER_SECONDS,
            subject=f"route {name}",
            remedy=_UNSELECTED,
        )
    for ingress in of_host:
        admitted = admission(ingress)
        if admitted.get("status") != "True":
            router = ingress.get("routerName", "unknown")
            text = f"router {router} does not admit route {name} (host {host}): {words(admitted)}"
            yield Verdict("waiting", text, True)
