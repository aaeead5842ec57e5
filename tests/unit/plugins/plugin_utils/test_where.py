# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a task runs, and why."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.plugin_utils._where import Circumstances, why_module

PYTHON = "/opt/ansible/bin/python3"
HERE = Circumstances(
    is_forced=False,
    lacks="",
    transport="local",
    becomes=False,
    is_async=False,
    interpreter=None,
    executable=PYTHON,
)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, ""),
        ({"interpreter": "auto_silent"}, ""),
        ({"interpreter": ""}, ""),
        ({"interpreter": PYTHON}, ""),
        ({"is_forced": True}, "it is asked for"),
        ({"lacks": "the engine cannot be loaded: no urllib3"}, "the engine cannot be loaded: no urllib3"),
        ({"transport": "ssh"}, "the connection is ssh"),
        ({"becomes": True}, "it runs as another user"),
        ({"is_async": True}, "it is asynchronous"),
        ({"interpreter": "/usr/bin/python3"}, "its Python is /usr/bin/python3"),
        ({"interpreter": "python3"}, "its Python is python3"),
    ],
    ids=str,
)
def test_where_a_task_runs(changed: dict[str, Any], why: str) -> None:
    assert why_module(dataclasses.replace(HERE, **changed)) == why


def test_another_environment_of_the_same_python_is_another_python(tmp_path: Path) -> None:
    (tmp_path / "python").touch()
    pythons = {}
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        for program in ("python", "python3"):
            (tmp_path / name / program).symlink_to(tmp_path / "python")
            pythons[name, program] = str(tmp_path / name / program)
    ours = dataclasses.replace(HERE, executable=pythons["one", "python"])
    assert why_module(dataclasses.replace(ours, interpreter=pythons["one", "python3"])) == ""
    assert why_module(dataclasses.replace(ours, interpreter=pythons["other", "python"])) != ""
