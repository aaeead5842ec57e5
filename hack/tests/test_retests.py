# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests that ran twice are counted over the whole run of CI, named at its end, and too many fail it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hack import retests

# Takes the place of make. The first run of a target named in FAILS leaves as many tests failed as it says there; a
# retest passes unless STAYS is set.
MAKE = """#!{python}
import json, os, pathlib, sys
target, failed = sys.argv[1], pathlib.Path(".pytest_cache/v/cache/lastfailed")
print("make", target)
if target == "retest":
    sys.exit("STAYS" in os.environ)
count = json.loads(os.environ["FAILS"]).get(target, 0)
failed.parent.mkdir(parents=True, exist_ok=True)
failed.write_text(json.dumps({{f"tests/test_{{target}}.py::test_{{number}}": True for number in range(count)}}))
sys.exit(2 if count else 0)
"""


def _failed(repository: Path, *names: str) -> None:
    path = repository / retests.FAILED
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(dict.fromkeys(names, True)), encoding="utf-8")


def test_two_targets_are_counted_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _failed(tmp_path, "a.py::test_b", "a.py::test_a[a value]")
    assert retests.note(tmp_path) == 0
    assert retests.tell(tmp_path) == 0
    _failed(tmp_path, "c.py::test_c")
    assert retests.note(tmp_path) == 0
    capsys.readouterr()
    assert retests.tell(tmp_path) == 1
    assert capsys.readouterr().out.splitlines() == [
        "tests that ran twice: 3, allowed: 2",
        "  a.py::test_a[a value]",
        "  a.py::test_b",
        "  c.py::test_c",
    ]


def test_a_run_begins_with_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _failed(tmp_path, *(f"a.py::test_{number}" for number in range(3)))
    assert retests.note(tmp_path) == 0
    assert retests.begin(tmp_path) == 0
    assert retests.tell(tmp_path) == 0
    assert capsys.readouterr().out == "tests that ran twice: 0, allowed: 2\n"
    # What failed before the run would be noted with what fails in it.
    assert retests.note(tmp_path) == 1


@pytest.mark.parametrize("names", [[], ["a.py"], ["a.py", "b.py::test_b"]], ids=" ".join)
def test_no_second_run_where_other_tests_did_not_run(
    names: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _failed(tmp_path, *names)
    assert retests.note(tmp_path) == 1
    assert ("a.py" if names else "none") in capsys.readouterr().err
    assert retests.tell(tmp_path) == 0


def _ci(repository: Path, fails: dict[str, int], **environment: str) -> tuple[int, list[str]]:
    """Run .ci/run with a make that does nothing; return the exit status and the lines of the output."""
    for name in (".ci/run", "hack/__init__.py", "hack/retests.py"):
        (repository / name).parent.mkdir(exist_ok=True)
        shutil.copy(retests.REPOSITORY / name, repository / name)
    for name in ("make", ".venv/bin/python"):
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
    (repository / "make").write_text(MAKE.format(python=sys.executable), encoding="utf-8")
    (repository / "make").chmod(0o755)
    (repository / ".venv/bin/python").symlink_to(sys.executable)
    variables = {**os.environ, **environment, "FAILS": json.dumps(fails)}
    variables["PATH"] = f"{repository}:{variables['PATH']}"
    done = subprocess.run(
        [repository / ".ci/run"], env=variables, stdout=subprocess.PIPE, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout.splitlines()


def test_ci_tells_at_its_end_that_no_test_ran_twice(tmp_path: Path) -> None:
    status, lines = _ci(tmp_path, {})
    assert (status, lines[-1]) == (0, "tests that ran twice: 0, allowed: 2")
    assert "make molecule" in lines
    assert "make retest" not in lines


def test_ci_passes_with_two_tests_that_ran_twice(tmp_path: Path) -> None:
    status, lines = _ci(tmp_path, {"test": 1, "content": 1})
    assert status == 0
    assert lines[-3:] == [
        "tests that ran twice: 2, allowed: 2",
        "  tests/test_test.py::test_0",
        "  tests/test_content.py::test_0",
    ]


def test_ci_fails_with_three_though_all_passed_the_second_time(tmp_path: Path) -> None:
    status, lines = _ci(tmp_path, {"test": 2, "hack-test": 1})
    assert status == 1
    assert "make molecule" in lines
    assert lines[-4] == "tests that ran twice: 3, allowed: 2"


def test_ci_ends_with_a_test_that_fails_twice_and_names_it(tmp_path: Path) -> None:
    status, lines = _ci(tmp_path, {"sandbox-test": 1}, STAYS="yes")
    assert status != 0
    assert "make hack-test" not in lines
    assert lines[-3:] == [
        "make down",
        "tests that ran twice: 1, allowed: 2",
        "  tests/test_sandbox-test.py::test_0",
    ]


def test_ci_ends_with_a_target_that_fails_without_a_failed_test(tmp_path: Path) -> None:
    status, lines = _ci(tmp_path, {"lint": 1})
    assert (status, lines[-1]) == (2, "tests that ran twice: 0, allowed: 2")
    assert "make docs" not in lines
