# SPDX-License-Identifier: GPL-3.0-or-later
"""The run of Molecule's scenarios: which there are, and what it tells in the end."""

from pathlib import Path

import pytest

from hack import scenarios
from hack.scenarios import Outcome


def test_default_comes_first(tmp_path: Path) -> None:
    for name in ("route", "default", "config", "utils"):
        (tmp_path / name).mkdir()
    for name in ("route", "default", "config"):
        (tmp_path / name / "molecule.yml").touch()
    assert scenarios.available(tmp_path) == ["default", "config", "route"]


def test_table_tells_times_and_failures() -> None:
    lines = scenarios.table([Outcome("default", True, 41.26), Outcome("storage_switch", False, 103.5)])
    assert lines == [
        "",
        "default            41.3 s  passed",
        "storage_switch    103.5 s  FAILED",
        "together          144.8 s  1 of 2 passed",
    ]


def test_unknown_scenario_is_refused_before_anything_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "route").mkdir()
    (tmp_path / "route" / "molecule.yml").touch()
    monkeypatch.setattr(scenarios, "SCENARIOS", tmp_path)
    assert scenarios.main(["rout"]) == 2
    assert capsys.readouterr().err == "error: no scenario is called rout; there are route\n"
