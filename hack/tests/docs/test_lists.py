# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that stand in more than one file: targets of the Makefile, steps of the CI, directories."""

import re
from pathlib import Path

import yaml

from hack.lint.gates import GATES, GROUPS, OF_THE_SOURCE

REPOSITORY = Path(__file__).parents[3]
# The README explains these in its text, or they belong to another target.
ELSEWHERE = {"demo", "test", "down", "artifact", "sandbox", "clean"}


def test_the_readme_has_every_target_that_make_help_shows() -> None:
    shown = set(re.findall(r"\bmake ([a-z-]+)", "\n".join(_help())))
    listed = set(re.findall(r"^\| `make ([a-z-]+)` \|", _read("README.md"), re.MULTILINE))
    assert listed
    assert listed == shown - ELSEWHERE


def test_both_pipelines_run_the_same_targets() -> None:
    script = _read(".ci/run")
    own = set(re.findall(r"^(?:make|tests) ([a-z-]+)$", script, re.MULTILINE)) - {"prepare", "down"}
    workflow = yaml.safe_load(_read(".github/workflows/ci.yml"))
    assert own
    assert set(workflow["jobs"]["make"]["strategy"]["matrix"]["target"]) == own


def test_the_hooks_of_git_run_gates_that_do_not_build_the_artifact() -> None:
    repositories = yaml.safe_load(_read(".pre-commit-config.yaml"))["repos"]
    entries = [hook["entry"] for repository in repositories for hook in repository["hooks"]]
    groups = [re.fullmatch(r"make --silent lint GATE=(\w+)", entry) for entry in entries]
    assert {match[1] for match in groups if match} == set(GROUPS)
    assert all(groups)
    assert all(gates <= OF_THE_SOURCE <= set(GATES) for gates in GROUPS.values())


def test_the_directories_that_the_readme_shows_exist() -> None:
    tree = _read("README.md").split("### Where things are\n", 1)[1].split("```\n")[1]
    shown = [name for line in tree.splitlines() for name in re.findall(r"(\S+/)(?=,|\s\s|\s\S+/\s)", line)]
    assert len(shown) > len(tree.splitlines()) - 1
    assert [name for name in shown if not (REPOSITORY / name).is_dir()] == []
    plugins = {f"plugins/{path.name}/" for path in (REPOSITORY / "plugins").iterdir() if path.is_dir()}
    assert plugins <= set(shown)


def _help() -> list[str]:
    return re.findall(r"^# (make .*)", _read("Makefile"), re.MULTILINE)


def _read(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")
