# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks as variants."""

import json
import re
import sys
from pathlib import Path
from typing import Any

from .variant import Variant

LEVEL, WAIT = "log_level", "wait"
"""Variables of the playbooks: the value of the field that changes, and whether to wait for the rollout."""

Task = dict[str, Any]
_RECAP = re.compile(r"\bchanged=(\d+)")


def playbook(key: str, title: str, tasks: list[Task], **others: Any) -> Variant:
    """Return the variant that runs tasks on the controller; others: fields of the variant."""
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
    return variant_of(play, key, title, [], {}, **others)


def variant_of(
    play: dict[str, Any], key: str, title: str, arguments: list[str], files: dict[str, str], **others: Any
) -> Variant:
    """Return the variant that runs a play with these arguments and further files."""
    name = f"{key}.yml"

    def command(level: str, wait: bool) -> list[str]:
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        return [program, *arguments, "--extra-vars", json.dumps({LEVEL: level, WAIT: wait}), name]

    # JSON is YAML, so a playbook may be written as JSON.
    return Variant(key, title, {name: json.dumps([play], indent=2), **files}, command, _changes_in_recap, **others)


def ours(module: str, options: dict[str, Any]) -> Task:
    """Return the task of a module of the collection."""
    return {f"okd.image_registry.{module}": {**options, "wait": f"{{{{ {WAIT} }}}}"}}


def _changes_in_recap(output: str) -> int:
    return sum(int(count) for count in _RECAP.findall(output))
