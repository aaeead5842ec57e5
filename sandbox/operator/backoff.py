# SPDX-License-Identifier: GPL-3.0-or-later
"""Growing pauses between retries."""

from __future__ import annotations


class Backoff:
    """Doubles the pause, in seconds, with every failure in a row."""

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._next = first

    def after(self, failed: bool) -> float | None:
        """The pause before the next try, or None after a success."""
        if not failed:
            self._next = self._first
            return None
        pause, self._next = self._next, min(2 * self._next, self._longest)
        return pause
