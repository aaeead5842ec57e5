# SPDX-License-Identifier: GPL-3.0-or-later
"""The Debian packages whose commands the build uses."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.build_apiserver import install_missing_packages
from sandbox.errors import SandboxError
from sandbox.steps import Steps

Add = Callable[..., None]


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Add:
    """A PATH with `sh`, `env` and the commands that a test adds; each of those writes down how it was called."""
    directory = tmp_path / "bin"
    directory.mkdir()
    for name in ("sh", "env"):
        program = shutil.which(name)
        assert program
        (directory / name).symlink_to(program)
    monkeypatch.setenv("PATH", str(directory))

    def add(name: str, ending: str = "exit 0") -> None:
        (directory / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {tmp_path}/calls\n{ending}\n')
        (directory / name).chmod(0o755)

    return add


def install(tmp_path: Path) -> list[str]:
    install_missing_packages(Steps(tmp_path / "log", lambda line: None))
    calls = tmp_path / "calls"
    return calls.read_text().splitlines() if calls.exists() else []


def test_nothing_is_installed_when_nothing_is_missing(commands: Add, tmp_path: Path) -> None:
    for name in ("apt-get", "dpkg-deb", "dpkg-source"):
        commands(name)
    assert install(tmp_path) == []


def test_root_installs_what_is_missing(commands: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for name in ("apt-get", "dpkg-deb"):
        commands(name)
    assert install(tmp_path) == ["apt-get update", "apt-get install --yes --no-install-recommends dpkg-dev"]


def test_user_with_sudo_installs_through_it(commands: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    for name in ("apt-get", "dpkg-deb", "sudo"):
        commands(name)
    assert install(tmp_path) == [
        "sudo -n true",
        "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get update",
        "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends dpkg-dev",
    ]


@pytest.mark.parametrize("sudo", ["absent", "asks for a password"])
def test_user_without_the_right_is_told_the_packages_and_the_command(
    commands: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sudo: str
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    for name in ("apt-get", "dpkg-deb"):
        commands(name)
    if sudo != "absent":
        commands("sudo", "exit 1")
    with pytest.raises(
        SandboxError,
        match="needs the Debian packages dpkg-dev; install them as root: "
        "apt-get install --yes --no-install-recommends dpkg-dev",
    ):
        install(tmp_path)


def test_system_without_apt_is_told_every_package(commands: Add, tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="needs the Debian packages apt, dpkg, dpkg-dev"):
        install(tmp_path)
