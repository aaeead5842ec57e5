# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook okd.image_registry.setup while the operator is not there yet, as during an installation."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.integration import accounts
from tests.integration import api as paths
from tests.integration.lab import Lab
from tests.integration.playbook import attempt

SETUP = ("okd.image_registry.setup", "-e", "registry_management_state=Removed")
LIMIT_SECONDS = 30.0


def test_setup_waits_for_the_config_up_to_a_limit(clean: Lab, knobs: Callable[..., None], tmp_path: Path) -> None:
    # An account that may not read the ClusterOperator.
    manager = accounts.write_kubeconfig(clean.api, accounts.MANAGER, tmp_path)
    knobs(operatorPaused=True)
    clean.api.patch(paths.CONFIG, {"metadata": {"finalizers": None}})
    clean.api.delete(paths.CONFIG)
    environment = {"K8S_AUTH_KUBECONFIG": str(manager)}
    status, output = attempt(tmp_path, *SETUP, "-e", "registry_operator_timeout=1", **environment)
    assert status == 2, output
    words = " ".join(output.split())
    assert "The operator is not ready after 1 seconds." in words
    assert "Config cluster: It does not exist." in words
    assert "ClusterOperator" not in words.replace("ClusterOperator and Config", "")
    mark = clean.log.mark()
    with ThreadPoolExecutor(max_workers=1) as pool:
        run = pool.submit(attempt, tmp_path, *SETUP, **environment)
        _until_asked(clean, mark)
        knobs(operatorPaused=False)
        status, output = run.result()
    assert status == 0, output
    assert "FAILED - RETRYING: [localhost]: Wait for the operator and its Config" in output
    assert "Removed, no storage, 0 of " in output


def test_setup_does_not_wait_when_its_credentials_are_refused(lab: Lab, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.kubeconfig"
    wrong.write_text(json.dumps(accounts.kubeconfig(lab.api, {"token": "wrong"})), encoding="utf-8")
    status, output = attempt(tmp_path, *SETUP, K8S_AUTH_KUBECONFIG=str(wrong))
    assert status == 2, output
    assert "does not accept the credentials" in " ".join(output.split())
    assert "RETRYING" not in output


def _until_asked(lab: Lab, mark: int) -> None:
    """Return when a module has asked for the Config."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while not any(request.path == paths.CONFIG for request in lab.log.since(mark)):
        assert time.monotonic() < deadline, "no module asked for the Config"
