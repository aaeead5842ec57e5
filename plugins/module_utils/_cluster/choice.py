# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cluster a task works on, as whom: what the task says against what the environment says. Pure.

The options that belong to one cluster are a family. A task that names a cluster leaves the environment's family out, so
that neither the address nor the credentials of one cluster get to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import ContraryOptions, EmptyOption

# The variable with which a module learns where ansible-playbook was started, which relative paths are relative to.
STARTED_IN = "OKD_IMAGE_REGISTRY_STARTED_IN"
PLACES = ("host", "kubeconfig", "context")
_CREDENTIALS = (("api_key",), ("username", "password"), ("client_cert", "client_key"))
_WHO = tuple(name for group in _CREDENTIALS for name in group)
# How the API server at a place is recognized.
_TRUST = ("ca_cert", "validate_certs")
# Empty, they would stand for another cluster, or for a user with more rights.
_NEVER_EMPTY = (*PLACES, *_WHO, "impersonate_user")

Options = dict[str, Any]


def chosen(task: Mapping[str, Any], environment: Mapping[str, Any]) -> Options:
    """Return the options that count, of those of the task and those of the environment's ``K8S_AUTH_*``.

    Raises EmptyOption and ContraryOptions, without repeating what was given as a credential.
    """
    for name in _NEVER_EMPTY:
        if _is_empty(task.get(name)):
            raise EmptyOption(name)
    options = {**_left(task, environment), **task}
    if options.get("host") and gives_credentials(options):
        for name in ("kubeconfig", "context"):
            if name in options:
                raise ContraryOptions(
                    f"{_told('host', task)} with credentials names one cluster, and {_told(name, task)} may name "
                    "another. Leave out one of them; a kubeconfig needs no other credentials."
                )
    return options


def names_cluster(task: Mapping[str, Any], environment: Mapping[str, Any]) -> bool:
    """Whether a task names its cluster, by its options or by the environment that it sets itself."""
    variables = ("KUBECONFIG", *map(_variable, PLACES))
    return any(task.get(name) for name in PLACES) or any(environment.get(name) for name in variables)


def gives_credentials(options: Mapping[str, Any]) -> bool:
    """Whether these are enough to log in with."""
    return any(all(options.get(name) for name in group) for group in _CREDENTIALS)


def _left(task: Mapping[str, Any], environment: Mapping[str, Any]) -> Options:
    """Return what the environment says and the task leaves open."""
    named = [name for name in PLACES if name in task]
    if not named:
        return _without(environment, _others(task))
    elsewhere = [name for name in PLACES if name in environment and not _agrees(name, task, environment)]
    if named == ["host"]:
        if elsewhere and not gives_credentials(task):
            raise ContraryOptions(
                f"The option host has no credentials, and those of {_variable(elsewhere[0])} are of another cluster. "
                "Give the task its own, for example api_key; or name the kubeconfig in the task too, if it is meant."
            )
        return _without(environment, (*PLACES, *_WHO, *_TRUST) if elsewhere else _others(task))
    if "kubeconfig" in task and "context" not in task and elsewhere == ["context"]:
        raise ContraryOptions(
            "K8S_AUTH_CONTEXT names a context, and the task names a kubeconfig without one. Give the option context "
            "too if it is one of that kubeconfig; else do not set the variable."
        )
    # A context is one of the kubeconfig that the environment names.
    kept = [] if "kubeconfig" in task else ["kubeconfig"]
    dropped = {*PLACES, *_WHO, *(_TRUST if elsewhere else ())}
    return _without(environment, dropped.difference(kept))


def _others(task: Mapping[str, Any]) -> list[str]:
    """Return the credentials that a task does not leave open: all but those that it gives in part."""
    given = [group for group in _CREDENTIALS if any(name in task for name in group)]
    return [name for name in _WHO if given and not any(name in group for group in given)]


def _agrees(name: str, task: Mapping[str, Any], environment: Mapping[str, Any]) -> bool:
    return name == "host" and str(environment[name]).rstrip("/") == str(task.get(name)).rstrip("/")


def _without(options: Mapping[str, Any], names: Iterable[str]) -> Options:
    left_out = set(names)
    return {name: value for name, value in options.items() if name not in left_out}


def _is_empty(value: Any) -> bool:
    return not value.strip() if isinstance(value, str) else value == {}


def _told(name: str, task: Mapping[str, Any]) -> str:
    return f"The option {name}" if name in task else _variable(name)


def _variable(name: str) -> str:
    return f"K8S_AUTH_{name.upper()}"
