# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command and take its time."""

import os
import shlex
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class RunFailed(Exception):
    """A command that is measured did not do what it has to; the message tells what it printed."""


@dataclass(frozen=True)
class Run:
    """One run: seconds from start to end, seconds of CPU with all processes below it, and what was printed."""

    wall: float
    cpu: float
    output: str


def run(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    directory: Path,
    meanwhile: Callable[[int], None] | None = None,
) -> Run:
    """Run a command with exactly this environment; RunFailed unless it succeeds.

    meanwhile: called once the command has started, with its process id; if it raises, the command is ended.

    The kernel counts the CPU of a process below the command only if its parent waits for it. ansible-playbook does so
    for its workers, they for the module processes, xargs and the shell for what they run.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        started = time.monotonic()
        child = subprocess.Popen(
            command, cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            if meanwhile:
                meanwhile(child.pid)
        except BaseException:
            child.terminate()
            child.wait()
            raise
        _pid, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if child.returncode:
        words = shlex.join(str(part) for part in command)
        raise RunFailed(f"{words} ended with exit status {child.returncode}:\n{text}")
    return Run(wall, usage.ru_utime + usage.ru_stime, text)


def has_ended(pid: int) -> bool:
    """Whether a child process has ended; it stays to be waited for."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
