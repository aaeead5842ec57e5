# SPDX-License-Identifier: GPL-3.0-or-later
"""Module registry_routes: the default route, custom routes and their certificates."""

import base64
from typing import Any

import pytest

from sandbox.pem import self_signed, signed
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import Document, condition
from tests.integration.lab import Lab, warnings
from tests.integration.prediction import converge, idempotent

ROUTE = "registry_routes"
HOST = "registry.example.com"
DEFAULT_HOST = "default-route-openshift-image-registry.apps.sandbox.example.com"
CERTIFICATE, KEY, AUTHORITY = signed(HOST)


@pytest.fixture(scope="module")
def module_serving(clean_module: Lab) -> Lab:
    setups.serve_from_claim(clean_module, replicas=1)
    return clean_module


@pytest.fixture
def serving(module_serving: Lab) -> Lab:
    """A registry that serves without any route; what tests of routes leave is taken away before the next one."""
    lab = module_serving
    lab.api.patch(paths.CONFIG, {"spec": {"defaultRoute": None, "routes": None}})
    lab.api.wait_for_all(paths.ROUTES, lambda routes: not routes)
    setups.wait_served(lab)
    for secret in lab.api.items(paths.SECRETS):
        if secret["type"] == "kubernetes.io/tls":
            lab.api.delete(f"{paths.SECRETS}/{secret['metadata']['name']}")
    return lab


def _public(**more: Any) -> dict[str, Any]:
    return {"routes": [{"name": "public", "hostname": HOST, **more}]}


def _tls(certificate: str = CERTIFICATE, key: str = KEY, **more: Any) -> dict[str, Any]:
    return _public(tls={"certificate": certificate, "key": key, **more})


def _route(lab: Lab, name: str = "public") -> Document:
    return lab.api.read(f"{paths.ROUTES}/{name}")


def _is_admitted(route: Document) -> bool:
    (ingress,) = route["status"]["ingress"]
    return bool(condition({"status": ingress}, "Admitted")["status"] == "True")


def test_default_route_comes_and_goes(serving: Lab) -> None:
    result = converge(serving, ROUTE, {"default_route": True})
    route = _route(serving, "default-route")
    assert (route["spec"]["host"], _is_admitted(route)) == (DEFAULT_HOST, True)
    assert result["registry"]["hosts"] == [DEFAULT_HOST]

    result = converge(serving, ROUTE, {"default_route": False})
    assert serving.api.get(f"{paths.ROUTES}/default-route") is None
    assert result["registry"]["hosts"] == []
    # Not wanted and not mentioned are the same.
    serving.api.patch(paths.CONFIG, {"spec": {"defaultRoute": None}})
    idempotent(serving, ROUTE, {"default_route": False})


def test_route_gets_the_certificate_that_is_declared(serving: Lab) -> None:
    result = converge(serving, ROUTE, _tls(ca_certificate=AUTHORITY))
    assert [(step["action"], step["kind"], step["name"]) for step in result["plan"]] == [
        ("create", "Secret", "public-tls"),
        ("patch", "Config", "cluster"),
    ]
    tls = _route(serving)["spec"]["tls"]
    assert (tls["termination"], tls["certificate"], tls["key"]) == ("reencrypt", CERTIFICATE, KEY)
    assert tls["caCertificate"] == AUTHORITY
    assert _is_admitted(_route(serving))
    assert result["registry"]["hosts"] == [HOST]


def test_certificate_is_renewed(serving: Lab) -> None:
    converge(serving, ROUTE, _tls(ca_certificate=AUTHORITY))
    certificate, key = self_signed(HOST)
    result = converge(serving, ROUTE, _tls(certificate, key))
    (step,) = result["plan"]
    assert (step["action"], step["kind"], step["name"]) == ("patch", "Secret", "public-tls")
    assert step["fields"] == ["data.tls.cacrt", "data.tls.crt", "data.tls.key"]
    secret = serving.api.read(f"{paths.SECRETS}/public-tls")
    assert {name: base64.b64decode(value).decode() for name, value in secret["data"].items()} == {
        "tls.crt": certificate,
        "tls.key": key,
    }
    tls = _route(serving)["spec"]["tls"]
    assert (tls["certificate"], tls["key"]) == (certificate, key)


