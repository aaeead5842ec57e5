# SPDX-License-Identifier: GPL-3.0-or-later
"""Which kube-apiserver and etcd are used."""

from pathlib import Path

import pytest

from sandbox.binaries import Binaries, find_binaries
from sandbox.build_apiserver import cache_directory
from sandbox.errors import SandboxError


def put_programs(directory: Path, *names: str) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    for name in names:
        (directory / name).write_text("#!/bin/sh\n")
        (directory / name).chmod(0o755)
    return directory


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment in which nothing is found; the cache is below tmp_path."""
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def both(directory: Path) -> Binaries:
    return Binaries(directory / "kube-apiserver", directory / "etcd")


def test_assets_come_before_path_and_path_before_the_cache(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached = put_programs(cache_directory(), "kube-apiserver", "etcd")
    assert find_binaries(print) == both(cached)

    on_path = put_programs(places / "bin", "kube-apiserver", "etcd")
    monkeypatch.setenv("PATH", str(on_path))
    assert find_binaries(print) == both(on_path)

    assets = put_programs(places / "assets", "kube-apiserver", "etcd")
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(assets))
    assert find_binaries(print) == both(assets)


def test_one_of_the_two_on_path_is_not_enough(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached = put_programs(cache_directory(), "kube-apiserver", "etcd")
    monkeypatch.setenv("PATH", str(put_programs(places / "bin", "etcd")))
    assert find_binaries(print) == both(cached)


def test_incomplete_assets_are_an_error_that_names_what_is_missing(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(put_programs(places / "assets", "etcd")))
    with pytest.raises(SandboxError, match=r"KUBEBUILDER_ASSETS is .*assets, which has no kube-apiserver"):
        find_binaries(print)
