# SPDX-License-Identifier: GPL-3.0-or-later
"""The state directory: what is recorded, and who may work on it."""

import threading
from pathlib import Path

import pytest

from sandbox.process import ProcessRecord
from sandbox.state import REPOSITORY, Running, StateDirectory


def test_directory_is_in_the_repository_unless_another_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SANDBOX_STATE", raising=False)
    assert StateDirectory.default().path == REPOSITORY / ".sandbox"
    monkeypatch.setenv("SANDBOX_STATE", str(tmp_path / "mine"))
    assert StateDirectory.default().path == tmp_path / "mine"


def test_nothing_recorded_means_nothing_running(tmp_path: Path) -> None:
    assert StateDirectory(tmp_path).load() == Running()


def test_record_is_read_back_in_the_order_of_starting(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    processes = {"etcd": ProcessRecord(11, 100), "apiserver": ProcessRecord(7, 200)}
    running = Running("https://127.0.0.1:1", "", "http://127.0.0.1:2", processes)
    state.save(running)
    assert state.load() == running
    assert list(state.load().processes) == ["etcd", "apiserver"]


def test_clear_leaves_only_the_lock_and_an_empty_log_directory(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    with state.lock(print):
        state.save(Running())
        state.etcd_data.mkdir()
        (state.etcd_data / "data").write_text("x")
        state.log("etcd").write_text("x")
        state.clear()
        assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == [Path("lock"), Path("log")]


def test_second_command_says_that_it_waits_and_goes_on_after_the_first(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    waiting, entered = threading.Event(), threading.Event()

    def second_command() -> None:
        with state.lock(lambda message: waiting.set()):
            entered.set()

    with state.lock(print):
        second = threading.Thread(target=second_command)
        second.start()
        assert waiting.wait(10)
        assert not entered.is_set()
    assert entered.wait(10)
    second.join()
