# SPDX-License-Identifier: GPL-3.0-or-later
"""Pitfalls of objects that are somebody else's: Routes that the operator takes over or writes anew, CAs, the Config."""

import json

import pytest
import requests

from sandbox.pem import self_signed
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import Document
from tests.integration.lab import Lab, warnings
from tests.integration.prediction import converge, idempotent

ROUTES = "registry_routes"
HOST = "registry.example.com"
PUBLIC = {"name": "public", "hostname": HOST}
ALLOW = "haproxy.router.openshift.io/ip_whitelist"
CERTIFICATE, KEY = self_signed(HOST)
RENEWED_CERTIFICATE, RENEWED_KEY = self_signed(HOST)


@pytest.fixture
def serving(clean: Lab) -> Lab:
    """A registry that serves from a claim."""
    setups.serve_from_claim(clean, replicas=1)
    return clean


def _by_hand(lab: Lab, host: str = HOST, **spec: object) -> None:
    content = {"host": host, "to": {"kind": "Service", "name": "image-registry"}, "tls": {"termination": "reencrypt"}}
    route = {"apiVersion": "route.openshift.io/v1", "kind": "Route", "metadata": {"name": "public"}}
    lab.api.create(paths.ROUTES, {**route, "spec": {**content, **spec}})


def _codes(result: Document) -> list[str]:
    return [finding["code"] for finding in result["findings"]]


def test_allow_list_goes_with_the_renewed_certificate_by_consent_only(serving: Lab) -> None:
    """The operator writes the Route anew, with its own annotations alone, and the registry is open to everybody."""
    pair = {"certificate": CERTIFICATE, "key": KEY}
    converge(serving, ROUTES, {"routes": [{**PUBLIC, "tls": pair}]})
    route = f"{paths.ROUTES}/public"
    serving.api.patch(route, {"metadata": {"annotations": {ALLOW: "192.0.2.0/24"}, "labels": {"router": "internal"}}})
    (shown,) = serving.run("registry_info", {})["routes"]
    assert shown["set_by_others"] == {"annotations": [ALLOW], "labels": ["router"], "fields": []}
    # What does not concern the Route costs nothing.
    serving.run("registry_workload", {"log_level": "Debug"})
    assert ALLOW in serving.api.read(route)["metadata"]["annotations"]

    renewal = {"routes": [{**PUBLIC, "tls": {"certificate": RENEWED_CERTIFICATE, "key": RENEWED_KEY}}]}
    (finding,) = serving.refused(ROUTES, renewal)["findings"]
    assert (finding["code"], finding["consent"]) == ("route-settings-lost", "accept_settings_loss")
    assert f"annotation {ALLOW}, label router" in finding["found"]
    ways: list[Document] = [{"routes": []}, {"management_state": "Removed"}]
    for closing in ways:
        assert _codes(serving.refused("registry", closing)) == ["route-settings-lost"]

    converge(serving, ROUTES, {**renewal, "accept_settings_loss": True})
    written = serving.api.read(route)["metadata"]
    assert (ALLOW in written["annotations"], written.get("labels")) == (False, None)
    converge(serving, ROUTES, {"routes": []})


def test_route_made_by_hand_for_the_same_host_is_taken_over(serving: Lab) -> None:
    _by_hand(serving, port={"targetPort": "5000-tcp"})
    serving.api.wait_for(f"{paths.ROUTES}/public", lambda route: route.get("status", {}).get("ingress"))
    result = converge(serving, ROUTES, {"routes": [PUBLIC]})
    assert _codes(result) == ["route-taken-over"]
    assert any("It replaces spec.port by its own. " in text for text in warnings(result))
    assert "imageregistry.openshift.io" in serving.api.read(f"{paths.ROUTES}/public")["metadata"]["annotations"]
    converge(serving, ROUTES, {"routes": []})
    assert serving.api.get(f"{paths.ROUTES}/public") is None


def test_route_made_by_hand_for_something_else_stays(serving: Lab) -> None:
    _by_hand(serving, "mine.example.com", tls={"termination": "passthrough"})
    (finding,) = serving.refused(ROUTES, {"routes": [PUBLIC]})["findings"]
    assert finding["code"] == "route-of-others"
    assert "host mine.example.com and termination passthrough" in finding["found"]


def test_default_route_keeps_its_host_until_it_is_given_up(serving: Lab) -> None:
    (host,) = converge(serving, ROUTES, {"default_route": True})["registry"]["hosts"]
    same = {"routes": [{"name": "with-cert", "hostname": host}]}
    (finding,) = serving.refused(ROUTES, same)["findings"]
    assert (finding["code"], "default_route to false" in finding["remedy"]) == ("host-of-default-route", True)
    converge(serving, ROUTES, {**same, "default_route": False})


def test_bundle_that_the_cluster_trusts_is_not_changed(serving: Lab) -> None:
    serving.api.create(paths.TRUSTED_CAS, {"metadata": {"name": "cluster-ca"}, "data": {"ca-bundle.crt": CERTIFICATE}})
    trust = {"spec": {"additionalTrustedCA": {"name": "cluster-ca"}}}
    serving.api.patch(paths.IMAGE_CONFIG, trust)
    setups.add_bucket(serving)
    authority = CERTIFICATE + RENEWED_CERTIFICATE
    bucket = setups.s3(serving, trusted_ca="cluster-ca", trusted_ca_certificates=authority)
    keys = {"s3": {"access_key": setups.ACCESS_KEY, "secret_key": setups.SECRET_KEY}}
    moving = {"storage": {"s3": bucket}, "credentials": keys, "accept_data_loss": True}
    try:
        (finding,) = serving.refused("registry", moving)["findings"]
    finally:
        serving.api.patch(paths.IMAGE_CONFIG, {"spec": {"additionalTrustedCA": None}})
        serving.api.delete(f"{paths.TRUSTED_CAS}/cluster-ca")
    assert finding["code"] == "object-of-others"
    assert "Image cluster as owner" in finding["found"]


def test_who_else_declares_a_field_is_named(serving: Lab) -> None:
    kind = {"apiVersion": "imageregistry.operator.openshift.io/v1", "kind": "Config"}
    applied = requests.patch(
        f"{serving.api.server}{paths.CONFIG}?fieldManager=argocd-controller&force=true",
        data=json.dumps({**kind, "metadata": {"name": "cluster"}, "spec": {"logLevel": "Normal"}}),
        headers={"Authorization": f"Bearer {serving.api.token}", "Content-Type": "application/apply-patch+yaml"},
        verify=str(serving.api.authority),
        timeout=10,
    )
    assert applied.status_code == 200, applied.text
    for check in (True, False):
        result = serving.run("registry_workload", {"log_level": "Debug"}, check=check)
        assert [(finding["code"], finding["field"]) for finding in result["findings"]] == [
            ("declared-elsewhere", "spec.logLevel")
        ]
        assert "argocd-controller as manager too" in result["findings"][0]["found"]
    # What that one does not declare is not its own.
    assert serving.run("registry_workload", {"read_only": True})["findings"] == []
    idempotent(serving, "registry_workload", {"log_level": "Debug"})
