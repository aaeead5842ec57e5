# SPDX-License-Identifier: GPL-3.0-or-later
"""How the bench runs a command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hack.bench.process import RunFailed, has_ended, run

BURN = "import time\nwhile time.process_time() < 0.2: pass"


def test_cpu_of_what_the_command_runs_counts(tmp_path: Path) -> None:
    nested = ["sh", "-c", f'"{sys.executable}" -c "{BURN}"; true']
    assert run(nested, os.environ, tmp_path).cpu >= 0.2


def test_a_command_that_fails_tells_what_it_printed(tmp_path: Path) -> None:
    with pytest.raises(RunFailed, match="exit status 3:\ntrouble"):
        run(["sh", "-c", "echo trouble >&2; exit 3"], os.environ, tmp_path)


def test_a_command_is_looked_at_while_it_runs(tmp_path: Path) -> None:
    release = tmp_path / "release"
    os.mkfifo(release)
    seen = []

    def meanwhile(pid: int) -> None:
        seen.append(has_ended(pid))
        release.write_text("go\n", encoding="utf-8")

    assert run(["sh", "-c", "read word < release; echo $word"], os.environ, tmp_path, meanwhile).output == "go\n"
    assert seen == [False]


def test_a_command_ends_when_looking_at_it_fails(tmp_path: Path) -> None:
    pids = []

    def meanwhile(pid: int) -> None:
        pids.append(pid)
        raise ValueError("bad")

    with pytest.raises(ValueError, match="bad"):
        run(["sleep", "60"], os.environ, tmp_path, meanwhile)
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_a_process_that_has_ended_is_told_and_can_still_be_waited_for() -> None:
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert has_ended(child.pid)
    assert child.wait() == 0
