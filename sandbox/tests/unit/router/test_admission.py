# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts and admission of Routes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.knobs import Knobs
from sandbox.router.admission import Object, allocated_host, ingress

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
KNOBS = Knobs(apps_domain="apps.example.com", refuse_routes=frozenset({"bad"}), refuse_message="taken")


def route(name: str = "public", host: str = "registry.example.com", namespace: str = "ns", **metadata: Any) -> Object:
    created = {"creationTimestamp": "2026-11-22T11:00:00Z", "uid": f"uid-{name}"}
    spec = {"host": host, "wildcardPolicy": "None"} if host else {}
    return {"metadata": {"name": name, "namespace": namespace, **created, **metadata}, "spec": spec}


def admitted(item: Object, *others: Object) -> Object:
    shown = ingress(item, [item, *others], KNOBS, NOW)
    assert shown is not None
    found: Object = shown[0]["conditions"][0]
    return found


def test_a_route_without_a_host_gets_one() -> None:
    assert allocated_host(route(host=""), KNOBS) == "public-ns.apps.example.com"
    assert allocated_host(route(), KNOBS) is None


def test_an_admitted_route() -> None:
    assert ingress(route(), [route()], KNOBS, NOW) == [
        {
            "host": "registry.example.com",
            "routerName": "default",
            "routerCanonicalHostname": "router-default.apps.example.com",
            "wildcardPolicy": "None",
            "conditions": [{"type": "Admitted", "status": "True", "lastTransitionTime": "2026-11-22T12:00:00Z"}],
        }
    ]


def test_a_route_that_carries_its_answer_is_left_alone() -> None:
    item = route()
    item["status"] = {"ingress": ingress(item, [item], KNOBS, NOW)}
    assert ingress(item, [item], KNOBS, NOW) is None


def test_a_changed_host_is_answered_again() -> None:
    item = route()
    item["status"] = {"ingress": ingress(item, [item], KNOBS, NOW)}
    item["spec"]["host"] = "other.example.com"
    shown = ingress(item, [item], KNOBS, NOW)
    assert shown is not None and shown[0]["host"] == "other.example.com"


def test_a_route_that_the_knobs_refuse() -> None:
    assert admitted(route("bad")) == {
        "type": "Admitted",
        "status": "False",
        "reason": "HostAlreadyClaimed",
        "message": "taken",
        "lastTransitionTime": "2026-11-22T12:00:00Z",
    }


@pytest.mark.parametrize(
    ("namespace", "message"),
    [
        ("ns", "route older already exposes registry.example.com and is older"),
        ("other", "a route in another namespace holds registry.example.com and is older"),
    ],
)
def test_the_oldest_route_keeps_the_host(namespace: str, message: str) -> None:
    older = route("older", namespace=namespace, creationTimestamp="2026-11-22T10:00:00Z")
    refused = admitted(route(), older)
    assert (refused["reason"], refused["message"]) == ("HostAlreadyClaimed", message)
    assert admitted(older, route())["status"] == "True"


def test_another_host_is_no_rival() -> None:
    older = route("older", "other.example.com", creationTimestamp="2026-11-22T10:00:00Z")
    assert admitted(route(), older)["status"] == "True"
