# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways through a proxy, and around it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration import accounts
from tests.integration.connection.client import Client
from tests.integration.connection.proxy import Proxy

READER = accounts.user(accounts.READER)
PASSWORD = "pr0xy-p@ss"
# "me:pr0xy-p@ss" in base64.
AUTHORIZATION = "Basic bWU6cHIweHktcEBzcw=="


@pytest.fixture
def proxy(client: Client) -> Iterator[Proxy]:
    """A proxy for everybody."""
    with Proxy(client.address) as started:
        yield started


@pytest.fixture
def guarded(client: Client) -> Iterator[Proxy]:
    """A proxy for those who know the password."""
    with Proxy(client.address, AUTHORIZATION) as started:
        yield started


def test_option(client: Client, proxy: Proxy) -> None:
    # The name is the proxy's to find: nobody here knows it.
    document = client.kubeconfig(server="https://localhost:6443")
    client.asked_as(READER, {"kubeconfig": document, "proxy": proxy.url})
    assert set(proxy.asked) == {"localhost:6443"}


def test_variable(client: Client, proxy: Proxy) -> None:
    client.asked_as(READER, {"kubeconfig": client.kubeconfig()}, K8S_AUTH_PROXY=proxy.url)
    assert proxy.asked


def test_kubeconfig(client: Client, proxy: Proxy) -> None:
    client.asked_as(READER, {"kubeconfig": client.kubeconfig(**{"proxy-url": proxy.url})})
    assert proxy.asked


def test_the_option_wins_over_the_kubeconfig(client: Client, proxy: Proxy) -> None:
    document = client.kubeconfig(**{"proxy-url": "http://127.0.0.1:1"})
    client.asked_as(READER, {"kubeconfig": document, "proxy": proxy.url})
    assert proxy.asked


@pytest.mark.parametrize("exception", ["127.0.0.1", "127.0.0.0/8", "*"])
@pytest.mark.parametrize("given", ["option", "variable"])
def test_exceptions(client: Client, proxy: Proxy, given: str, exception: str) -> None:
    args, environment = ({"no_proxy": exception}, {}) if given == "option" else ({}, {"K8S_AUTH_NO_PROXY": exception})
    client.asked_as(READER, {"kubeconfig": client.kubeconfig(), "proxy": proxy.url, **args}, **environment)
    assert proxy.asked == []


def test_exceptions_of_others_do_not_matter(client: Client, proxy: Proxy) -> None:
    client.asked_as(READER, {"kubeconfig": client.kubeconfig(), "proxy": proxy.url, "no_proxy": ".example.com"})
    assert proxy.asked


@pytest.mark.parametrize("given", ["option", "kubeconfig"])
def test_exceptions_of_the_environment_are_for_its_own_proxy(client: Client, proxy: Proxy, given: str) -> None:
    args: dict[str, Any] = (
        {"kubeconfig": client.kubeconfig(), "proxy": proxy.url}
        if given == "option"
        else {"kubeconfig": client.kubeconfig(**{"proxy-url": proxy.url})}
    )
    client.asked_as(READER, args, NO_PROXY="127.0.0.1")
    assert proxy.asked


@pytest.mark.parametrize("given", ["option", "kubeconfig", "headers", "variable"])
def test_user_and_password(client: Client, guarded: Proxy, given: str) -> None:
    url = f"http://me:{PASSWORD.replace('@', '%40')}@{guarded.address}"
    args: dict[str, Any] = {"kubeconfig": client.kubeconfig()}
    environment = {}
    if given == "option":
        args["proxy"] = url
    elif given == "kubeconfig":
        args["kubeconfig"] = client.kubeconfig(**{"proxy-url": url})
    elif given == "headers":
        args |= {"proxy": guarded.url, "proxy_headers": {"proxy_basic_auth": f"me:{PASSWORD}"}}
    else:
        args["proxy"] = guarded.url
        environment["K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH"] = f"me:{PASSWORD}"
    client.asked_as(READER, args, **environment)
    assert guarded.asked


def test_a_refusal_is_told_at_once(client: Client, guarded: Proxy) -> None:
    said = client.refused({"kubeconfig": client.kubeconfig(), "proxy": f"http://me:wr0ng-p4ss@{guarded.address}"})
    assert "the proxy does not connect to it" in said
    assert "407 Proxy Authentication Required" in said
    assert "wr0ng-p4ss" not in said
    # Not again and again: who gives a wrong password too often is locked out.
    assert len(guarded.asked) <= 12


@pytest.mark.parametrize(
    ("url", "said"),
    [("127.0.0.1:3128", "Proxy URL had no scheme"), ("ftp://127.0.0.1:3128", "Proxy URL had unsupported scheme ftp")],
)
def test_a_url_that_cannot_be_one_of_a_proxy(client: Client, url: str, said: str) -> None:
    message = client.refused({"kubeconfig": client.kubeconfig(), "proxy": url})
    assert message.startswith("The proxy cannot be used: ")
    assert said in message
