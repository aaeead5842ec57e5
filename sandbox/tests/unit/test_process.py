# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes are started apart, told from later ones with the same id, and ended for good."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox import process
from sandbox.process import ProcessRecord


def program(name: str) -> str:
    path = shutil.which(name)
    assert path
    return path


SLEEP = [program("sleep"), "60"]
# Says on its output when it no longer listens to SIGTERM.
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
)


@pytest.fixture
def sleeping(tmp_path: Path) -> Iterator[ProcessRecord]:
    record = process.start(SLEEP, tmp_path / "log")
    yield record
    process.end(record)


@pytest.mark.parametrize(
    ("command", "state"), [("cat", "S"), ("a (nested) name", "R"), (") R 1 2 3 (", "Z"), ("new\nline", "D")]
)
def test_stat_is_read_whatever_the_command_is_called(command: str, state: str) -> None:
    fields = " ".join(str(number) for number in range(4, 22))
    assert process.parse_stat(f"17 ({command}) {state} {fields} 987654 23 24\n") == (state, 987654)


def test_started_process_has_a_session_of_its_own_and_is_running(sleeping: ProcessRecord) -> None:
    assert process.is_running(sleeping)
    assert os.getsid(sleeping.pid) == sleeping.pid


def test_output_and_errors_are_appended_to_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    record = process.start([program("sh"), "-c", "echo out; echo $WORD >&2"], log, {"WORD": "error"})
    os.waitpid(record.pid, 0)
    assert log.read_text() == "before\nout\nerror\n"


def test_ended_process_is_gone(sleeping: ProcessRecord) -> None:
    process.end(sleeping)
    assert not process.is_running(sleeping)
    assert not Path(f"/proc/{sleeping.pid}").exists()


def test_process_that_does_not_listen_is_ended_too(tmp_path: Path) -> None:
    log = tmp_path / "log"
    record = process.start([sys.executable, "-c", STUBBORN], log)
    deadline = time.monotonic() + 10
    while "deaf" not in log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.end(record)
    assert not process.is_running(record)


def test_another_process_with_the_recorded_id_is_left_alone(sleeping: ProcessRecord) -> None:
    earlier = replace(sleeping, started=sleeping.started - 1)
    assert not process.is_running(earlier)
    process.end(earlier)
    assert process.is_running(sleeping)


def test_ended_process_is_not_running_even_before_it_is_reaped(tmp_path: Path) -> None:
    record = process.start([program("true")], tmp_path / "log")
    os.waitid(os.P_PID, record.pid, os.WEXITED | os.WNOWAIT)
    assert not process.is_running(record)
    process.end(record)


def test_ending_what_has_ended_does_nothing() -> None:
    ended = subprocess.Popen([program("true")])
    ended.wait()
    process.end(ProcessRecord(ended.pid, 1))


def test_program_that_does_not_exist_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        process.start([tmp_path / "nothing"], tmp_path / "log")


def test_signal_waits_until_the_started_process_is_noted() -> None:
    noted = False
    with pytest.raises(KeyboardInterrupt), process.signals_held():
        signal.raise_signal(signal.SIGINT)
        noted = True
    assert noted


def test_started_process_does_not_inherit_the_held_signals(tmp_path: Path) -> None:
    with process.signals_held():
        record = process.start(SLEEP, tmp_path / "log")
    os.kill(record.pid, signal.SIGTERM)
    assert os.waitstatus_to_exitcode(os.waitpid(record.pid, 0)[1]) == -signal.SIGTERM
