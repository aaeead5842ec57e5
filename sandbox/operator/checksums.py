# SPDX-License-Identifier: GPL-3.0-or-later
"""Digests by which the operator tells whether an object still has to be written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from .names import CHECKSUM

Object = Mapping[str, Any]


def digest(value: Any) -> str:
    """Hexadecimal SHA-256 of a JSON value, independent of the order of its keys."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def with_checksum(desired: Object) -> dict[str, Any]:
    """The desired object with its own digest as an annotation."""
    metadata = dict(desired["metadata"])
    metadata["annotations"] = (metadata.get("annotations") or {}) | {CHECKSUM: f"sha256:{digest(desired)}"}
    return dict(desired) | {"metadata": metadata}


def checksum_of(obj: Object) -> str | None:
    """The digest that `with_checksum` left on an object."""
    return (obj["metadata"].get("annotations") or {}).get(CHECKSUM)


def dependencies_checksum(dependencies: Iterable[tuple[str, str, Object | None]]) -> str:
    """Digest of the contents of ConfigMaps and Secrets, each given as kind, name and object (None: it is missing)."""
    contents = [
        [kind, name, obj and {"data": obj.get("data"), "binaryData": obj.get("binaryData")}]
        for kind, name, obj in dependencies
    ]
    return f"sha256:{digest(contents)}"
