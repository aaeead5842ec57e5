# SPDX-License-Identifier: GPL-3.0-or-later
"""A step that fails says which, what it ran and what it printed last."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.errors import SandboxError
from sandbox.process import parse_stat
from sandbox.steps import Steps


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        state, _started = parse_stat(Path(f"/proc/{pid}/stat").read_text())
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_success_reports_the_name_and_keeps_the_log(tmp_path: Path) -> None:
    said: list[str] = []
    Steps(tmp_path / "logs", said.append).run(
        "say it", ["sh", "-c", "echo $WORD; pwd"], cwd=tmp_path, env={"WORD": "hi"}
    )
    assert said == ["say it"]
    assert (tmp_path / "logs" / "say-it.log").read_text() == f"hi\n{tmp_path}\n"


def test_failure_names_step_command_log_and_last_lines(tmp_path: Path) -> None:
    script = "seq 1 100; echo to stderr >&2; exit 3"
    with pytest.raises(SandboxError) as caught:
        Steps(tmp_path, print).run("count up", ["sh", "-c", script])
    lines = str(caught.value).splitlines()
    assert lines[0] == "step 'count up' failed with exit status 3"
    assert lines[1] == f"  command: sh -c '{script}'"
    assert lines[2] == f"  log: {tmp_path / 'count-up.log'}"
    assert lines[3:] == [f"  | {number}" for number in range(82, 101)] + ["  | to stderr"]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["sh", "-c", "kill -9 $$"], "step 'x' failed with signal 9"),
        (["false"], "the command printed nothing"),
        (["no-such-program"], "step 'x' failed: cannot run no-such-program"),
    ],
)
def test_other_failures(tmp_path: Path, command: list[str], message: str) -> None:
    with pytest.raises(SandboxError, match=message):
        Steps(tmp_path, print).run("x", command)


def test_long_command_is_cut(tmp_path: Path) -> None:
    with pytest.raises(SandboxError) as caught:
        Steps(tmp_path, print).run("x", ["sh", "-c", "exit 1", "x" * 10_000])
    assert len(str(caught.value)) < 1_000


def test_interrupt_ends_the_command_and_its_children(tmp_path: Path) -> None:
    child = tmp_path / "child"
    script = f"sleep 60 & echo $! > {child}.new; mv {child}.new {child}; wait"

    def interrupt() -> None:
        wait_until(child.exists)
        os.kill(os.getpid(), signal.SIGINT)

    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    with pytest.raises(KeyboardInterrupt):
        Steps(tmp_path, print).run("x", ["sh", "-c", script])
    interrupter.join()
    wait_until(lambda: not is_alive(int(child.read_text())))
