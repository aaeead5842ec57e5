# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cluster a task works on, as whom: what the task says against what the environment says. Pure.

The options that belong to one cluster are a family. A task that names a cluster leaves the environment's family out, so
that neither the address nor the credentials of one cluster get to another. In the same way, what the keyword
``environment`` of a task or play sets beats what the process has got.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Mapping
from typing import Any, Callable

from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import ContraryOptions, EmptyOption
from ansible_collections.okd.image_registry.plugins.module_utils._objects.names import address

# The variable with which a module learns where ansible-playbook was started, which relative paths are relative to.
STARTED_IN = "OKD_IMAGE_REGISTRY_STARTED_IN"
# The variable with which a task learns that its host is one of several that stand for clusters.
ONE_OF_MANY = "OKD_IMAGE_REGISTRY_ONE_OF_MANY"
# The variable of the default kubeconfig.
KUBECONFIG = "KUBECONFIG"
PLACES = ("host", "kubeconfig", "context")
_CREDENTIALS = (("api_key",), ("username", "password"), ("client_cert", "client_key"))
_WHO = tuple(name for group in _CREDENTIALS for name in group)
# How the API server at a place is recognized.
_TRUST = ("ca_cert", "validate_certs")
_FAMILY = (*PLACES, *_WHO, *_TRUST)
# Empty, they would stand for another cluster, or for a user with more rights.
_NEVER_EMPTY = (*PLACES, *_WHO, "impersonate_user")
# For whom a user acts, mostly one with fewer rights.
_ACTED_FOR = ("impersonate_user", "impersonate_groups")
# The names that kubernetes.core gave its options before, still honoured as K8S_AUTH_<NAME>.
_OLDER_NAMES = {
    "validate_certs": "verify_ssl",
    "ca_cert": "ssl_ca_cert",
    "client_cert": "cert_file",
    "client_key": "key_file",
}

Options = dict[str, Any]


def chosen(task: Mapping[str, Any], environment: Mapping[str, Any]) -> Options:
    """Return the options that count, of those of the task and those of the environment's ``K8S_AUTH_*``.

    A host without credentials may come with a kubeconfig that the task does not name: whoever loads it has to compare
    the addresses. Raises EmptyOption and ContraryOptions, without repeating what was given as a credential.
    """
    for name in _NEVER_EMPTY:
        if _is_empty(task.get(name)):
            raise EmptyOption(f"The option {name}")
    options = {**_left(task, environment, "The option host"), **task}
    variables = options.keys() - task.keys()
    _refuse_two_clusters(options, lambda name: told(name, variables))
    return options


def overruled(own: Mapping[str, str], process: Mapping[str, str] | None) -> dict[str, str]:
    """Return the variables that do not count beside those that a task sets itself (``environment``), each emptied.

    process: those of the process that runs the task, None if they are not known. Raises EmptyOption, ContraryOptions.
    """
    for variable in (KUBECONFIG, *(variable for name in _NEVER_EMPTY for variable in variables(name))):
        if _is_empty(own.get(variable)):
            raise EmptyOption(_of_task(variable))
    given = _said(own)
    if len({own.get(KUBECONFIG), given.get("kubeconfig")} - {None}) > 1:
        raise ContraryOptions(
            f"{variables('kubeconfig')[0]} and {_of_task(KUBECONFIG)} name two kubeconfigs. Leave out one of them."
        )
    by_default = "kubeconfig" not in given and own.get(KUBECONFIG)
    if by_default:
        given["kubeconfig"] = own[KUBECONFIG]

    def told_of_own(name: str) -> str:
        return _of_task(KUBECONFIG if name == "kubeconfig" and by_default else variables(name)[0])

    _refuse_two_clusters(given, told_of_own)
    if process is not None:
        others = _said(process)
        counting = set(_left(given, others, told_of_own("host")))
    else:
        # They may be of another cluster.
        others = dict.fromkeys(_FAMILY, "")
        counting = set() if _places(given) else set(_FAMILY).difference(_others(given))
    lost = {*others.keys() - counting, *given}
    return {variable: "" for name in sorted(lost) for variable in variables(name) if not own.get(variable)}


def _of_task(variable: str) -> str:
    return f"{variable} of the task (environment)"


def names_cluster(task: Mapping[str, Any], environment: Mapping[str, Any]) -> bool:
    """Whether a task names its cluster, by its options or by the environment that it sets itself."""
    return any(task.get(name) for name in PLACES) or bool(environment.get(KUBECONFIG) or _places(_said(environment)))


