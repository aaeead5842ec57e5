# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a task may work on another cluster than is meant, as play and inventory tell: each host is a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ansible.errors import AnsibleError
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.choice import (
    impersonates,
    is_same_for_all_users,
    names_cluster,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    OtherMachine,
    OtherUser,
    RegistryError,
    SharedConnection,
    UnnamedCluster,
    UnusedConnection,
)

# The variables of the roles with which a host names its cluster.
_NAMING = ("registry_kubeconfig", "registry_context")
_ADDRESS = ("host", "port", "user")
# The host that Ansible makes where there is none: it stands for no cluster of its own.
_IMPLICIT = "localhost"


class Setting(NamedTuple):
    """How a task runs.

    is_local: on the machine that runs Ansible; delegated: by another host than its own; becomes: as another user; once:
    for one host alone, or one of each batch. environment: what the keyword sets. process: the variables of
    ansible-playbook.
    """

    is_local: bool
    delegated: bool
    becomes: bool
    once: bool
    environment: Mapping[str, str]
    process: Mapping[str, str]


def doubt(arguments: Mapping[str, Any], setting: Setting, variables: Mapping[str, Any]) -> RegistryError | None:
    """Return why a task that does not name its cluster may work on another one, None if it cannot.

    arguments: those of the task. variables: all that its host has.
    """
    is_lost = impersonates(arguments, setting.environment, setting.process)
    if setting.is_local and setting.becomes:
        if is_lost or not is_same_for_all_users(arguments, setting.environment):
            return OtherUser()
    elif is_lost and not setting.is_local:
        return OtherMachine()
    if names_cluster(arguments, setting.environment):
        return None
    own, hosts = _own(variables), variables.get("ansible_play_hosts_all", ())
    if setting.is_local and _names_its_own(variables, own):
        return UnusedConnection(own)
    if len(hosts) > 1 and not _runs_once(setting, variables) and _shares_machine(setting, variables, hosts):
        return SharedConnection(own, len(hosts))
    if not setting.is_local:
        return OtherMachine() if names_cluster({}, setting.process) else None
    if len(hosts) == 1 and own != _IMPLICIT and (naming := next(_naming_others(variables), None)):
        return UnnamedCluster(own, naming)
    return None


def is_one_of_many(setting: Setting, variables: Mapping[str, Any]) -> bool:
    """Whether the host of a task is one of several that stand for clusters."""
    own = _own(variables)
    return own != _IMPLICIT and not _runs_once(setting, variables) and any(_others(variables))


def _own(variables: Mapping[str, Any]) -> str:
    return str(variables.get("inventory_hostname", _IMPLICIT))


def _others(variables: Mapping[str, Any]) -> Iterator[str]:
    everybody = variables.get("groups", {}).get("all", ())
    return (host for host in everybody if host not in (_own(variables), _IMPLICIT))


def _runs_once(setting: Setting, variables: Mapping[str, Any]) -> bool:
    """Whether ``run_once`` holds for the play: with ``serial`` it is once for each batch."""
    batch, hosts = variables.get("ansible_play_batch", ()), variables.get("ansible_play_hosts", ())
    return setting.once and set(batch) == set(hosts)


def _shares_machine(setting: Setting, variables: Mapping[str, Any], hosts: Iterable[str]) -> bool:
    """Whether tasks for other hosts of the play run where this one does, as the same user."""
    if setting.is_local or setting.delegated:
        return True
    own = _own(variables)
    here = _Place.of(variables["hostvars"][own], own)
    return any(here.may_be(_Place.of(variables["hostvars"][host], host)) for host in hosts if host != own)


class _Place(NamedTuple):
    """Where tasks for a host run, and as whom; None is what the configuration of Ansible says."""

    address: str
    port: str | None
    user: str | None

    @classmethod
    def of(cls, variables: Mapping[str, Any], host: str) -> _Place:
        # Also by the names that Ansible gave them before.
        given = {name: variables.get(f"ansible_{name}", variables.get(f"ansible_ssh_{name}")) for name in _ADDRESS}
        port, user = (str(given[name]) if given[name] else None for name in ("port", "user"))
        return cls(str(given["host"] or host), port, user)

    def may_be(self, other: _Place) -> bool:
        """Whether two places are the same, as far as is known."""
        known = [(one, two) for one, two in zip(self, other) if one is not None and two is not None]
        return all(one == two for one, two in known)


def _naming_others(variables: Mapping[str, Any]) -> Iterator[str]:
    """Yield the hosts of the inventory whose variables name their cluster."""
    return (host for host in _others(variables) if _names_its_own(variables, host))


def _names_its_own(variables: Mapping[str, Any], host: str) -> bool:
    """Whether the variables of a host name its cluster to the roles."""
    known = variables.get("hostvars", {})
    try:
        return host in known and any(known[host].get(name) for name in _NAMING)
    except AnsibleError:
        # That it is there is enough, also if this run cannot tell what it is.
        return True
