# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data of Secrets."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup


def encoded(value: str) -> str:
    """Return a text as the data of a Secret holds it."""
    return base64.b64encode(value.encode()).decode()


def decoded(value: str | None) -> str:
    """Return a value of a Secret's data as text, "" where it cannot be decoded."""
    try:
        return base64.b64decode(value or "").decode("utf-8", "replace")
    except binascii.Error:
        return ""


def data(source: dict[str, Any] | None) -> dict[str, str]:
    """Return the data of a Secret or ConfigMap as it is stored, {} if there is none."""
    return lookup(source, ("data",)) or {}
