# SPDX-License-Identifier: GPL-3.0-or-later
"""Many clusters in one play, and in one call of xargs.

All of them are the one sandbox, but each host has its own variables, as a real inventory has them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .playbook import LEVEL, Task, ours, variant_of
from .state import DesiredState
from .variant import Access, Variant
from .variants import AS_MODULE, SCRIPT, patched

HOSTS, WAITING_HOSTS, FORKS = 100, 10, 50
_LIST = "clusters.txt"
_BY_TOKEN = ("host", "api_key", "ca_cert")
_BY_KUBECONFIG = ("kubeconfig",)


@dataclass(frozen=True)
class Cluster:
    """How a host reaches its cluster: URL of the API server, token, path of the CA; text of a kubeconfig."""

    server: str
    token: str
    authority: Path
    kubeconfig: str


def names(count: int) -> list[str]:
    """Return the names of that many clusters."""
    return [f"cluster-{number:03}" for number in range(1, count + 1)]


def inventory(count: int, cluster: Cluster) -> dict[str, Any]:
    """Return an inventory of that many hosts, with the options of a connection as variables `cluster_<option>`."""

    def variables(name: str) -> dict[str, str]:
        return {
            "cluster_host": cluster.server,
            "cluster_api_key": cluster.token,
            "cluster_ca_cert": str(cluster.authority),
            "cluster_kubeconfig": kubeconfig_of(name),
        }

    common = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    return {"all": {"vars": common, "hosts": {name: variables(name) for name in names(count)}}}


def kubeconfig_of(name: str) -> str:
    """Return the file name of a cluster's kubeconfig."""
    return f"{name}.kubeconfig"


def fleet_variants(state: DesiredState, cluster: Cluster) -> list[Variant]:
    """Return the ways to bring the registries of all clusters to a state, of which the log level varies."""
    kubeconfigs = {kubeconfig_of(name): cluster.kubeconfig for name in names(HOSTS)}
    by_token = _registry("registry", "by host and token", state, cluster, HOSTS, _BY_TOKEN)
    by_kubeconfig = _registry("registry-kubeconfig", "by a kubeconfig", state, cluster, HOSTS, _BY_KUBECONFIG)
    return [
        by_token,
        replace(by_kubeconfig, files={**by_kubeconfig.files, **kubeconfigs}),
        _xargs(kubeconfigs),
        _play("debug", "one `debug` task, the floor", {"ansible.builtin.debug": {}}, cluster, HOSTS),
    ]


def waiting_variants(state: DesiredState, cluster: Cluster) -> list[Variant]:
    """Return the ways to wait for the rollouts of some clusters."""
    one = _registry("registry", "`registry`", state, cluster, WAITING_HOSTS, _BY_TOKEN)
    return [one, replace(one, key="registry-module", title="the same, run as a module process", environment=AS_MODULE)]


def _registry(
    key: str, title: str, state: DesiredState, cluster: Cluster, count: int, connection: tuple[str, ...]
) -> Variant:
    options = replace(state, log_level=f"{{{{ {LEVEL} }}}}").options
    connecting = {option: f"{{{{ cluster_{option} }}}}" for option in connection}
    return _play(key, title, ours("registry", {**options, **connecting}), cluster, count)


def _play(key: str, title: str, task: Task, cluster: Cluster, count: int) -> Variant:
    hosts = f"{count}-hosts.json"
    variant = variant_of(
        {"hosts": "all", "gather_facts": False, "tasks": [task]},
        f"{key}-{count}",
        title,
        ["--inventory", hosts, "--forks", str(FORKS)],
        {hosts: json.dumps(inventory(count, cluster))},
        access=Access.FILES,
    )
    return replace(variant, key=key)


def _xargs(kubeconfigs: Mapping[str, str]) -> Variant:
    """Return the variant that runs the script of one cluster for each of all, as many at once as Ansible has forks."""
    parallel = ["xargs", f"--arg-file={_LIST}", f"--max-procs={FORKS}", "--replace={}"]
    return Variant(
        "kubectl",
        "a script with `kubectl`, 2 calls a cluster, run by `xargs`",
        {_LIST: "\n".join(names(HOSTS)) + "\n", **kubeconfigs},
        lambda level, _wait: [*parallel, "env", f"KUBECONFIG={kubeconfig_of('{}')}", "sh", SCRIPT, level],
        patched,
        access=Access.FILES,
    )
