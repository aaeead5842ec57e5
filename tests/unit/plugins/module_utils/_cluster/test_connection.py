# SPDX-License-Identifier: GPL-3.0-or-later
"""Which addresses are excepted from a proxy."""

from __future__ import annotations

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.connection import Connection

PROXY = "http://proxy.example.com:3128"


@pytest.mark.parametrize(
    ("address", "exceptions", "needed"),
    [
        ("https://api.example.com:6443", "", True),
        ("https://api.example.com:6443", "*", False),
        ("https://api.example.com:6443", "example.com", False),
        ("https://api.example.com:6443", ".example.com", False),
        ("https://API.Example.com:6443", "other.org, api.example.com", False),
        ("https://api.example.com:6443", "api.example.com:6443", False),
        ("https://api.example.com:6443", "api.example.com:443", True),
        ("https://myexample.com", "example.com", True),
        ("https://127.0.0.1:6443", "127.0.0.0/8", False),
        ("https://127.0.0.1:6443", "127.0.0.1", False),
        ("https://10.0.0.1:6443", "127.0.0.0/8", True),
        ("https://[fd00::1]:6443", "fd00::/8", False),
        ("https://[fd00::1]:6443", "10.0.0.0/8,nonsense/99", True),
    ],
)
def test_exceptions(address: str, exceptions: str, needed: bool) -> None:
    assert Connection(address, proxy=PROXY, no_proxy=exceptions).needs_proxy is needed


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://api.example.com:6443", "https://api.example.com:6443"),
        ("https://me:pa55@api.example.com:6443/k8s/c-1", "https://api.example.com:6443/k8s/c-1"),
        ("https://me:pa@55@[fd00::1]:6443", "https://[fd00::1]:6443"),
    ],
)
def test_what_is_shown_of_an_address(address: str, shown: str) -> None:
    assert Connection(address).public_address == shown


@pytest.mark.parametrize(
    ("address", "exposed"),
    [
        ("http://api.example.com:6443", True),
        ("http://192.0.2.1", True),
        ("http://[fd00::1]:6443", True),
        ("https://api.example.com:6443", False),
        ("http://localhost:8001", False),
        ("http://127.0.0.1:8001", False),
        ("http://[::1]:8001", False),
    ],
)
def test_who_is_on_the_way_sees_credentials_only_without_encryption(address: str, exposed: bool) -> None:
    assert Connection(address, headers=(("Authorization", "Bearer t0ken"),)).is_exposed is exposed
    assert not Connection(address).is_exposed


def test_without_a_proxy_none_is_needed() -> None:
    assert not Connection("https://api.example.com:6443").needs_proxy
