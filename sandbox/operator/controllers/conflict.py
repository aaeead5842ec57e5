# SPDX-License-Identifier: GPL-3.0-or-later
"""Lose concurrent edits of the Config, as often as the knob `conflict` says.

The real operator does so when its own write meets an edit that it has not seen yet: it writes its earlier copy of the
spec again and spares the management state only.
"""

from __future__ import annotations

import copy
from typing import Any

from ... import knobs

Spec = dict[str, Any]


class Conflicts:
    """Remembers the spec of the sync before, and how many edits are still to be lost."""

    def __init__(self) -> None:
        self._earlier: Spec | None = None
        self._wanted = 0
        self._left = 0

    def overwritten(self, spec: Spec) -> Spec:
        """The spec to work with: the given one, or the earlier copy of it when its edit is to be lost."""
        wanted = knobs.current().conflict
        if wanted != self._wanted:
            self._wanted = self._left = wanted
        earlier = (self._earlier or spec) | {"managementState": spec["managementState"]}
        if not self._left or earlier == spec:
            return spec
        self._left -= 1
        return copy.deepcopy(earlier)

    def remember(self, spec: Spec) -> None:
        """Keep the spec that a sync has left in the cluster."""
        self._earlier = copy.deepcopy(spec)
