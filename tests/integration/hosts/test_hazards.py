# SPDX-License-Identifier: GPL-3.0-or-later
"""What could go wrong in Ansible's worker and not in a module (docs/hosts.md)."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import DONE

from tests.integration import accounts
from tests.integration.hosts.book import hanging_server
from tests.integration.lab import Lab
from tests.integration.playbook import attempt

# Below the 30 s after which a request that hangs is given up: most of it is how long Ansible takes to start.
SOON_SECONDS = 25.0
# As ansible-core says it since 2.19, and before.
TIME_LIMIT = re.compile(r"Timed out after 1 second\(s\)|failed to execute in the expected time frame \(1\)")
FAILED = 2


def _play(directory: Path, *tasks: dict[str, Any], **play: Any) -> str:
    content = [{"hosts": "localhost", "gather_facts": False, **play, "tasks": list(tasks)}]
    (directory / "play.yml").write_text(json.dumps(content), encoding="utf-8")
    return "play.yml"


@pytest.fixture
def kubeconfig(lab: Lab, tmp_path: Path) -> str:
    """The path of a kubeconfig of an administrator."""
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(accounts.kubeconfig(lab.api, {"token": lab.api.token})), encoding="utf-8")
    return str(path)


def test_a_missing_library_ends_no_run(tmp_path: Path) -> None:
    (tmp_path / "urllib3.py").write_text("raise ImportError('there is no urllib3')\n", encoding="utf-8")
    name = _play(
        tmp_path,
        {"okd.image_registry.registry_info": {}, "ignore_errors": True},
        {"ansible.builtin.debug": {"msg": "The run goes on"}},
    )
    status, output = attempt(tmp_path, name, "-vvv", PYTHONPATH=str(tmp_path))
    assert status == 0, output
    assert "runs as a module: the Python of the controller lacks what it needs: ImportError: there is no" in output
    assert "missing-library" in output
    assert "The run goes on" in output


def test_a_time_limit_is_kept(tmp_path: Path) -> None:
    with hanging_server() as address:
        task = {"okd.image_registry.registry_info": {"host": address, "api_key": "any"}, "timeout": 1}
        name = _play(tmp_path, task)
        began = time.monotonic()
        status, output = attempt(tmp_path, name, "-vvv")
        took = time.monotonic() - began
    assert status == FAILED, output
    assert "runs in the worker" in output
    assert TIME_LIMIT.search(output), output
    assert took < SOON_SECONDS


def test_the_free_strategy_uses_the_worker_too(lab: Lab, kubeconfig: str, tmp_path: Path) -> None:
    name = _play(tmp_path, {"okd.image_registry.registry_info": {}}, strategy="free")
    status, output = attempt(tmp_path, name, "-vvv", KUBECONFIG=kubeconfig)
    assert status == 0, output
    assert "okd.image_registry.registry_info runs in the worker" in output


def test_progress_is_shown(clean: Lab, kubeconfig: str, tmp_path: Path) -> None:
    served = {"management_state": "Managed", "storage": {"empty_dir": {}}, "accept_data_loss": True}
    spoken = {"name": "Speak", "okd.image_registry.registry": {**served, "log_level": "Debug"}}
    silent = {"name": "Be silent", "okd.image_registry.registry": {**served, "log_level": "Trace"}, "no_log": True}
    log = tmp_path / "log"
    status, output = attempt(
        tmp_path, _play(tmp_path, spoken, silent), KUBECONFIG=kubeconfig, ANSIBLE_LOG_PATH=str(log)
    )
    assert status == 0, output
    for told in (output, log.read_text(encoding="utf-8")):
        before, separator, after = told.partition("TASK [Be silent]")
        assert separator, told
        assert f" s: {DONE.why}" in before
        assert "[localhost] " in before
        assert " s: " not in after
