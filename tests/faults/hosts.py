# SPDX-License-Identifier: GPL-3.0-or-later
"""One task in each place where it can run (docs/hosts.md), to its end."""

import json
import subprocess
import tempfile
import time
from enum import Enum
from pathlib import Path
from typing import Any

from tests.integration.lab import Lab
from tests.integration.modules import Outcome
from tests.integration.playbook import attempt_within


class Host(Enum):
    """Where a task runs."""

    MODULE = "module"
    WORKER = "worker"


def outcome(host: Host, lab: Lab, options: dict[str, Any], limit: float) -> Outcome:
    """Run `registry` with options that say how to connect; AssertionError when it takes longer than limit seconds."""
    if host is Host.MODULE:
        return lab.start("registry", options).outcome(limit)
    with tempfile.TemporaryDirectory() as directory:
        return _in_the_worker(Path(directory), options, limit)


def _in_the_worker(directory: Path, options: dict[str, Any], limit: float) -> Outcome:
    tasks = [
        {"okd.image_registry.registry": "{{ options }}", "register": "done", "ignore_errors": True},
        {"ansible.builtin.copy": {"content": "{{ done | to_json }}", "dest": "{{ playbook_dir }}/result.json"}},
    ]
    (directory / "play.yml").write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    (directory / "options.json").write_text(json.dumps({"options": _literal(options)}))
    try:
        status, output = attempt_within(limit, directory, "play.yml", "-vvv", "--extra-vars", "@options.json")
    except subprocess.TimeoutExpired:
        raise AssertionError(f"the task in the worker did not end within {limit:g} s") from None
    ended = time.time()
    assert status == 0, output
    assert "okd.image_registry.registry runs in the worker" in output, output
    return Outcome(json.loads((directory / "result.json").read_text()), output, ended)


def _literal(value: Any) -> Any:
    """Return options in which no text is a template to Ansible, as a secret may look like one by chance."""
    if isinstance(value, dict):
        return {name: _literal(below) for name, below in value.items()}
    if isinstance(value, list):
        return [_literal(item) for item in value]
    return {"__ansible_unsafe": value} if isinstance(value, str) else value
