# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that is needed to reach one server by HTTP: pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Union
from urllib.parse import urlsplit

Headers = tuple[tuple[str, str], ...]
_IPAddress = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]


@dataclass(frozen=True)
class Pem:
    """Certificates or a key in PEM form: the content, or else what is in a file.

    source: the path of the file, or how messages name what the content came from.
    """

    source: str
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Connection:
    """How to reach a server, and as whom.

    address: its URL; a path in it comes before that of every request. verify: whether its certificate has to be valid
    for that address, or for tls_server_name where that is given. ca: who may have issued the certificate, None for the
    CAs of the system. client_certificate, client_key: None without one; a certificate may have its key in the same
    file. proxy: URL, empty without one. no_proxy: hosts, domains, addresses and networks for which there is none,
    joined by commas; ``*`` stands for all. proxy_headers: for the proxy alone. headers: of every request; a name may
    come more than once.
    """

    address: str
    verify: bool = True
    ca: Pem | None = None
    client_certificate: Pem | None = None
    client_key: Pem | None = None
    tls_server_name: str = ""
    proxy: str = field(default="", repr=False)
    no_proxy: str = ""
    proxy_headers: Headers = field(default=(), repr=False)
    headers: Headers = field(default=(), repr=False)

    @property
    def public_address(self) -> str:
        """The address without a user and password in it."""
        scheme, separator, rest = self.address.partition("://")
        authority, slash, path = rest.partition("/")
        return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"

    @property
    def is_exposed(self) -> bool:
        """Whether credentials go unencrypted to another machine."""
        host = urlsplit(self.address).hostname or ""
        number = _ip_address(host)
        is_here = number.is_loopback if number else host == "localhost"
        has_credentials = any(name == "Authorization" for name, _value in self.headers)
        return self.address.startswith("http:") and has_credentials and not is_here

    @property
    def needs_proxy(self) -> bool:
        """Whether there is a proxy, and the address is none of the exceptions from it."""
        return bool(self.proxy) and not _is_excepted(self.address, self.no_proxy.split(","))


def _is_excepted(address: str, exceptions: Iterable[str]) -> bool:
    parts = urlsplit(address.lower())
    host = parts.hostname or ""
    number = _ip_address(host)
    for exception in (entry.strip().lower() for entry in exceptions):
        domain = exception.lstrip(".")
        if exception == "*" or (number and _contains(exception, number)):
            return True
        if domain and any(name == domain or name.endswith(f".{domain}") for name in (host, parts.netloc)):
            return True
    return False


def _ip_address(host: str) -> _IPAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _contains(network: str, number: _IPAddress) -> bool:
    try:
        return number in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
