# SPDX-License-Identifier: GPL-3.0-or-later
"""The default Route and those that the spec lists."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from sandbox import pem
from sandbox.tests.operator_cases.watching import (
    BASELINE,
    CLUSTER_OPERATOR,
    DEFAULT_HOST,
    conditions,
    exists,
    patch,
    reaches,
    reports,
    retrying,
    vanishes,
)
from tests.integration import api as paths
from tests.integration.lab import Lab
from tests.integration.setups import add_secret

DEFAULT_ROUTE = f"{paths.ROUTES}/default-route"
CUSTOM_ROUTE = f"{paths.ROUTES}/r"
CUSTOM_HOST = "registry.example.com"


def has_hosts(lab: Lab, hosts: list[str]) -> None:
    """Wait until the image config names exactly these hosts."""
    lab.api.wait_for(
        paths.IMAGE_CONFIG,
        lambda image_config: image_config["status"].get("externalRegistryHostnames", []) == hosts,
    )


@pytest.mark.parametrize(
    "routes", [[{"name": "a"}, {"name": "a"}], [{"name": "default-route", "hostname": "h.example.com"}]]
)
def test_case_25_names_that_clash(serving: Lab, routes: list[dict[str, Any]]) -> None:
    patch(serving, routes=routes)
    problem = "unable to complete resource: duplication of names has been detected in the additional routes"
    reaches(
        serving,
        {
            "Progressing": ("False", "Error", f"Unable to apply resources: {problem}"),
            "Degraded": ("True", "VerificationFailed", f"Error: {problem}"),
        },
    )
    assert serving.api.items(paths.ROUTES) == []


def test_cases_26_and_27_default_route(serving: Lab) -> None:
    patch(serving, defaultRoute=True)
    has_hosts(serving, [DEFAULT_HOST])
    route = exists(serving, DEFAULT_ROUTE)
    assert route["spec"]["host"] == DEFAULT_HOST
    # It had its host from the beginning: nobody has written the spec since.
    assert route["metadata"]["generation"] == 1
    assert route["spec"]["tls"] == {"termination": "reencrypt"}
    assert route["spec"]["to"] == {"kind": "Service", "name": "image-registry", "weight": 100}
    assert route["metadata"]["annotations"]["imageregistry.openshift.io"] == "true"
    reaches(serving, BASELINE)
    patch(serving, defaultRoute=False)
    vanishes(serving, DEFAULT_ROUTE)
    has_hosts(serving, [])
    reaches(serving, BASELINE)


def test_cases_28_and_29_certificate_from_a_secret(serving: Lab) -> None:
    patch(serving, routes=[{"name": "r", "hostname": CUSTOM_HOST, "secretName": "s"}])
    problem = (
        "unable to apply objects: failed to create object *v1.Route, Namespace=openshift-image-registry, Name=r: "
        'secret "s" not found'
    )
    reaches(serving, {"Progressing": retrying(problem)})
    assert serving.api.get(CUSTOM_ROUTE) is None
    certificate, key, authority = pem.signed(CUSTOM_HOST)
    add_secret(serving, "s", {"tls.crt": certificate, "tls.key": key, "tls.cacrt": authority})
    route = exists(serving, CUSTOM_ROUTE)
    assert route["spec"]["host"] == CUSTOM_HOST
    assert route["spec"]["tls"] == {
        "termination": "reencrypt",
        "certificate": certificate,
        "key": key,
        "caCertificate": authority,
    }
    reaches(serving, BASELINE)
    has_hosts(serving, [CUSTOM_HOST])
    # Another certificate in the same Secret reaches the Route, but the router wants the key that belongs to it.
    other, _other_key = pem.self_signed(CUSTOM_HOST)
    encoded = base64.b64encode(other.encode()).decode()
    serving.api.patch(f"{paths.SECRETS}/s", {"data": {"tls.crt": encoded, "tls.cacrt": None}})
    serving.api.wait_for(CUSTOM_ROUTE, lambda route: route["spec"]["tls"]["certificate"] == other)
    message = (
        f"route r (host {CUSTOM_HOST}, router default) not admitted: "
        'spec.tls.key: Invalid value: "redacted key data": tls: private key does not match public key'
    )
    reaches(serving, BASELINE | {"Degraded": ("True", "RouteDegraded", message)})
    patch(serving, routes=[])
    vanishes(serving, CUSTOM_ROUTE)


def test_case_30_route_that_is_not_admitted(serving: Lab, knobs: Callable[..., None]) -> None:
    knobs(refuseRoutes="r", refuseMessage="somebody else holds the host")
    patch(serving, routes=[{"name": "r", "hostname": CUSTOM_HOST}])
    message = f"route r (host {CUSTOM_HOST}, router default) not admitted: somebody else holds the host"
    reaches(serving, BASELINE | {"Degraded": ("True", "RouteDegraded", message)})
    reports(serving, CLUSTER_OPERATOR, {"Degraded": ("True", "RouteDegraded", f"Degraded: {message}")})
    patch(serving, routes=[])
    reaches(serving, BASELINE)


def test_a_name_that_makes_too_long_a_host(serving: Lab) -> None:
    """A label of a host has 63 characters at most, and the first one has the namespace in it."""
    name = "r" * (63 - len("-openshift-image-registry") + 1)
    patch(serving, routes=[{"name": name}])

    def refused(config: dict[str, Any]) -> bool:
        _status, _reason, message = conditions(config)["Progressing"]
        return f"Name={name}: " in message and "spec.host in body should match" in message

    serving.api.wait_for(paths.CONFIG, refused)
    assert serving.api.items(paths.ROUTES) == []
    patch(serving, routes=[{"name": name[1:]}])
    reaches(serving, BASELINE)
    has_hosts(serving, [f"{name[1:]}-openshift-image-registry.apps.sandbox.example.com"])
    patch(serving, routes=[])
    vanishes(serving, f"{paths.ROUTES}/{name[1:]}")


def test_what_another_router_says_of_a_route_stays_and_counts(serving: Lab) -> None:
    patch(serving, routes=[{"name": "r", "hostname": CUSTOM_HOST}])
    reaches(serving, BASELINE)
    reported = serving.api.wait_for(CUSTOM_ROUTE, lambda route: (route.get("status") or {}).get("ingress"))
    since = reported[0]["conditions"][0]["lastTransitionTime"]
    refused = {"type": "Admitted", "status": "False", "message": "not of this shard", "lastTransitionTime": since}
    internal = {"host": CUSTOM_HOST, "routerName": "internal", "conditions": [refused]}
    serving.api.patch(f"{CUSTOM_ROUTE}/status", {"status": {"ingress": [internal]}})
    both = serving.api.wait_for(
        CUSTOM_ROUTE, lambda route: route["status"]["ingress"] if len(route["status"]["ingress"]) == 2 else None
    )
    assert [shown["routerName"] for shown in both] == ["internal", "default"]
    message = f"route r (host {CUSTOM_HOST}, router internal) not admitted: not of this shard"
    reaches(serving, BASELINE | {"Degraded": ("True", "RouteDegraded", message)})
    patch(serving, routes=[])
    vanishes(serving, CUSTOM_ROUTE)


def test_host_stays_when_the_route_is_written_again(serving: Lab) -> None:
    certificate, key = pem.self_signed("r-openshift-image-registry.apps.sandbox.example.com")
    add_secret(serving, "s", {"tls.crt": certificate, "tls.key": key})
    patch(serving, routes=[{"name": "r"}])
    host = "r-openshift-image-registry.apps.sandbox.example.com"
    serving.api.wait_for(CUSTOM_ROUTE, lambda route: route["spec"].get("host") == host)
    patch(serving, routes=[{"name": "r", "secretName": "s"}])
    serving.api.wait_for(CUSTOM_ROUTE, lambda route: "certificate" in route["spec"]["tls"])
    assert exists(serving, CUSTOM_ROUTE)["spec"]["host"] == host


def test_foreign_routes_are_left_alone(serving: Lab) -> None:
    foreign = {"metadata": {"name": "foreign"}, "spec": {"host": "f.example.com", "to": {"name": "image-registry"}}}
    serving.api.create(paths.ROUTES, {"apiVersion": "route.openshift.io/v1", "kind": "Route"} | foreign)
    patch(serving, defaultRoute=True)
    has_hosts(serving, [DEFAULT_HOST])
    patch(serving, defaultRoute=False)
    vanishes(serving, DEFAULT_ROUTE)
    assert serving.api.get(f"{paths.ROUTES}/foreign") is not None
    serving.api.delete(f"{paths.ROUTES}/foreign")