def is_same_for_all_users(task: Mapping[str, Any], environment: Mapping[str, Any]) -> bool:
    """Whether a task names its cluster by more than what each user has of one's own: a context, a file below ~."""
    said = _said(environment)
    places = [
        environment.get(KUBECONFIG),
        *(given.get(name) for given in (task, said) for name in ("host", "kubeconfig")),
    ]
    return any(place and not any(part.startswith("~") for part in str(place).split(os.pathsep)) for place in places)


def impersonates(task: Mapping[str, Any], environment: Mapping[str, Any], process: Mapping[str, Any]) -> bool:
    """Whether the process says for whom to act, and a task that does not have its variables says nothing of it."""

    def says(given: Mapping[str, Any]) -> bool:
        return any(given.get(variable) for name in _ACTED_FOR for variable in variables(name))

    return says(process) and not says(environment) and not any(task.get(name) for name in _ACTED_FOR)


def variables(name: str) -> tuple[str, ...]:
    """Return the variables of an option, the one that counts first."""
    known_as = (name, _OLDER_NAMES[name]) if name in _OLDER_NAMES else (name,)
    return tuple(f"K8S_AUTH_{name.upper()}" for name in known_as)


def told(name: str, by_variable: Container[str]) -> str:
    """Return how messages name an option. by_variable: the options that the environment gives."""
    return variables(name)[0] if name in by_variable else f"The option {name}"


def is_same_server(host: str, other: str) -> bool:
    """Whether two URLs are the same, whatever their spelling."""
    return server(host) == server(other)


def server(url: str) -> tuple[str, str]:
    """Return a URL in its one spelling, with its scheme."""
    # Of the same port, the one scheme would send in the clear what is meant for the other.
    url = url.rstrip("/")
    return address(url), url.partition(":")[0].lower()


def gives_credentials(options: Mapping[str, Any]) -> bool:
    """Whether these are enough to log in with."""
    return any(all(options.get(name) for name in group) for group in _CREDENTIALS)


def _left(task: Mapping[str, Any], environment: Mapping[str, Any], told_host: str) -> Options:
    """Return what the environment says and the task leaves open. told_host: how messages name the host of the task."""
    named = _places(task)
    if not named:
        return _without(environment, _others(task))
    elsewhere = [name for name in _places(environment) if not _agrees(name, task, environment)]
    if named == ["host"]:
        if gives_credentials(task):
            return _without(environment, (*PLACES, *_WHO, *_TRUST) if elsewhere else _others(task))
        if "host" in elsewhere:
            raise ContraryOptions(
                f"{told_host} has no credentials, and those of K8S_AUTH_HOST are of another cluster. Give the task its "
                "own, for example api_key."
            )
        return _without(environment, _others(task))
    if "kubeconfig" in task and "context" not in task and elsewhere == ["context"]:
        raise ContraryOptions(
            "K8S_AUTH_CONTEXT names a context, and the task names a kubeconfig without one. Give the option context "
            "too if it is one of that kubeconfig; else do not set the variable."
        )
    # A context is one of the kubeconfig that the environment names.
    kept = [] if "kubeconfig" in task else ["kubeconfig"]
    dropped = {*PLACES, *_WHO, *(_TRUST if elsewhere else ())}
    return _without(environment, dropped.difference(kept))


def _refuse_two_clusters(options: Mapping[str, Any], told_as: Callable[[str], str]) -> None:
    if not options.get("host") or not gives_credentials(options):
        return
    for name in ("kubeconfig", "context"):
        if name in options:
            raise ContraryOptions(
                f"{told_as('host')} with credentials names one cluster, and {told_as(name)} may name another. Leave "
                "out one of them; a kubeconfig needs no other credentials."
            )


def _said(environment: Mapping[str, Any]) -> Options:
    """Return the options of the family that ``K8S_AUTH_*`` set, each as text."""
    found = {name: [environment[given] for given in variables(name) if environment.get(given)] for name in _FAMILY}
    return {name: values[0] for name, values in found.items() if values}


def _places(options: Mapping[str, Any]) -> list[str]:
    return [name for name in PLACES if name in options]


def _others(task: Mapping[str, Any]) -> list[str]:
    """Return the credentials that a task does not leave open: all but those that it gives in part."""
    given = [group for group in _CREDENTIALS if any(name in task for name in group)]
    return [name for name in _WHO if given and not any(name in group for group in given)]


def _agrees(name: str, task: Mapping[str, Any], environment: Mapping[str, Any]) -> bool:
    return name == "host" and "host" in task and is_same_server(str(environment[name]), str(task[name]))


def _without(options: Mapping[str, Any], names: Iterable[str]) -> Options:
    left_out = set(names)
    return {name: value for name, value in options.items() if name not in left_out}


def _is_empty(value: Any) -> bool:
    return not value.strip() if isinstance(value, str) else value == {}
