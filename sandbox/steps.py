# SPDX-License-Identifier: GPL-3.0-or-later
"""Run long commands one by one, each with a log file of its own and a sign of life while it works."""

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .errors import SandboxError
from .process import signals_held

Report = Callable[[str], None]

SIGN_OF_LIFE_SECONDS = 15
LOG_TAIL_LINES = 20


@dataclass(frozen=True)
class Steps:
    """Runs named commands; `log_dir` receives `<step name>.log`, `report` one line of progress at a time."""

    log_dir: Path
    report: Report

    def run(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Run one command to its end.

        `env` is added to the environment of this process. Raises SandboxError with the step, the command and the
        last lines of its log when the command cannot be started or ends with an error.
        """
        arguments = [str(part) for part in command]
        self.log_dir.mkdir(parents=True, exist_ok=True)
        log = self.log_dir / f"{name.replace(' ', '-')}.log"
        self.report(name)
        started = time.monotonic()
        child = None
        try:
            with log.open("wb") as output, signals_held():
                child = _start(name, arguments, output, cwd, {**os.environ, **(env or {})})
            status = self._wait(child, name, started)
        except BaseException:
            if child:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
            raise
        if status != 0:
            raise SandboxError(failure_message(name, arguments, status, log))

    def _wait(self, child: subprocess.Popen[bytes], name: str, started: float) -> int:
        while True:
            try:
                return child.wait(timeout=SIGN_OF_LIFE_SECONDS)
            except subprocess.TimeoutExpired:
                self.report(f"{name}: still working after {time.monotonic() - started:.0f} s")


def _start(
    name: str, arguments: Sequence[str], output: IO[bytes], cwd: Path | None, env: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            arguments,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # So that the command and all its children can be ended together.
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxError(f"step '{name}' failed: cannot run {shlex.join(arguments)}: {error}") from error


def failure_message(name: str, arguments: Sequence[str], status: int, log: Path) -> str:
    """Return what is said of a failed step: its name, the command and the last lines of its log."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_TAIL_LINES:]
    tail = "\n".join(f"  | {line}" for line in lines) or "  | (the command printed nothing)"
    how = f"signal {-status}" if status < 0 else f"exit status {status}"
    command = shlex.join(arguments)
    if len(command) > 600:
        command = f"{command[:600]} ..."
    return f"step '{name}' failed with {how}\n  command: {command}\n  log: {log}\n{tail}"
