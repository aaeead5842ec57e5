# SPDX-License-Identifier: GPL-3.0-or-later
"""Both hosts of a task, the module and Ansible's worker, give the same result to the letter."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from sandbox import sandbox
from sandbox.state import StateDirectory
from tests.integration import setups
from tests.integration.lab import Lab
from tests.integration.playbook import attempt

REGISTRY, INFO = "okd.image_registry.registry", "okd.image_registry.registry_info"
KEY = "wJalr/XUtnFEMI+K7MDENG=bPxRfiCYzEXAMPLEKEY"
# What differs from run to run, whoever runs it.
_TIMES = {"duration", "after"}


@dataclass(frozen=True)
class Case:
    """One task: the module, its options, and the keywords beside it."""

    name: str
    options: dict[str, Any]
    keywords: dict[str, Any] = field(default_factory=dict)
    module: str = REGISTRY

    def task(self, number: int, is_module: bool) -> dict[str, Any]:
        """Return the task of a play that runs it in one of the two ways."""
        return {
            "name": self.name,
            self.module: self.options,
            "ignore_errors": True,
            "register": f"result_{number}_{'module' if is_module else 'worker'}",
            **self.keywords,
            "vars": {"okd_image_registry_run_as_module": is_module, **self.keywords.get("vars", {})},
        }


CREDENTIALS = {"s3": {"access_key": "AKIAEXAMPLE", "secret_key": KEY}}
CASES = [
    Case("nothing to do", {}),
    Case("a change in check mode", {"log_level": "Debug"}, {"check_mode": True, "diff": True}),
    Case("a value that is not among the choices", {"management_state": "Force"}),
    Case("an unknown option", {"replica": 2}),
    Case("an unknown option below another", {"storage": {"pvc": {"claimName": "c"}}}),
    Case("options that exclude each other", {"storage": {"pvc": {}, "empty_dir": {}}}),
    Case("a required option that is missing", {"routes": [{"hostname": "h.example.com"}]}),
    Case("a word for a number", {"replicas": "two"}),
    Case("a number as text", {"replicas": "1"}, {"check_mode": True}),
    Case("a refusal", {"replicas": -1}),
    Case("a refusal for want of consent", {"management_state": "Removed", "storage": {"management_state": "Managed"}}),
    Case("a warning", {"replicas": 0}, {"check_mode": True}),
    Case("a wrong token", {"api_key": "wrong-token-of-the-test"}),
    Case("an alias", {"verify_ssl": False}, {"check_mode": True}),
    Case("a kubeconfig that is missing", {"kubeconfig": "/nowhere/kubeconfig"}),
    Case("a variable of the environment", {}, {"environment": {"K8S_AUTH_CONTEXT": "no-such-context"}}),
    Case("a variable that is no boolean", {}, {"environment": {"K8S_AUTH_VERIFY_SSL": "perhaps"}}),
    Case("secrets", {"credentials": CREDENTIALS}, {"check_mode": True, "diff": True}),
    Case("a secret in the wrong place", {"credentials": {"s3": {"access_key": KEY}}}),
    Case("no log", {"replicas": -1}, {"no_log": True}),
    Case("a loop", {"replicas": "{{ item }}"}, {"loop": [1, -1], "check_mode": True}),
    Case("until", {"replicas": -1}, {"until": False, "retries": 1, "delay": 0}),
    Case("run once", {}, {"run_once": True}),
    Case("delegated to this machine", {}, {"delegate_to": "localhost"}),
    Case("throttled", {}, {"throttle": 1}),
    Case("defaults of the group", {}, {"module_defaults": {"group/okd.image_registry.registry": {"context": "none"}}}),
    Case("text with braces", {"node_selector": {"a": "{% raw %}{{ b }}{% endraw %}"}}, {"check_mode": True}),
    Case("an extra variable in the options", {"replicas": "{{ pods }}"}, {"check_mode": True, "vars": {"pods": 1}}),
    Case("information", {}, {}, INFO),
    Case("information on another name", {"name": "A b"}, {}, INFO),
    Case("asynchronous", {}, {"async": 30, "poll": 1}),
]


@pytest.fixture(scope="module")
def results(state: StateDirectory, clean_module: Lab, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The results of all cases on a registry that serves from a claim, by case and by way."""
    setups.serve_from_claim(clean_module)
    directory = tmp_path_factory.mktemp("equality")
    tasks = [case.task(number, way) for number, case in enumerate(CASES) for way in (True, False)]
    content = "{{ query('ansible.builtin.varnames', '^result_') | map('extract', vars) | list | to_json }}"
    names = "{{ query('ansible.builtin.varnames', '^result_') | to_json }}"
    for file, text in (("results.json", content), ("names.json", names)):
        tasks.append({"ansible.builtin.copy": {"content": text, "dest": str(directory / file), "mode": "0600"}})
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
    (directory / "play.yml").write_text(json.dumps([play]), encoding="utf-8")
    kubeconfig = str(sandbox.kubeconfig(state))
    status, output = attempt(directory, "-vvv", "play.yml", K8S_AUTH_KUBECONFIG=kubeconfig)
    assert status == 0, output
    assert output.count("runs in the worker") >= len(CASES) - 1
    found = dict(
        zip(*(json.loads((directory / file).read_text()) for file in ("names.json", "results.json")), strict=True)
    )
    return {"output": output, **found}


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])
def test_both_ways_give_the_same(results: dict[str, Any], number: int) -> None:
    by_module, in_worker = (_comparable(results[f"result_{number}_{way}"]) for way in ("module", "worker"))
    assert in_worker == by_module


def test_no_secret_is_printed_either_way(results: dict[str, Any]) -> None:
    assert KEY not in results["output"]


def _comparable(result: Any) -> Any:
    """Return a result without what differs from run to run."""
    if isinstance(result, dict):
        gone = {key for key in result if key in _TIMES or key.startswith("ansible_job") or key.startswith("_ansible")}
        return {key: _comparable(value) for key, value in result.items() if key not in gone | _ASYNC}
    return [_comparable(item) for item in result] if isinstance(result, list) else result


_ASYNC = {"results_file", "started", "finished", "start", "end", "delta", "exception"}
