# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be seen on the cluster before a task may say that it is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot


@dataclass(frozen=True)
class Verdict:
    """done, waiting, failed (it cannot get there) or lost (declared fields were overwritten), and why.

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
        """Return what of that must not be hidden from the user: without it nothing could be said."""
        return self.refs()

    def verdict(self, seen: Snapshot) -> Verdict:
        """Judge the objects as they were last seen."""
        raise NotImplementedError


def judge(expected: Iterable[Expected], seen: Snapshot) -> Verdict:
    """Return the first verdict that is not done: of overwritten fields, else of what cannot come right, else any."""
    verdicts = [entry.verdict(seen) for entry in expected]
    for state in ("lost", "failed", "waiting"):
        for verdict in verdicts:
            if verdict.state == state:
                return verdict
    return DONE


def is_seen(expected: Iterable[Expected], seen: Snapshot) -> bool:
    """Whether everything is seen at once; what only explains why it takes long need not have been read."""
    entries = list(expected)
    unread = {ref: None for entry in entries for ref in entry.refs() if ref not in seen}
    return judge(entries, seen.joined(Snapshot(dict(unread)))) == DONE
