# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules as users run them: by ansible-playbook, from anywhere, connected in each way that there is."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.pem import self_signed
from sandbox.state import StateDirectory
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.lab import Lab
from tests.integration.playbook import attempt, play

HOST = "registry.example.com"
CERTIFICATE, KEY = self_signed(HOST)
DESIRED = {
    "registry_management_state": "Managed",
    "registry_storage": {"pvc": {"claim": "registry", "size": "10Gi"}},
    "registry_replicas": 2,
    "registry_routes": [{"name": "public", "hostname": HOST, "tls": {"certificate": CERTIFICATE, "key": KEY}}],
    "registry_credentials": {"s3": {"access_key": setups.ACCESS_KEY, "secret_key": setups.SECRET_KEY}},
}

Book = Callable[..., str]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Write a playbook of one play and return its name."""

    def write(*tasks: dict[str, Any], **play: Any) -> str:
        content = [{"hosts": "localhost", "gather_facts": False, **play, "tasks": list(tasks)}]
        (tmp_path / "play.yml").write_text(json.dumps(content), encoding="utf-8")
        return "play.yml"

    return write


def _task(module: str, **options: Any) -> dict[str, Any]:
    return {"name": module, f"okd.image_registry.{module}": options}


def _from_environment(lab: Lab) -> dict[str, str]:
    """The variables that the credential of an automation controller injects."""
    return {
        "K8S_AUTH_HOST": lab.api.server,
        "K8S_AUTH_API_KEY": lab.api.token,
        "K8S_AUTH_SSL_CA_CERT": str(lab.api.authority),
        "K8S_AUTH_VERIFY_SSL": "True",
    }


def _changed(output: str) -> int:
    (found,) = re.findall(r"\bchanged=(\d+)", output)
    return int(found)


def test_set_up_in_check_mode_then_for_real_then_again(clean: Lab, state: StateDirectory, tmp_path: Path) -> None:
    (tmp_path / "registry.json").write_text(json.dumps(DESIRED), encoding="utf-8")
    arguments = ("okd.image_registry.setup", "-e", "@registry.json", "--diff")
    mark = clean.log.mark()
    foretold = play(tmp_path, state.kubeconfig, *arguments, "--check")
    assert foretold.changed == 1
    assert not clean.log.writes_since(mark)
    done = play(tmp_path, state.kubeconfig, *arguments)
    assert done.changed == 1
    assert "Managed, pvc registry, 2 of 2 pods ready, hosts: registry.example.com" in done.output
    # The task prints the same differences in both runs.
    assert _differences(foretold.output) == _differences(done.output)
    shown = _differences(done.output)
    assert "--- before: Config cluster" in shown
    assert re.search(r'^\+ +"managementState": "Managed"', shown, re.MULTILINE)
    assert re.search(r'^- +"managementState": "Removed"', shown, re.MULTILINE)
    assert "<hidden: new value>" in shown
    again = play(tmp_path, state.kubeconfig, *arguments, "-vvvv")
    assert again.changed == 0
    assert _differences(again.output) == ""
    assert play(tmp_path, state.kubeconfig, *arguments, "--check").changed == 0


def _differences(output: str) -> str:
    return "".join(re.findall(r"^--- before: .*?(?=^changed:|^\n)", output, re.DOTALL | re.MULTILINE))


@pytest.fixture(scope="module")
def serving(clean_module: Lab) -> Lab:
    """A registry that serves; tests that use it only look or change it in check mode."""
    setups.serve_from_claim(clean_module, defaultRoute=True)
    return clean_module


EVERY_MODULE = (
    _task("registry", replicas=3),
    _task("registry_storage", storage={"pvc": {"claim": "registry", "size": "200Gi"}}),
    _task("registry_replicas", replicas=3),
    _task("registry_routes", default_route=False),
    _task("registry_credentials", credentials={"s3": {"access_key": "a", "secret_key": "b"}}),
)


def test_module_defaults_of_the_group_connect_every_module(serving: Lab, book: Book, tmp_path: Path) -> None:
    connection = {"host": serving.api.server, "api_key": serving.api.token, "ca_cert": str(serving.api.authority)}
    defaults = {"group/okd.image_registry.registry": connection}
    mark = serving.log.mark()
    status, output = attempt(tmp_path, book(*EVERY_MODULE, _task("registry_info"), module_defaults=defaults), "--check")
    assert status == 0, output
    assert _changed(output) == len(EVERY_MODULE)
    assert {request.user for request in serving.log.since(mark)} == {"admin"}
    assert not serving.log.writes_since(mark)


def test_variables_of_the_environment_connect_every_module(serving: Lab, book: Book, tmp_path: Path) -> None:
    status, output = attempt(tmp_path, book(*EVERY_MODULE), "--check", **_from_environment(serving))
    assert status == 0, output
    assert _changed(output) == len(EVERY_MODULE)


def test_context_of_the_environment_is_used(serving: Lab, state: StateDirectory, book: Book, tmp_path: Path) -> None:
    mark = serving.log.mark()
    environment = {"K8S_AUTH_KUBECONFIG": str(state.kubeconfig), "K8S_AUTH_CONTEXT": "sandbox-viewer"}
    status, output = attempt(tmp_path, book(_task("registry_replicas", replicas=2)), **environment)
    assert (status, _changed(output)) == (0, 0), output
    assert {request.user for request in serving.log.since(mark)} == {"viewer"}


def test_options_win_over_the_environment(serving: Lab, book: Book, tmp_path: Path) -> None:
    task = _task("registry_replicas", replicas=2, api_key=serving.api.token)
    environment = {**_from_environment(serving), "K8S_AUTH_API_KEY": "wrong"}
    status, output = attempt(tmp_path, book(task), **environment)
    assert status == 0, output


def test_unverified_connection_works_with_a_warning(serving: Lab, book: Book, tmp_path: Path) -> None:
    environment = _from_environment(serving) | {"K8S_AUTH_VERIFY_SSL": "no", "K8S_AUTH_SSL_CA_CERT": ""}
    status, output = attempt(tmp_path, book(_task("registry_replicas", replicas=2)), **environment)
    assert status == 0, output
    assert "The identity of the API server is not verified" in " ".join(output.split())
    assert "InsecureRequestWarning" not in output


def test_result_can_be_used_by_the_next_task(serving: Lab, book: Book, tmp_path: Path) -> None:
    first = {**_task("registry_replicas", replicas=3), "register": "scaled", "check_mode": True}
    conditions = [
        "scaled is changed",
        "scaled.plan | map(attribute='fields') | flatten == ['spec.replicas']",
        "scaled.registry.replicas == {'wanted': 2, 'ready': 2}",
        "scaled.rollout.waited == false",
        "scaled.diff[0].before == {'spec': {'replicas': 2}}",
        "scaled.diff[0].after == {'spec': {'replicas': 3}}",
    ]
    second = {"name": "Look", "ansible.builtin.assert": {"that": conditions}}
    status, output = attempt(tmp_path, book(first, second), **_from_environment(serving))
    assert status == 0, output


def test_refusal_can_be_read_and_be_used(serving: Lab, book: Book, tmp_path: Path) -> None:
    bad = {**_task("registry_routes", routes=[{"name": "A"}, {"name": "b", "hostname": "b:1"}]), "register": "refused"}
    conditions = [
        "refused is failed",
        "refused is not changed",
        "refused.findings | map(attribute='field') == ['routes[].name', 'routes[].hostname']",
        "refused.findings | map(attribute='severity') | unique == ['error']",
    ]
    look = {"name": "Look", "ansible.builtin.assert": {"that": conditions}}
    status, output = attempt(tmp_path, book({**bad, "ignore_errors": True}, look), **_from_environment(serving))
    assert status == 0, output
    assert "Nothing was changed: 2 problem(s) must be solved first." in output


def test_diff_without_check_mode_is_of_what_was_done(clean: Lab, book: Book, tmp_path: Path) -> None:
    setups.serve_from_claim(clean)
    task = _task("registry_replicas", replicas=1)
    status, output = attempt(tmp_path, book(task), "--diff", **_from_environment(clean))
    assert (status, _changed(output)) == (0, 1), output
    assert re.search(r'^-.*"replicas": 2$', output, re.MULTILINE)
    assert re.search(r'^\+.*"replicas": 1$', output, re.MULTILINE)
    assert clean.api.read(paths.DEPLOYMENT)["status"]["readyReplicas"] == 1
