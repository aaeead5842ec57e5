# SPDX-License-Identifier: GPL-3.0-or-later
"""What is secret in the options of a connection, and what is not."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._secrets import connection as connection_secrets


def user(**entries: Any) -> dict[str, Any]:
    """Return a kubeconfig with one user, whose name is no secret."""
    return {"kind": "Config", "users": [{"name": "admin", "user": entries}]}


@pytest.mark.parametrize(
    ("options", "secrets"),
    [
        ({}, set()),
        ({"host": "https://a.example.com", "username": "me", "context": "here", "kubeconfig": "/a/b"}, set()),
        ({"api_key": "t0ken"}, {"t0ken"}),
        ({"username": "me", "password": "pa55"}, {"pa55"}),
        ({"proxy": "http://proxy.example.com:3128"}, set()),
        ({"proxy": "http://me:p%40ss@proxy.example.com:3128"}, {"p%40ss", "p@ss"}),
        ({"proxy": "me:pa55@proxy.example.com:3128"}, {"pa55"}),
        ({"proxy_headers": {"proxy_basic_auth": "me:pa55", "basic_auth": None}}, {"me:pa55", "pa55"}),
        ({"proxy_headers": {"user_agent": "agent/1.0"}}, set()),
        ({"kubeconfig": user(token="t0ken")}, {"t0ken"}),
        ({"kubeconfig": user(**{"tokenFile": "/a/b", "client-certificate-data": "Y2VydA=="})}, set()),
        ({"kubeconfig": user(**{"client-key-data": "a2V5", "password": "pa55"})}, {"a2V5", "pa55"}),
        (
            {
                "kubeconfig": user(
                    **{"auth-provider": {"name": "oidc", "config": {"id-token": "a.b.c", "client-secret": "s"}}}
                )
            },
            {"a.b.c", "s"},
        ),
        (
            {"kubeconfig": {"clusters": [{"name": "c", "cluster": {"proxy-url": "http://me:pa55@p.example.com"}}]}},
            {"pa55"},
        ),
        ({"kubeconfig": "users:\n- token: t0ken"}, {"users:\n- token: t0ken"}),
    ],
)
def test_declared(options: dict[str, Any], secrets: set[str]) -> None:
    assert connection_secrets.declared(options) == secrets


@pytest.mark.parametrize(
    ("plugin", "secrets"),
    [
        ({"command": "aws", "args": ["eks", "get-token", "--cluster-name", "prod"]}, set()),
        ({"command": "a", "env": [{"name": "AWS_PROFILE", "value": "default"}]}, set()),
        ({"command": "a", "env": [{"name": "AWS_SECRET_ACCESS_KEY", "value": "s3cret"}]}, {"s3cret"}),
        ({"command": "a", "env": None, "args": None}, set()),
        ({"command": "a", "args": ["--client-secret=s3cret", "--issuer=https://a.example.com"]}, {"s3cret"}),
        ({"command": "a", "args": ["--client-secret", "s3cret", "--issuer", "https://a.example.com"]}, {"s3cret"}),
    ],
)
def test_exec_plugins(plugin: dict[str, Any], secrets: set[str]) -> None:
    assert connection_secrets.in_kubeconfig(user(exec=plugin)) == secrets


@pytest.mark.parametrize("name", ["tokn", "access_token", "client-key-dta", "secret"])
def test_a_key_of_a_user_that_nobody_knows_may_be_a_misspelt_one(name: str) -> None:
    assert connection_secrets.in_kubeconfig(user(**{name: "s3cret"})) == {"s3cret"}
    assert connection_secrets.in_kubeconfig(user(**{name: {"below": ["s3cret"]}})) == {"s3cret"}


@pytest.mark.parametrize("name", ["username", "client-certificate", "client-key", "tokenFile", "as", "as-uid"])
def test_what_a_kubeconfig_says_of_a_user_is_not_all_secret(name: str) -> None:
    assert connection_secrets.in_kubeconfig(user(**{name: "admin"})) == set()


def test_loaded() -> None:
    sent = [("Authorization", "Bearer t0ken"), ("Impersonate-User", "a word")]
    to_proxy = [("proxy-authorization", "Basic bWU6cHIweHk="), ("user-agent", "agent/1.0")]
    proxy = "http://me:pr0xy@proxy.example.com:3128"
    assert connection_secrets.loaded(sent, to_proxy, proxy) == {"t0ken", "pr0xy", "bWU6cHIweHk="}
    assert connection_secrets.loaded([], [], "") == set()
