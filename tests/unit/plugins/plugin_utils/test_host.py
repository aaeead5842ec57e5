# SPDX-License-Identifier: GPL-3.0-or-later
"""The host in Ansible's worker: what it leaves behind, what it shows, and how it ends when the engine fails."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._task import Task, Work
from ansible_collections.okd.image_registry.plugins.plugin_utils import _host

REPOSITORY = Path(__file__).parents[4]
SECRET = "s3cret value"
SPEC = {"password": {"no_log": True}, "name": {}}
# The names of ansible-core that are documented for plugins, or that ActionBase itself is made of.
PUBLIC = {
    "ansible",
    "ansible.errors",
    "ansible.module_utils.common.arg_spec",
    "ansible.module_utils.common.parameters",
    "ansible.module_utils.errors",
    "ansible.module_utils.parsing.convert_bool",
    "ansible.plugins.action",
}


def run(work: Callable[[Task], None], told: list[str] | None = None, **options: Any) -> dict[str, Any]:
    """Do some work in the host."""
    does = Work("toy", SPEC, work, lambda given: [given["password"]] if given.get("password") else [], ())
    lines = [] if told is None else told
    return _host.run(does, "okd.image_registry.toy", options, False, {"GIVEN": "yes"}, lines.append)


def test_lines_of_progress_are_masked() -> None:
    told: list[str] = []
    run(lambda task: task.tell(f"waiting for {SECRET}"), told, password=SECRET)
    assert told == ["waiting for <hidden>"]


def test_a_failure_of_the_engine_is_a_failed_task_without_secrets() -> None:
    def break_down(_task: Task) -> None:
        raise KeyError(SECRET)

    result = run(break_down, password=SECRET)
    assert result["failed"] is True
    assert result["code"] == "unexpected"
    assert "KeyError" in result["msg"]
    assert "break_down" in result["exception"]
    assert SECRET not in str(result)


def test_what_was_changed_before_a_failure_is_reported() -> None:
    def break_down(task: Task) -> None:
        task.result.changed = True
        raise ValueError

    assert run(break_down)["changed"] is True


def test_nothing_stays_in_the_process(capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[str] = []

    def work(task: Task) -> None:
        seen.append(task.environment["GIVEN"])
        print("not for the terminal")
        task.result.warn("once")

    before = dict(os.environ), list(warnings.filters), sys.stdout
    results = [run(work)["warnings"] for _item in range(2)]
    assert (dict(os.environ), list(warnings.filters), sys.stdout) == before
    assert capsys.readouterr().out == ""
    assert seen == ["yes", "yes"]
    assert results == [["once"], ["once"]]


def test_only_public_parts_of_ansible_are_imported() -> None:
    paths = [*REPOSITORY.glob("plugins/plugin_utils/*.py"), *REPOSITORY.glob("plugins/action/*.py")]
    imported = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] == "ansible":
                imported.add(node.module)
            elif isinstance(node, ast.Import):
                imported.update(alias.name for alias in node.names if alias.name.partition(".")[0] == "ansible")
    assert imported == PUBLIC


def test_loading_uses_no_network() -> None:
    program = """
import sys
used = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.gethostbyname"}
sys.addaudithook(lambda event, _arguments: sys.exit(event) if event in used else None)
from ansible_collections.okd.image_registry.plugins.action import registry
assert registry.ActionModule.engine.run, registry.ActionModule.engine.missing
"""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / ".collections")}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
