# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases as one playbook, and what came of each."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from ansible_collections.okd.image_registry.plugins.plugin_utils._where import SWITCH

from tests.integration.hosts.cases import CASES, VAULTED, WRONG_TOKEN, Case, Place
from tests.integration.playbook import attempt_within

LIMIT_SECONDS = 600.0
WAYS = {"worker": False, "module": True}
# `near` needs its interpreter only where it runs as a module.
INVENTORY = """\
near ansible_connection=local ansible_python_interpreter='{{ ansible_playbook_python }}'
far ansible_host=far.example.com
"""
# What differs from run to run, whichever way is taken.
_VOLATILE = {"duration", "seen", "ansible_job_id", "results_file", "frame"}
# What ansible-core itself adds to the failure of a module that `failed_when` makes none, and only to that.
_OF_MODULES = {"failed_when_suppressed_exception"}
_PASSWORD = "vault password"


@dataclass(frozen=True)
class Played:
    """What came of a case. way: what Ansible told of it. result: as registered. shown: as printed with -vvv."""

    way: str
    result: Any
    shown: Any


def play(directory: Path, place: Place) -> dict[str, dict[str, Played]]:
    """Play all cases in a directory; return what came of each, by its id and the way that was asked for."""
    (directory / "inventory").write_text(INVENTORY, encoding="utf-8")
    (directory / "password").write_text(_PASSWORD, encoding="utf-8")
    (directory / "vars.yml").write_text(_variables(directory, place), encoding="utf-8")
    kubeconfig = directory / "here.kubeconfig"
    kubeconfig.write_text(json.dumps(place.kubeconfig), encoding="utf-8")
    (directory / "play.yml").write_text(json.dumps(list(_plays(place))), encoding="utf-8")
    arguments = ("-i", "inventory", "--vault-password-file", "password", "-vvv", "play.yml")
    variables = {"KUBECONFIG": str(kubeconfig), "K8S_AUTH_SSL_CA_CERT": place.authority, "ANSIBLE_PIPELINING": "1"}
    status, output = attempt_within(LIMIT_SECONDS, directory, *arguments, **variables)
    assert status == 0, output
    sections = dict(re.findall(r"^TASK \[(.+?)\] \*+\n(.*?)(?=^TASK |^PLAY )", output, re.DOTALL | re.MULTILINE))
    registered: dict[str, Any] = {}
    for path in directory.glob("results-*.json"):
        registered.update(json.loads(path.read_text(encoding="utf-8")))
    return {
        case.id: {way: _played(sections[_name(case, way)], registered[case.id][way]) for way in WAYS} for case in CASES
    }


@contextmanager
def hanging_server() -> Iterator[str]:
    """Yield the URL of a server that accepts connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"https://127.0.0.1:{server.getsockname()[1]}"


def _plays(place: Place) -> Iterator[dict[str, Any]]:
    for number, (host, group) in enumerate(groupby(CASES, lambda case: case.host)):
        cases = list(group)
        tasks = [task for case in cases for task in _tasks(case, place)]
        results = ", ".join(f"'{case.id}': {{{_registered(case)}}}" for case in cases)
        content = "{{ {" + results + "} | to_json }}"
        keep = {"content": content, "dest": f"{{{{ playbook_dir }}}}/results-{number}.json"}
        tasks.append({"name": "Keep the results", "ansible.builtin.copy": keep, "delegate_to": "localhost"})
        yield {
            "hosts": host,
            "gather_facts": False,
            "vars_files": ["vars.yml"],
            "tasks": tasks,
        }


def _tasks(case: Case, place: Place) -> Iterator[dict[str, Any]]:
    undo = [{"name": "Undo", "okd.image_registry.registry": case.undo}] if case.undo else []
    yield from undo
    for way, switch in WAYS.items():
        yield {
            "name": _name(case, way),
            f"okd.image_registry.{case.module}": case.given(place),
            "vars": {SWITCH: switch},
            "register": _variable(case, way),
            "ignore_errors": True,
            **case.keywords,
        }
        yield from undo


def _name(case: Case, way: str) -> str:
    return f"{case.id} ({way})"


def _registered(case: Case) -> str:
    return ", ".join(f"'{way}': {_variable(case, way)}" for way in WAYS)


def _variable(case: Case, way: str) -> str:
    return re.sub(r"\W", "_", f"{case.id}_{way}")


def _variables(directory: Path, place: Place) -> str:
    secret = subprocess.run(
        ["ansible-vault", "encrypt_string", "--vault-password-file", "password", "--name", "vaulted", VAULTED],
        cwd=directory,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return (
        f'{secret}\ndate: 2026-01-31\ntemplate: !unsafe "{{{{ 7 * 7 }}}}"\n'
        f'address: "{place.address}"\ntokens: {{wrong: {WRONG_TOKEN}, right: "{place.token}"}}\n'
    )


def _played(section: str, result: Any) -> Played:
    (way,) = set(re.findall(r"> okd\.image_registry\.\w+ (runs .*)", section))
    return Played(way, _stable(result), [_stable(shown) for shown in _shown(section)])


def _shown(section: str) -> Iterator[Any]:
    """Yield the results that Ansible printed."""
    for found in re.finditer(r"^(?:ok|changed|failed|fatal): .*?=> (?=\{)", section, re.MULTILINE):
        yield json.JSONDecoder().raw_decode(section, found.end())[0]


def _stable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _stable(below) for key, below in value.items() if key not in _VOLATILE | _OF_MODULES}
    return [_stable(item) for item in value] if isinstance(value, list) else value
