# SPDX-License-Identifier: GPL-3.0-or-later
"""What a storage backend adds to the registry's pods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..volumes import Mounted


@dataclass(frozen=True)
class StorageParts:
    """Environment variables and volumes, in the operator's order."""

    environment: Sequence[Mapping[str, Any]]
    volumes: Sequence[Mounted]
