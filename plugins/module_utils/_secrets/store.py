# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values that no output of a task may show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._secrets.mask import scrub


class Secrets:
    """What a task has learned that is secret, from its options, its connection and the cluster."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def learn(self, values: Iterable[str]) -> None:
        """Add values; white space alone is none."""
        self._values.update(value for value in values if value.strip())

    def mask(self, value: Any) -> Any:
        """Return value with every secret hidden in all its strings."""
        return scrub(value, self._values)
