# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do the same with many things, several at a time."""

from __future__ import annotations

import collections
import queue
import threading
from collections.abc import Iterable
from typing import Any, Callable

# How soon more threads begin once they are allowed.
_LOOK_SECONDS = 0.004


def in_parallel(work: Callable[[Any], Any], items: Iterable[Any], width: Callable[[], int]) -> list[Any]:
    """Return what work made of each item, in order.

    width: how many items may be worked on at a time; it may grow. After the first error nothing more is begun. Of
    several errors that of the first item is raised. An exception from outside, such as that of a time limit, reaches
    the caller at once, even while the work hangs.
    """
    waiting = collections.deque(enumerate(items))
    count, threads = len(waiting), 0
    if count < 2:
        return [work(item) for _position, item in waiting]
    ended: queue.SimpleQueue[tuple[int, Any, BaseException | None]] = queue.SimpleQueue()
    results: dict[int, Any] = {}
    errors: dict[int, BaseException] = {}
    try:
        # Items begin in order, so what comes before the first error has begun and may still turn out to be one.
        while len(results) + len(errors) < count and not (errors and _all_known(min(errors), results, errors)):
            while waiting and threads < width():
                # Not those of concurrent.futures, for which the interpreter waits when it ends.
                threading.Thread(target=_take, args=(work, waiting, ended), daemon=True).start()
                threads += 1
            try:
                position, result, error = ended.get(timeout=_LOOK_SECONDS if waiting else None)
            except queue.Empty:
                continue
            if error is None:
                results[position] = result
            else:
                errors[position] = error
    finally:
        waiting.clear()
    if errors:
        raise errors[min(errors)]
    return [results[position] for position in range(count)]


def _all_known(end: int, *known: dict[int, Any]) -> bool:
    return all(any(position in part for part in known) for position in range(end))


def _take(
    work: Callable[[Any], Any], waiting: collections.deque[tuple[int, Any]], ended: queue.SimpleQueue[Any]
) -> None:
    while True:
        try:
            position, item = waiting.popleft()
        except IndexError:
            return
        try:
            ended.put((position, work(item), None))
        except BaseException as error:
            waiting.clear()
            ended.put((position, None, error))
            return
