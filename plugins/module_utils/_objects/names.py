# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names that Kubernetes, DNS and S3 accept."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Container
from urllib.parse import urlsplit

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")

OBJECT_NAME = (
    "a DNS-1123 subdomain: at most 253 of a-z, 0-9, '-' and '.', each part beginning and ending with a-z or 0-9"
)
HOSTNAME = "a host name: labels of at most 63 of a-z, 0-9 and '-', joined by '.', at most 253 characters"
BUCKET_NAME = "an S3 bucket name: 3 to 63 of a-z, 0-9, '.' and '-', beginning and ending with a-z or 0-9"


def is_object_name(value: str) -> bool:
    """Whether the API server accepts value as the name of an object."""
    return len(value) <= 253 and bool(_SUBDOMAIN.fullmatch(value))


def is_hostname(value: str) -> bool:
    """Whether a Route accepts value as its host."""
    return is_object_name(value) and all(len(label) <= 63 for label in value.split("."))


def is_bucket_name(value: str) -> bool:
    """Whether S3 accepts value. The operator does not check it and repeats its request to S3 endlessly."""
    if not _BUCKET.fullmatch(value) or ".." in value:
        return False
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return True
    return False


def address(url: str) -> str:
    """Return what a URL leads to, `host:port/path`, whatever its spelling; what is no such URL stays as it is.

    The scheme counts by its port only: a port serves one of http and https.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (KeyError, ValueError):
        return url
    return f"{(parts.hostname or '').rstrip('.')}:{port}{parts.path.rstrip('/')}"


def is_http_url(value: str) -> bool:
    """Whether value is the URL of a server: scheme, host, perhaps port and path, and nothing else."""
    return _is_url(value, ("http", "https")) and not {"@", "?", "#"} & set(value)


def is_proxy_url(value: str) -> bool:
    """Whether value is the URL of a proxy: scheme, host, perhaps a port and whose proxy it is."""
    parts = urlsplit(value) if _is_url(value, ("http", "https", "socks5")) else None
    return bool(parts and parts.path in ("", "/") and not parts.query and not parts.fragment)


def host_of(url: str) -> str:
    """Return the host of a URL, "" if it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_url(value: str, schemes: Container[str]) -> bool:
    # The function below drops some white space without a word.
    if not value.isprintable() or " " in value:
        return False
    try:
        parts = urlsplit(value)
        # Asking for a port that is none, or too large, is an error.
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def has_misplaced_at(url: str) -> bool:
    """Whether the last @ of a URL is behind its host: it most likely ends a password that holds / ? or #, unencoded."""
    rest = url.partition("://")[2] or url
    return "@" in re.sub(r"^[^/?#]*", "", rest)
