# SPDX-License-Identifier: GPL-3.0-or-later
"""Pitfalls of routes: whose they are, and certificates that the operator does not repair."""

import pytest

from sandbox.pem import self_signed
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import Document
from tests.integration.lab import Lab

ROUTE = "registry_routes"
HOST = "registry.example.com"
MARK = "imageregistry.openshift.io"


@pytest.fixture
def serving(clean: Lab) -> Lab:
    setups.serve_from_claim(clean, replicas=1)
    return clean


def _public(certificate: str, key: str) -> Document:
    tls = {"certificate": certificate, "key": key}
    return {"routes": [{"name": "public", "hostname": HOST, "tls": tls}]}


def test_routes_are_managed_through_the_config_only(serving: Lab) -> None:
    """The operator deletes Routes that bear its mark and are not in the Config, and leaves all others alone."""
    own: Document = {"apiVersion": "route.openshift.io/v1", "kind": "Route", "metadata": {"name": "own"}}
    own["spec"] = {"host": "own.example.com", "to": {"kind": "Service", "name": "image-registry"}}
    serving.api.create(paths.ROUTES, own)
    mark = serving.log.mark()
    serving.run(ROUTE, {"default_route": True, **_public(*self_signed(HOST))})
    secret = serving.api.read(f"{paths.SECRETS}/public-tls")
    assert MARK not in secret["metadata"].get("annotations", {})
    serving.run(ROUTE, {"default_route": False, "routes": []})
    written = {request.path for request in serving.log.writes_since(mark)}
    assert written == {paths.SECRETS, paths.CONFIG}
    assert [route["metadata"]["name"] for route in serving.api.items(paths.ROUTES)] == ["own"]


def test_certificate_that_was_changed_on_the_route_is_not_taken_for_served(serving: Lab) -> None:
    """The operator compares a checksum of what it wants: an edited Route stays as it is until the Secret changes."""
    pair, foreign = self_signed(HOST), self_signed(HOST)
    serving.run(ROUTE, _public(*pair))
    tls = {"certificate": foreign[0], "key": foreign[1]}
    serving.api.patch(f"{paths.ROUTES}/public", {"spec": {"tls": tls}})
    result = serving.modules.run(ROUTE, {**_public(*pair), "wait_timeout": 2})
    assert result["failed"] is True
    assert result["changed"] is False
    assert "route public does not yet carry the declared certificate" in result["msg"]
    renewed = self_signed(HOST)
    serving.run(ROUTE, _public(*renewed))
    assert serving.api.read(f"{paths.ROUTES}/public")["spec"]["tls"]["certificate"] == renewed[0]
