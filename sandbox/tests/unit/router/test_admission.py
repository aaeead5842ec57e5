# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts and admission of Routes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox import hosts, pem
from sandbox.knobs import Knobs
from sandbox.router.admission import Object, ingress

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
KNOBS = Knobs(apps_domain="apps.example.com", refuse_routes=frozenset({"bad"}), refuse_message="taken")


def route(
    name: str = "public", host: str = "registry.example.com", namespace: str = "ns", path: str = "", **metadata: Any
) -> Object:
    created = {"creationTimestamp": "2026-11-22T11:00:00Z", "uid": f"uid-{name}"}
    spec = {"host": host, "wildcardPolicy": "None"} if host else {}
    if path:
        spec["path"] = path
    return {"metadata": {"name": name, "namespace": namespace, **created, **metadata}, "spec": spec}


def admitted(item: Object, *others: Object) -> Object:
    shown = ingress(item, [item, *others], KNOBS, NOW)
    assert shown is not None
    found: Object = shown[0]["conditions"][0]
    return found


def test_a_route_without_a_host_gets_one() -> None:
    assert hosts.allocated(route(host=""), "apps.example.com") == "public-ns.apps.example.com"
    assert hosts.allocated(route("a.b", host=""), "apps.example.com") == "a-b-ns.apps.example.com"
    assert hosts.allocated(route(), "apps.example.com") is None


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


@pytest.mark.parametrize("position", [0, 1])
def test_what_another_router_reported_stays(position: int) -> None:
    item = route()
    other = {"host": "registry.example.com", "routerName": "internal", "conditions": []}
    (own,) = ingress(item, [item], KNOBS, NOW) or [{}]
    item["status"] = {"ingress": [other]}
    assert ingress(item, [item], KNOBS, NOW) == [other, own]
    outdated = own | {"host": "earlier.example.com"}
    both = [outdated, other] if position == 0 else [other, outdated]
    item["status"] = {"ingress": both}
    assert ingress(item, [item], KNOBS, NOW) == [own if shown is outdated else shown for shown in both]
    item["status"] = {"ingress": [other, own]}
    assert ingress(item, [item], KNOBS, NOW) is None


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


def test_paths_share_a_host_within_their_namespace_only() -> None:
    older = route("older", path="/v1", creationTimestamp="2026-11-22T10:00:00Z")
    assert admitted(route(path="/v2"), older)["status"] == "True"
    assert admitted(route(path="/v1"), older)["reason"] == "HostAlreadyClaimed"
    assert admitted(route(path="/v2", namespace="other"), older)["reason"] == "HostAlreadyClaimed"


def test_a_certificate_that_the_router_cannot_use() -> None:
    certificate, _key = pem.self_signed("registry.example.com")
    _other, key = pem.self_signed("registry.example.com")
    item = route()
    item["spec"]["tls"] = {"termination": "reencrypt", "certificate": certificate, "key": key}
    refused = admitted(item)
    message = 'spec.tls.key: Invalid value: "redacted key data": tls: private key does not match public key'
    assert (refused["status"], refused["reason"], refused["message"]) == ("False", "ExtendedValidationFailed", message)
    # Whose host it is counts first.
    older = route("older", creationTimestamp="2026-11-22T10:00:00Z")
    assert admitted(item, older)["reason"] == "HostAlreadyClaimed"
