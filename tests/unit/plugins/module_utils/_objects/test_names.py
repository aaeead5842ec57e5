# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that Kubernetes, DNS and S3 accept."""

from __future__ import annotations

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects import names

LONG = ".".join(["a" * 63] * 4)


@pytest.mark.parametrize("value", ["a", "0", "a-b", "a.b", "image-registry-storage", "a" * 253, "1.2.3.4", "a--b"])
def test_object_names(value: str) -> None:
    assert names.is_object_name(value)


@pytest.mark.parametrize(
    "value", ["", "A", "-a", "a-", ".a", "a.", "a..b", "a.-b", "a_b", "a/b", "a b", "ä", "a\n", "a" * 254]
)
def test_what_is_no_object_name(value: str) -> None:
    assert not names.is_object_name(value)
    assert not names.is_hostname(value)


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("registry.example.com", True),
        ("localhost", True),
        ("a" * 63, True),
        ("a" * 64, False),
        (LONG, False),
        (LONG[2:], True),
    ],
)
def test_hostnames_have_short_labels(value: str, right: bool) -> None:
    assert names.is_hostname(value) is right


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("abc", True),
        ("a.b-c", True),
        ("a" * 63, True),
        ("1a1", True),
        ("10.0.0", True),
        ("ab", False),
        ("a" * 64, False),
        ("10.0.0.1", False),
        ("a..b", False),
        ("-abc", False),
        ("abc.", False),
        ("aBc", False),
        ("abc\n", False),
    ],
)
def test_bucket_names(value: str, right: bool) -> None:
    assert names.is_bucket_name(value) is right


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("https://s3.example.com", True),
        ("http://10.0.0.1:9000", True),
        ("http://[::1]:9000/path", True),
        ("HTTPS://s3", True),
        ("s3.example.com", False),
        ("s3.example.com:9000", False),
        ("ftp://s3", False),
        ("https://", False),
        ("https:///path", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_urls(value: str, right: bool) -> None:
    assert names.is_http_url(value) is right
