# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook okd.image_registry.setup while the operator is not there yet, as during an installation."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sandbox.pem import self_signed
from tests.integration import accounts
from tests.integration import api as paths
from tests.integration.lab import Lab
from tests.integration.playbook import attempt

SETUP = ("okd.image_registry.setup", "-e", "registry_management_state=Removed")
LIMIT_SECONDS = 30.0
MANAGER_ROLE = "/apis/rbac.authorization.k8s.io/v1/clusterroles/registry-automation-manager"


@pytest.fixture
def without_cluster_operator(clean: Lab) -> Iterator[None]:
    """Take the right to read the ClusterOperator from the manager, for one test."""
    rules = clean.api.read(MANAGER_ROLE)["rules"]
    left = [rule for rule in rules if "clusteroperators" not in rule["resources"]]
    assert left != rules
    clean.api.patch(MANAGER_ROLE, {"rules": left})
    yield
    clean.api.patch(MANAGER_ROLE, {"rules": rules})


@pytest.mark.usefixtures("without_cluster_operator")
def test_setup_waits_for_the_config_up_to_a_limit(clean: Lab, knobs: Callable[..., None], tmp_path: Path) -> None:
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


def test_setup_does_not_wait_for_a_certificate_that_is_not_trusted(lab: Lab, tmp_path: Path) -> None:
    authority, _key = self_signed("another.example.com")
    other = tmp_path / "other.kubeconfig"
    data = base64.b64encode(authority.encode()).decode()
    content = accounts.kubeconfig(lab.api, {"token": "any"}, **{"certificate-authority-data": data})
    del content["clusters"][0]["cluster"]["certificate-authority"]
    other.write_text(json.dumps(content), encoding="utf-8")
    status, output = attempt(tmp_path, *SETUP, K8S_AUTH_KUBECONFIG=str(other))
    assert status == 2, output
    assert "its certificate is not trusted" in " ".join(output.split())
    assert "RETRYING" not in output


def test_setup_tells_why_there_is_no_answer_when_its_time_is_over(lab: Lab, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere.kubeconfig"
    server = lab.s3_endpoint.replace("http:", "https:")
    nowhere.write_text(json.dumps(accounts.kubeconfig(lab.api, {"token": "any"}, server=server)), encoding="utf-8")
    status, output = attempt(tmp_path, *SETUP, "-e", "registry_operator_timeout=8", K8S_AUTH_KUBECONFIG=str(nowhere))
    assert status == 2, output
    assert "RETRYING" in output
    assert "the API server could not be reached" in " ".join(output.split())


@pytest.mark.parametrize("variables", [{}, {"management_state": "Managed"}, {"registry_wait": False}])
def test_setup_without_a_declared_state_is_refused(lab: Lab, tmp_path: Path, variables: dict[str, Any]) -> None:
    mark = lab.log.mark()
    status, output = attempt(tmp_path, SETUP[0], "-e", json.dumps(variables))
    assert status == 2, output
    assert "No variable declares a state of the registry, so there is nothing to set up." in " ".join(output.split())
    assert not lab.log.since(mark)


def _until_asked(lab: Lab, mark: int) -> None:
    """Return when a module has asked for the Config."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while not any(request.path == paths.CONFIG for request in lab.log.since(mark)):
        assert time.monotonic() < deadline, "no module asked for the Config"
