# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and keys, made on the spot."""

from __future__ import annotations

import datetime
from typing import Any

from cryptography import x509

from sandbox.pem import alternative_names, certificate_of, key_pem, new_key

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


def certificate_pem(
    key: Any,
    *names: str,
    common_name: str = "test",
    alternative: bool = True,
    starts: datetime.datetime = NOW - DAY,
    ends: datetime.datetime = NOW + DAY,
    extension: x509.ExtensionType | None = None,
) -> str:
    """Return a self-signed certificate as PEM text.

    names: DNS names and IP addresses among the alternative names; alternative: whether it has any at all;
    extension: one more extension.
    """
    extensions = [*([alternative_names(*names)] if alternative else []), *([extension] if extension else [])]
    return certificate_of(key, common_name, starts, ends, *extensions)


HOST = "registry.example.com"
KEY = new_key()
OTHER_KEY = new_key()
KEY_PEM = key_pem(KEY)
OTHER_KEY_PEM = key_pem(OTHER_KEY)
CERTIFICATE = certificate_pem(KEY, HOST)
