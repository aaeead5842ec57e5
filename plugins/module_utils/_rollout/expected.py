# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cluster must show before a task is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot


@dataclass(frozen=True)
class Verdict:
    """done, waiting, due (something is left to write), failed (it cannot get there) or lost (overwritten), and why.

    is_troubled: somebody reports an error that may still go away; it may last for a limited time only. patience: how
    many seconds this time has at least. subject: what the trouble is about, if that of something else is another one.
    remedy: what to look at should it not go away. explained_by: what tells more, if it lasts. doubt: what is said of
    what a task ends without, because nobody can tell whether it has to come; "" for what has to be seen.
    """

    state: str
    why: str = ""
    is_troubled: bool = False
    # How the verdict is dealt with, which makes it no other one.
    patience: float = field(default=0.0, compare=False)
    subject: str = field(default="", compare=False)
    remedy: str = field(default="", compare=False)
    explained_by: frozenset[Ref] = field(default=frozenset(), compare=False)
    doubt: str = field(default="", compare=False)


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
    """Return the first verdict that is not done: lost, then failed, then due, then any other one."""
    verdicts = [entry.verdict(seen) for entry in expected]
    for state in ("lost", "failed", "due", "waiting"):
        for verdict in verdicts:
            if verdict.state == state:
                return verdict
    return next((verdict for verdict in verdicts if verdict != DONE), DONE)


def is_seen(expected: Iterable[Expected], seen: Snapshot) -> bool:
    """Whether a snapshot shows everything. Refs that only explain a delay need not be in it."""
    entries = list(expected)
    unread = {ref: None for entry in entries for ref in entry.refs() if ref not in seen}
    return judge(entries, seen.joined(Snapshot(dict(unread)))).state == "done"
