# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes: which there are to be, what they hold, and which hosts they make known."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from sandbox.operator.errors import ApplyError
from sandbox.operator.imageconfig import image_config_status
from sandbox.operator.routes import hostnames, obsolete, route, wanted_routes

DEFAULT_HOST = "default-route-openshift-image-registry.apps.example.com"


def existing(name: str, *hosts: str, owned: bool = True) -> dict[str, Any]:
    annotations = {"imageregistry.openshift.io": "true"} if owned else {}
    ingress = [{"host": host} for host in hosts]
    return {"metadata": {"name": name, "annotations": annotations}, "status": {"ingress": ingress}}


@pytest.mark.parametrize(
    ("spec", "names"),
    [
        ({}, []),
        ({"defaultRoute": True}, ["default-route"]),
        ({"routes": [{"name": "b"}, {"name": "a"}]}, ["b", "a"]),
        ({"defaultRoute": True, "routes": [{"name": "a"}]}, ["default-route", "a"]),
    ],
)
def test_wanted(spec: dict[str, Any], names: list[str]) -> None:
    assert [item["name"] for item in wanted_routes(spec)] == names


def test_default_route_leaves_its_host_to_the_api_server() -> None:
    made = route({"name": "default-route"}, None)
    assert made["spec"] == {
        "to": {"kind": "Service", "name": "image-registry", "weight": 100},
        "tls": {"termination": "reencrypt"},
        "wildcardPolicy": "None",
    }
    assert made["metadata"]["annotations"] == {"imageregistry.openshift.io": "true"}


@pytest.mark.parametrize(
    ("keys", "fields"),
    [
        ({}, {}),
        ({"tls.crt": "C"}, {"certificate": "C"}),
        ({"tls.crt": "C", "tls.key": "K", "tls.cacrt": "A"}, {"certificate": "C", "key": "K", "caCertificate": "A"}),
        ({"ca.crt": "A"}, {}),
    ],
)
def test_certificate_from_the_secret(keys: dict[str, str], fields: dict[str, str]) -> None:
    secret = {"data": {key: base64.b64encode(value.encode()).decode() for key, value in keys.items()}}
    made = route({"name": "r", "hostname": "h.example.com", "secretName": "s"}, secret)
    assert made["spec"]["host"] == "h.example.com"
    assert made["spec"]["tls"] == {"termination": "reencrypt"} | fields


def test_missing_secret() -> None:
    with pytest.raises(ApplyError, match=r'^secret "s" not found$'):
        route({"name": "r", "secretName": "s"}, None)


def test_only_own_routes_become_obsolete() -> None:
    routes = [existing("a"), existing("b"), existing("foreign", owned=False)]
    assert obsolete(routes, [{"name": "a"}]) == ["b"]


def test_hostnames_default_first_sorted_once() -> None:
    routes = [
        existing("z", "z.example.com"),
        existing("a", "a.example.com", "z.example.com"),
        existing("default-route", DEFAULT_HOST),
        existing("foreign", "foreign.example.com", owned=False),
        existing("waiting"),
    ]
    assert hostnames(routes) == [DEFAULT_HOST, "a.example.com", "z.example.com"]


@pytest.mark.parametrize(
    ("spec", "service", "routes", "status"),
    [
        ({}, None, [], {"imageStreamImportMode": "Legacy"}),
        (
            {"imageStreamImportMode": "PreserveOriginal"},
            {},
            [existing("r", "r.example.com")],
            {
                "imageStreamImportMode": "PreserveOriginal",
                "internalRegistryHostname": "image-registry.openshift-image-registry.svc:5000",
                "externalRegistryHostnames": ["r.example.com"],
            },
        ),
    ],
)
def test_image_config(
    spec: dict[str, Any], service: dict[str, Any] | None, routes: list[dict[str, Any]], status: dict[str, Any]
) -> None:
    assert image_config_status({"spec": spec}, service, routes) == status
