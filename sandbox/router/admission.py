# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: what the router writes to one Route, given all of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sandbox.knobs import Knobs

from . import certificates

Object = dict[str, Any]

ROUTER = "default"


def ingress(route: Object, routes: Iterable[Object], knobs: Knobs, now: datetime) -> list[Object] | None:
    """status.ingress of a Route that has a host; None when the Route carries it already.

    The oldest Route with a host keeps it; every other one is refused with HostAlreadyClaimed, unless it is in the same
    namespace and has another path. What other routers have reported stays.
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
    reported = route.get("status", {}).get("ingress") or []
    own = [shown for shown in reported if shown["routerName"] == ROUTER]
    if [_timeless(shown) for shown in own] == [entry | {"conditions": [admitted]}]:
        return None
    answer = entry | {"conditions": [admitted | {"lastTransitionTime": now.strftime("%Y-%m-%dT%H:%M:%SZ")}]}
    if not own:
        return [*reported, answer]
    return [answer if shown is own[0] else shown for shown in reported]


def _refusal(route: Object, routes: Iterable[Object], knobs: Knobs) -> tuple[str, str] | None:
    if knobs.refuses(route["metadata"]["name"]):
        return knobs.refuse_reason, knobs.refuse_message
    host = route["spec"]["host"]
    oldest = min((other for other in routes if _is_rival(other, route)), key=_age)
    if oldest["metadata"]["uid"] == route["metadata"]["uid"]:
        invalid = certificates.problem(route["spec"].get("tls") or {})
        return ("ExtendedValidationFailed", invalid) if invalid else None
    if oldest["metadata"]["namespace"] == route["metadata"]["namespace"]:
        return "HostAlreadyClaimed", f"route {oldest['metadata']['name']} already exposes {host} and is older"
    return "HostAlreadyClaimed", f"a route in another namespace holds {host} and is older"


def _is_rival(other: Object, route: Object) -> bool:
    """Whether only one of the two can be admitted; a Route is a rival of itself."""
    if other["spec"].get("host") != route["spec"]["host"]:
        return False
    apart = other["spec"].get("path", "") != route["spec"].get("path", "")
    return not apart or other["metadata"]["namespace"] != route["metadata"]["namespace"]


def _age(route: Object) -> tuple[str, str]:
    return route["metadata"]["creationTimestamp"], route["metadata"]["uid"]


def _timeless(shown: Object) -> Object:
    conditions = [
        {key: value for key, value in condition.items() if key != "lastTransitionTime"}
        for condition in shown.get("conditions", [])
    ]
    return shown | {"conditions": conditions}
