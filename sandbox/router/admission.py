# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: what the router writes to one Route, given all of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sandbox.knobs import Knobs

Object = dict[str, Any]

ROUTER = "default"


def allocated_host(route: Object, knobs: Knobs) -> str | None:
    """The host to put into spec.host of a Route that names none; None for one that does."""
    if route["spec"].get("host"):
        return None
    metadata = route["metadata"]
    return f"{metadata['name']}-{metadata['namespace']}.{knobs.apps_domain}"


def ingress(route: Object, routes: Iterable[Object], knobs: Knobs, now: datetime) -> list[Object] | None:
    """status.ingress of a Route that has a host; None when the Route carries it already.

    The oldest Route with a host keeps it; every other one is refused with HostAlreadyClaimed.
    """
    refused = _refusal(route, routes, knobs)
    admitted: Object = {"type": "Admitted", "status": "False" if refused else "True"}
    if refused:
        admitted |= {"reason": refused[0], "message": refused[1]}
    entry = {
        "host": route["spec"]["host"],
        "routerName": ROUTER,
        "routerCanonicalHostname": f"router-{ROUTER}.{knobs.apps_domain}",
        "wildcardPolicy": route["spec"].get("wildcardPolicy", "None"),
    }
    if [_timeless(shown) for shown in route.get("status", {}).get("ingress", [])] == [
        entry | {"conditions": [admitted]}
    ]:
        return None
    return [entry | {"conditions": [admitted | {"lastTransitionTime": now.strftime("%Y-%m-%dT%H:%M:%SZ")}]}]


def _refusal(route: Object, routes: Iterable[Object], knobs: Knobs) -> tuple[str, str] | None:
    if knobs.refuses(route["metadata"]["name"]):
        return knobs.refuse_reason, knobs.refuse_message
    host = route["spec"]["host"]
    claims = [other for other in routes if other["spec"].get("host") == host]
    oldest = min(claims, key=_age)
    if oldest["metadata"]["uid"] == route["metadata"]["uid"]:
        return None
    if oldest["metadata"]["namespace"] == route["metadata"]["namespace"]:
        return "HostAlreadyClaimed", f"route {oldest['metadata']['name']} already exposes {host} and is older"
    return "HostAlreadyClaimed", f"a route in another namespace holds {host} and is older"


def _age(route: Object) -> tuple[str, str]:
    return route["metadata"]["creationTimestamp"], route["metadata"]["uid"]


def _timeless(shown: Object) -> Object:
    conditions = [
        {key: value for key, value in condition.items() if key != "lastTransitionTime"}
        for condition in shown.get("conditions", [])
    ]
    return shown | {"conditions": conditions}
