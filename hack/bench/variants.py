# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to bring the registry to the desired state that are compared, each as a command."""

import json
import re
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .process import RunFailed
from .state import DesiredState

# Variables of the playbooks; the script knows the first one only.
LEVEL, WAIT = "log_level", "wait"
_RECAP = re.compile(r"\bchanged=(\d+)")


@dataclass(frozen=True)
class Variant:
    """One way.

    key: how tables and results refer to it. files: what it needs in its directory, by name. command: what is run there,
    given the value of the field that changes and whether to wait for the rollout. changes: how many changes a run
    reported, given its output.

    has_modules: whether it is a playbook. by_kubeconfig: whether that finds the cluster by a kubeconfig instead of an
    address and a token. cold: whether caches are thrown away before each run. reference: whether it is there to judge
    others by, so that it is measured without change and without a longer way only.
    """

    key: str
    title: str
    files: dict[str, str]
    command: Callable[[str, bool], list[str]]
    changes: Callable[[str], int]
    has_modules: bool = True
    by_kubeconfig: bool = False
    cold: bool = False
    reference: bool = False

    def check(self, output: str, expected: bool) -> None:
        """Raise RunFailed unless a run reported changes where some were expected, and none where none was."""
        changes = self.changes(output)
        if bool(changes) != expected:
            what = "some" if expected else "none"
            raise RunFailed(f"variant {self.key} reports {changes} changes, {what} were expected:\n{output}")


def all_variants(state: DesiredState, kubectl: Path) -> list[Variant]:
    """Return the variants that bring the registry to a state, of which the log level varies."""
    script = _script(replace(state, log_level=LEVEL), kubectl)
    state = replace(state, log_level=f"{{{{ {LEVEL} }}}}")
    parts = {
        "registry_credentials": state.credentials,
        "registry_storage": state.storage,
        "registry_replicas": state.replicas,
        "registry_routes": state.routes,
        "registry_workload": state.workload,
    }
    manifests = [*state.objects, state.config]
    one = _playbook("a", "`registry`, one task", [_ours("registry", state.options)])
    small = [_ours(name, options) for name, options in parts.items()]
    by_object = [{"kubernetes.core.k8s": {"definition": entry, "merge_type": ["merge"]}} for entry in manifests]
    objects = _playbook("c", f"`kubernetes.core.k8s`, {len(by_object)} tasks", by_object)
    return [
        one,
        replace(one, key="a-kubeconfig", title="the same by a kubeconfig", by_kubeconfig=True, reference=True),
        _playbook("b", f"the small modules, {len(small)} tasks", small),
        objects,
        replace(objects, key="c-cold", title="the same without its discovery cache", cold=True, reference=True),
        script,
        replace(_playbook("e", "one `ping` task, the floor", [{"ansible.builtin.ping": {}}]), reference=True),
    ]


def _ours(module: str, options: dict[str, Any]) -> dict[str, Any]:
    return {f"okd.image_registry.{module}": {**options, "wait": f"{{{{ {WAIT} }}}}"}}


def _playbook(key: str, title: str, tasks: list[dict[str, Any]]) -> Variant:
    name = f"{key}.yml"
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}

    def command(level: str, wait: bool) -> list[str]:
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        return [program, "--extra-vars", json.dumps({LEVEL: level, WAIT: wait}), name]

    # JSON is YAML, so a playbook may be written as JSON.
    return Variant(key, title, {name: json.dumps([play], indent=2)}, command, _changes_in_recap)


def _script(state: DesiredState, kubectl: Path) -> Variant:
    """Return the variant that a shell script is: one call of kubectl for the objects, one for the Config."""
    program = shlex.quote(str(kubectl))
    lines = [
        "set -eu",
        f"{program} apply --server-side --field-manager=script --filename=objects.json",
        f'sed "s/{LEVEL}/$1/" config.json |',
        f"{program} patch configs.imageregistry.operator.openshift.io cluster --type=merge --patch-file=/dev/stdin",
    ]
    files = {
        "d.sh": "\n".join(lines) + "\n",
        "objects.json": json.dumps({"apiVersion": "v1", "kind": "List", "items": state.objects}),
        "config.json": json.dumps(state.config),
    }
    return Variant(
        "d",
        "a script with `kubectl`, 2 calls",
        files,
        lambda level, _wait: ["sh", "d.sh", level],
        _patched,
        has_modules=False,
    )


def _changes_in_recap(output: str) -> int:
    return sum(int(count) for count in _RECAP.findall(output))


def _patched(output: str) -> int:
    """Return whether kubectl patched the Config; of what it applies it does not tell whether it changed."""
    return int("patched" in output and "(no change)" not in output)