def test_chain_that_follows_the_certificate_is_kept(serving: Lab) -> None:
    converge(serving, ROUTE, _tls(CERTIFICATE + AUTHORITY))
    assert _route(serving)["spec"]["tls"]["certificate"] == CERTIFICATE + AUTHORITY


def test_secret_that_exists_is_used_as_it_is(serving: Lab) -> None:
    setups.add_secret(serving, "mine", {"tls.crt": CERTIFICATE, "tls.key": KEY}, "kubernetes.io/tls")
    result = converge(serving, ROUTE, _public(secret_name="mine"))
    assert [step["kind"] for step in result["plan"]] == ["Config"]
    assert _route(serving)["spec"]["tls"]["certificate"] == CERTIFICATE


def test_secret_without_a_certificate_leaves_the_router_its_own(serving: Lab) -> None:
    setups.add_secret(serving, "chain", {"tls.cacrt": AUTHORITY})
    try:
        result = converge(serving, ROUTE, _public(secret_name="chain"))
        tls = _route(serving)["spec"]["tls"]
    finally:
        serving.api.delete(f"{paths.SECRETS}/chain")
    assert (tls.get("certificate"), tls["caCertificate"]) == (None, AUTHORITY)
    assert any("a Secret without tls.crt and tls.key" in text for text in warnings(result))


def test_secret_of_another_purpose_is_not_overwritten(serving: Lab) -> None:
    """service-ca marks what it issues; the stand-ins issue nothing."""
    mark = {"service.beta.openshift.io/originating-service-name": "public"}
    secret = {"metadata": {"name": "public-tls", "annotations": mark}, "type": "kubernetes.io/tls"}
    serving.api.create(paths.SECRETS, {**secret, "stringData": {"tls.crt": AUTHORITY, "tls.key": KEY}})
    writes = serving.log.mark()
    result = serving.modules.run(ROUTE, _tls())
    assert result["failed"] is True
    assert "routes[].tls has Service public as owner" in result["msg"]
    assert not serving.log.writes_since(writes)


def test_list_is_that_list(serving: Lab) -> None:
    converge(serving, ROUTE, {"routes": [{"name": "one", "hostname": "one.example.com"}, {"name": "two"}]})
    assert [route["name"] for route in serving.spec()["routes"]] == ["one", "two"]
    # The cluster chose the host of the second.
    assert _route(serving, "two")["spec"]["host"] == "two-openshift-image-registry.apps.sandbox.example.com"

    converge(serving, ROUTE, {"routes": [{"name": "two"}, {"name": "three", "hostname": "three.example.com"}]})
    assert [route["name"] for route in serving.spec()["routes"]] == ["two", "three"]
    assert sorted(route["metadata"]["name"] for route in serving.api.items(paths.ROUTES)) == ["three", "two"]

    result = converge(serving, ROUTE, {"routes": []})
    assert serving.api.items(paths.ROUTES) == []
    assert result["registry"]["hosts"] == []


def test_host_moves(serving: Lab) -> None:
    converge(serving, ROUTE, _public())
    result = converge(serving, ROUTE, {"routes": [{"name": "public", "hostname": "images.example.com"}]})
    assert (_route(serving)["spec"]["host"], result["registry"]["hosts"]) == (
        "images.example.com",
        ["images.example.com"],
    )


def test_wildcard_certificate_covers_the_host(serving: Lab) -> None:
    certificate, key = self_signed("*.example.com")
    converge(serving, ROUTE, _tls(certificate, key))
    assert _route(serving)["spec"]["tls"]["certificate"] == certificate


def test_route_of_somebody_else_is_left_alone(serving: Lab) -> None:
    foreign = {"metadata": {"name": "foreign"}, "spec": {"host": "foreign.example.com", "to": {"name": "other"}}}
    serving.api.create(paths.ROUTES, {**foreign, "apiVersion": "route.openshift.io/v1", "kind": "Route"})
    try:
        result = converge(serving, ROUTE, _public())
        converge(serving, ROUTE, {"routes": []})
        assert _route(serving, "foreign")["spec"]["host"] == "foreign.example.com"
        assert result["registry"]["hosts"] == [HOST]
    finally:
        serving.api.delete(f"{paths.ROUTES}/foreign")
