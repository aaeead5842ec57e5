# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operator checks and fills in before it applies a Config."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from .errors import PermanentError
from .names import DEFAULT_ROUTE

HTTP_SECRET_BYTES = 64


def verify(spec: Mapping[str, Any]) -> None:
    """Raise PermanentError for a spec that no retry can apply."""
    if spec["replicas"] < 0:
        _refuse("replicas must be greater than or equal to 0")
    names = [route["name"] for route in spec.get("routes") or []]
    if len(set(names)) < len(names) or DEFAULT_ROUTE in names:
        _refuse("duplication of names has been detected in the additional routes")


def _refuse(problem: str) -> None:
    raise PermanentError("VerificationFailed", f"unable to complete resource: {problem}")


def fill_http_secret(spec: dict[str, Any]) -> None:
    """Give the registry's replicas a common secret when the spec has none."""
    if not spec.get("httpSecret"):
        spec["httpSecret"] = secrets.token_hex(HTTP_SECRET_BYTES)
