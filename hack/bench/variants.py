# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to bring the registry of one cluster to the desired state that are compared."""

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

from .playbook import LEVEL, Task, ours, playbook
from .results import FAR, NEAR
from .state import DesiredState
from .variant import Access, Peak, Variant

# The switch of the collection: do not run inside Ansible's worker.
AS_MODULE = {"OKD_IMAGE_REGISTRY_RUN_AS_MODULE": "1"}
SCRIPT = "kubectl.sh"
_PATCHED = re.compile(r" patched$", re.MULTILINE)


def all_variants(state: DesiredState, kubectl: Path) -> list[Variant]:
    """Return the variants that bring the registry to a state, of which the log level varies."""
    varying = replace(state, log_level=f"{{{{ {LEVEL} }}}}")
    parts = {
        "registry_credentials": varying.credentials,
        "registry_storage": varying.storage,
        "registry_replicas": varying.replicas,
        "registry_routes": varying.routes,
        "registry_workload": varying.workload,
    }
    small = [ours(name, options) for name, options in parts.items()]
    manifests = [*varying.objects, varying.config]
    by_object: list[Task] = [{"kubernetes.core.k8s": {"definition": one, "merge_type": ["merge"]}} for one in manifests]
    one = playbook("registry", "`registry`, one task", [ours("registry", varying.options)], peak=Peak.MODULE)
    core = playbook("k8s", f"`kubernetes.core.k8s`, {len(by_object)} tasks", by_object, peak=Peak.MODULE)
    yardstick: dict[str, Any] = {"reference": True, "round_trips": [NEAR]}
    beside = replace(one, **yardstick)
    return [
        one,
        replace(beside, key="registry-kubeconfig", title="the same by a kubeconfig", access=Access.KUBECONFIG),
        replace(
            beside, key="registry-module", title="the same, run as a module process", environment=AS_MODULE, peak=None
        ),
        playbook("small", f"the small modules, {len(small)} tasks", small, peak=Peak.MODULE),
        core,
        replace(
            core,
            key="k8s-new",
            title="the same in a new container",
            is_new=True,
            reference=True,
            round_trips=[FAR],
            peak=None,
        ),
        _script(replace(state, log_level=LEVEL), kubectl),
        playbook("ping", "one `ping` task", [{"ansible.builtin.ping": {}}], **yardstick, peak=Peak.MODULE),
        playbook("debug", "one `debug` task", [{"ansible.builtin.debug": {}}], **yardstick),
        playbook("empty", "no task, the floor", [], **yardstick),
    ]


def patched(output: str) -> int:
    """Return how often kubectl patched a Config; of what it applies it does not tell whether it changed."""
    return len(_PATCHED.findall(output))


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
        SCRIPT: "\n".join(lines) + "\n",
        "objects.json": json.dumps({"apiVersion": "v1", "kind": "List", "items": state.objects}),
        "config.json": json.dumps(state.config),
    }
    return Variant(
        "kubectl",
        "a script with `kubectl`, 2 calls",
        files,
        lambda level, _wait: ["sh", SCRIPT, level],
        patched,
        access=Access.KUBECONFIG,
        peak=Peak.COMMAND,
    )
