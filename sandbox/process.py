# SPDX-License-Identifier: GPL-3.0-or-later
"""Start and end processes that outlive the command that started them, and never end a foreign one."""

import contextlib
import os
import select
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

END_LIMIT_SECONDS = 10.0


@dataclass(frozen=True)
class ProcessRecord:
    """One process: its id, and its start in clock ticks since boot, which tells it from a later one of that id."""

    pid: int
    started: int


@contextlib.contextmanager
def signals_held() -> Iterator[None]:
    """Hold SIGINT and SIGTERM back until the end of the block: what starts a process also gets to note which one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def start(command: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None) -> ProcessRecord:
    """Start a command in a session of its own, with its output appended to `log`.

    `command[0]` is a path; `environment` is added to the environment of this process. Raises OSError.
    """
    arguments = [str(part) for part in command]
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    pid = os.posix_spawn(
        arguments[0],
        arguments,
        {**os.environ, **(environment or {})},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), append, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
        setsigmask=(),
    )
    return recorded(pid)


def recorded(pid: int) -> ProcessRecord:
    """Return the record of a process that was just started."""
    _state, started = _read_stat(pid) or ("Z", 0)
    return ProcessRecord(pid, started)


def is_running(process: ProcessRecord) -> bool:
    """Tell whether the very process that was recorded is still running."""
    stat = _read_stat(process.pid)
    return stat is not None and stat[0] not in "ZX" and stat[1] == process.started


def end(process: ProcessRecord) -> None:
    """End the recorded process at once: none of them holds anything worth saving. Another process is left alone."""
    try:
        handle = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return
    try:
        # Checked with the handle open: from here on the handle cannot come to mean another process.
        if is_running(process):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            select.select([handle], [], [], END_LIMIT_SECONDS)
    except ProcessLookupError:
        pass
    finally:
        os.close(handle)
    # One that an earlier command has started is not our child, and init has reaped it.
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)


def _read_stat(pid: int) -> tuple[str, int] | None:
    """Return state letter and start time of a process from /proc, None when there is none."""
    try:
        return parse_stat(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace"))
    except (FileNotFoundError, ProcessLookupError):
        return None


def parse_stat(text: str) -> tuple[str, int]:
    """Return state letter and start time (clock ticks since boot) from the text of /proc/<pid>/stat.

    The second field is the command in brackets, which may itself hold blanks and brackets.
    """
    fields = text.rpartition(")")[2].split()
    return fields[0], int(fields[19])
