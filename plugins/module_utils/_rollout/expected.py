# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cluster must show before a task is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot


@dataclass(frozen=True)
class Verdict:
    """done, waiting, due (something is left to write), failed (it cannot get there) or lost (overwritten), and why.

    is_troubled: somebody reports an error that may still go away; it may last for a limited time only.
    """

    state: str
    why: str = ""
    is_troubled: bool = False


DONE = Verdict("done", "the registry serves what was declared")


class Expected:
    """One thing that must be seen."""

    def refs(self) -> set[Ref]:
        """Return what has to be watched."""
        raise NotImplementedError

    def needed(self) -> set[Ref]:
        """Return the refs that the user must be able to read. Without them no verdict is possible."""
        return self.refs()

    def verdict(self, seen: Snapshot) -> Verdict:
        """Judge the objects as they were last seen."""
        raise NotImplementedError


def judge(expected: Iterable[Expected], seen: Snapshot) -> Verdict:
    """Return the first verdict that is not done: of lost fields, then failures, then what is due, then anything else."""
    verdicts = [entry.verdict(seen) for entry in expected]
    for state in ("lost", "failed", "due", "waiting"):
        for verdict in verdicts:
            if verdict.state == state:
                return verdict
    return DONE


def is_seen(expected: Iterable[Expected], seen: Snapshot) -> bool:
    """Whether a snapshot shows everything. Refs that only explain a delay need not be in it."""
    entries = list(expected)
    unread = {ref: None for entry in entries for ref in entry.refs() if ref not in seen}
    return judge(entries, seen.joined(Snapshot(dict(unread)))) == DONE
