# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory the processes below a process take."""

import contextlib
import re
from pathlib import Path

_PSS = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)


def pss_below(pid: int) -> int:
    """Return the bytes of all descendants of a process; what they share with others counts in part only."""
    total = 0
    for descendant in descendants(pid, _parents()):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended in the meantime
            total += pss_in(Path(f"/proc/{descendant}/smaps_rollup").read_text(encoding="utf-8"))
    return total


def pss_in(rollup: str) -> int:
    """Return the proportional set size in bytes that a file `/proc/PID/smaps_rollup` tells.

    It counts a page that several processes share for each of them in part. A process that has ended has an empty file:
    0. Raises ValueError for a file of another form.
    """
    if not rollup:
        return 0
    found = _PSS.search(rollup)
    if found is None:
        raise ValueError(f"no Pss in smaps_rollup: {rollup!r}")
    return int(found[1]) * 1024


def descendants(pid: int, parents: dict[int, int]) -> set[int]:
    """Return the processes below one, given the parent of each process."""
    found: set[int] = set()
    generation = {pid}
    while generation:
        generation = {child for child, parent in parents.items() if parent in generation} - found
        found |= generation
    return found


def parent_in(stat: str) -> int:
    """Return the parent that a file `/proc/PID/stat` tells; the command's name in it may have spaces and brackets."""
    return int(stat.rpartition(")")[2].split()[1])


def _parents() -> dict[int, int]:
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            parents[int(stat.parent.name)] = parent_in(stat.read_text(encoding="utf-8", errors="replace"))
    return parents
