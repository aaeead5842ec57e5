# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Route says: whose it is, which routers serve it under which host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects.conditions import condition
from ansible_collections.okd.image_registry.plugins.module_utils._objects.ownership import OPERATOR_CHECKSUM
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    OPERATOR_MARK,
    OPERATOR_NAMESPACE,
)


def is_marked(route: dict[str, Any] | None) -> bool:
    """Whether a Route is the operator's own, which deletes it when the Config does not list it."""
    return OPERATOR_MARK in (lookup(route, ("metadata", "annotations")) or {})


def is_of_registry(route: dict[str, Any]) -> bool:
    """Whether a Route, of any namespace, is the operator's own."""
    return route["metadata"]["namespace"] == OPERATOR_NAMESPACE and is_marked(route)


# What the operator, the API server and kubectl write by themselves.
_NOBODYS = frozenset(
    {
        OPERATOR_MARK,
        OPERATOR_CHECKSUM,
        "openshift.io/host.generated",
        "kubectl.kubernetes.io/last-applied-configuration",
    }
)


def set_by_others(route: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what others put into a Route's metadata, which the operator does not keep when it writes it anew."""
    metadata = route["metadata"]
    found = {
        "annotation": (name for name in metadata.get("annotations") or {} if name not in _NOBODYS),
        "label": metadata.get("labels") or {},
        "owner": (f"{owner['kind']} {owner['name']}" for owner in metadata.get("ownerReferences") or []),
        "finalizer": metadata.get("finalizers") or [],
    }
    return [(kind, name) for kind, names in found.items() for name in sorted(names)]


# What the operator writes of a Route's spec, and what the API server fills in.
_OPERATORS = frozenset({"host", "subdomain", "to", "tls", "wildcardPolicy"})
_OPERATORS_TLS = frozenset({"termination", "certificate", "key", "caCertificate"})
TERMINATION = "reencrypt"
SERVICE = "image-registry"


def fields_of_others(route: dict[str, Any]) -> list[str]:
    """Return the fields of a Route's spec, besides a certificate, that are not as the operator writes them."""
    spec = route["spec"]
    to, tls = spec.get("to") or {}, spec.get("tls") or {}
    found = {f"spec.{key}" for key, value in spec.items() if value and value != "/" and key not in _OPERATORS}
    found |= {
        f"spec.tls.{key}" for key, value in tls.items() if value and value != "None" and key not in _OPERATORS_TLS
    }
    as_written = {
        "spec.to.name": to.get("name") == SERVICE,
        "spec.to.weight": to.get("weight") in (None, 100),
        "spec.tls.termination": tls.get("termination") == TERMINATION,
    }
    return sorted(found.union(name for name, is_so in as_written.items() if not is_so))


def ingresses(route: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the routers say of a Route, an entry for each router and host."""
    return lookup(route, ("status", "ingress")) or []


def admission(ingress: dict[str, Any]) -> dict[str, Any]:
    """Return the condition with which a router admits a Route or refuses it, {} while it has not decided."""
    return condition({"status": ingress}, "Admitted")


def admissions(route: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each router that serves a Route, with the host."""
    for ingress in ingresses(route):
        if ingress.get("host") and admission(ingress).get("status") == "True":
            yield ingress.get("routerName", ""), ingress["host"]


def hosts(routes: Iterable[dict[str, Any]]) -> list[str]:
    """Return the hosts under which a router serves the registry, sorted."""
    return sorted({host for route in routes if is_marked(route) for _router, host in admissions(route)})
