# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sandbox does not reproduce, each with its reason.

A replay that shows anything else than what is listed here fails, and so does one that shows the recorded values again:
then the entry has to go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .comparison import Found


@dataclass(frozen=True)
class Known:
    """The values that the sandbox shows in place of the recorded ones, and why."""

    shown: tuple[Any, ...]
    reason: str


_NEWER_API = "the sandbox's API server is Kubernetes 1.20, the recordings' was 1.36"

KNOWN_DIFFERENCES: dict[tuple[str, str, str, str], Known] = {
    ("image-config", "2", "API", "refusal"): Known(
        (
            'The Image "cluster" is invalid: <nil>: Invalid value: "": '
            '"spec.registrySources" must not validate the schema (not)',
        ),
        f"{_NEWER_API}: without CEL the CRD says the same rule with `not`, and the server words it otherwise",
    ),
    ("invalid-specs", "4", "API", "refusal"): Known(
        (
            'The Config "cluster" is invalid: spec.replicas: Invalid value: "string": '
            'spec.replicas in body must be of type integer: "string"',
        ),
        f"{_NEWER_API}: it does not add that CEL rules were not checked",
    ),
    ("invalid-specs", "5", "API", "refusal"): Known(
        (
            'The Config "cluster" is invalid: spec.logLevel: Unsupported value: "Loud": '
            'supported values: "", "Normal", "Debug", "Trace", "TraceAll"',
        ),
        f"{_NEWER_API}: it does not add that CEL rules were not checked",
    ),
}
"""(recording, place, object, field) -> what is shown there."""


def is_known(recording: str, found: Found) -> bool:
    """Whether the difference is listed, with exactly these values."""
    known = KNOWN_DIFFERENCES.get(_key(recording, found))
    return known is not None and known.shown == found.difference.shown


def vanished(recording: str, found: list[Found]) -> list[tuple[str, str, str, str]]:
    """Listed differences of this recording that a replay did not show."""
    seen = {_key(recording, entry) for entry in found}
    return [key for key in KNOWN_DIFFERENCES if key[0] == recording and key not in seen]


def _key(recording: str, found: Found) -> tuple[str, str, str, str]:
    return recording, found.place, found.difference.object, found.difference.field
