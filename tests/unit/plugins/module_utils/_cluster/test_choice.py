# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cluster: every combination of what a task and the environment say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations
from typing import Any

import pytest
from ansible_collections.kubernetes.core.plugins.module_utils.args_common import AUTH_ARG_MAP, AUTH_ARG_SPEC
from ansible_collections.okd.image_registry.plugins.module_utils._cluster import auth
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.choice import (
    KUBECONFIG,
    chosen,
    is_same_for_all_users,
    names_cluster,
    overruled,
    variables,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    AuthenticationSetupError,
    ContraryOptions,
    EmptyOption,
)

PLACES = {"host", "kubeconfig", "context"}
WHO = {"api_key", "username", "password"}
TRUST = {"ca_cert", "validate_certs"}
OF_THE_RUN = {"proxy", "impersonate_user"}
SAID = (*sorted(PLACES), "api_key", "password", "ca_cert", "proxy")


def said(by: str, names: tuple[str, ...]) -> dict[str, str]:
    return {name: f"{name} of the {by}" for name in names}


def everything() -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Yield all that a task and the environment can say."""
    subsets = list(chain.from_iterable(combinations(SAID, size) for size in range(len(SAID) + 1)))
    for of_task in subsets:
        for of_environment in subsets:
            yield said("task", of_task), said("environment", of_environment)


def decided() -> Iterator[tuple[dict[str, str], dict[str, str], dict[str, Any]]]:
    """Yield the same with what counts, without what is refused."""
    for task, environment in everything():
        try:
            yield task, environment, chosen(task, environment)
        except ContraryOptions:
            continue


def needs_kubeconfig(task: dict[str, str]) -> bool:
    """Whether a task names its host alone, without credentials."""
    return PLACES & task.keys() == {"host"} and "api_key" not in task


def test_what_the_task_says_counts() -> None:
    for task, environment, options in decided():
        assert task.items() <= options.items()
        assert options.items() <= {**environment, **task}.items()


def test_a_task_that_names_a_cluster_leaves_that_of_the_environment_out() -> None:
    for task, environment, options in decided():
        named = PLACES & task.keys()
        # A context is one of the kubeconfig that there is.
        completed = {"kubeconfig"} & environment.keys() if "context" in named else set()
        if needs_kubeconfig(task):
            # Whose server has to be the host: who loads it compares the two.
            completed = {"kubeconfig", "context"} & environment.keys()
        if named:
            assert PLACES & options.keys() == named | completed, (task, environment)
        else:
            assert PLACES & options.keys() == PLACES & environment.keys()


def test_credentials_and_certificates_of_one_cluster_never_get_to_another() -> None:
    for task, environment, options in decided():
        left = {name for name in options if name not in task}
        if PLACES & task.keys() and PLACES & environment.keys() and not needs_kubeconfig(task):
            assert not left & (WHO | TRUST), (task, environment)
        if {"kubeconfig", "context"} & task.keys():
            assert not left & WHO, (task, environment)


def test_a_network_is_the_same_whichever_cluster_it_leads_to() -> None:
    for _task, environment, options in decided():
        assert ("proxy" in options) or ("proxy" not in environment)


def test_nothing_that_counts_names_two_clusters() -> None:
    for _task, _environment, options in decided():
        assert not ({"host", "api_key"} <= options.keys() and {"kubeconfig", "context"} & options.keys())


def test_only_contradictions_are_refused() -> None:
    for task, environment in everything():
        merged = {**environment, **task}
        at_odds = {"host", "api_key"} <= merged.keys() and {"kubeconfig", "context"} & merged.keys()
        lonely = needs_kubeconfig(task) and "host" in environment
        unsure = "kubeconfig" in task and "context" not in task and PLACES & environment.keys() == {"context"}
        is_refused = False
        try:
            chosen(task, environment)
        except ContraryOptions:
            is_refused = True
        assert not is_refused or at_odds or lonely or unsure, (task, environment)


@pytest.mark.parametrize(
    ("task", "environment", "counts"),
    [
        # The credential of an automation controller beside the kubeconfig of a host.
        ({"kubeconfig": "k"}, {"host": "h", "api_key": "a", "ca_cert": "c", "validate_certs": False}, {}),
        ({"kubeconfig": "k"}, {"kubeconfig": "l", "context": "x"}, {}),
        # One kubeconfig may be of several clusters, and one name stand for several contexts.
        ({"kubeconfig": "k"}, {"kubeconfig": "k", "ca_cert": "c"}, {}),
        ({"context": "x"}, {"context": "x", "ca_cert": "c"}, {}),
        ({"kubeconfig": "k", "context": "x"}, {"host": "h", "api_key": "a"}, {}),
        ({"context": "x"}, {"host": "h", "api_key": "a"}, {}),
        ({"context": "x"}, {"kubeconfig": "k", "context": "y", "host": "h", "api_key": "a"}, {"kubeconfig": "k"}),
        ({"host": "h", "api_key": "a"}, {"host": "i", "api_key": "b", "ca_cert": "c"}, {}),
        ({"host": "h", "api_key": "a"}, {"kubeconfig": "k", "context": "x"}, {}),
        (
            {"host": "h", "username": "u", "password": "p"},
            {"host": "h/", "api_key": "b", "ca_cert": "c"},
            {"ca_cert": "c"},
        ),
        # The same address, or none at all, leaves the rest to the environment.
        ({"host": "h"}, {"host": "h/", "api_key": "b", "ca_cert": "c"}, {"api_key": "b", "ca_cert": "c"}),
        ({"host": "https://H:443/"}, {"host": "https://h", "api_key": "b"}, {"api_key": "b"}),
        ({"host": "h"}, {"kubeconfig": "k", "context": "x"}, {"kubeconfig": "k", "context": "x"}),
        ({"host": "h"}, {"api_key": "b", "validate_certs": False}, {"api_key": "b", "validate_certs": False}),
        ({"host": "h", "username": "u"}, {"api_key": "b", "password": "p"}, {"password": "p"}),
        ({"kubeconfig": "k"}, {"api_key": "b", "ca_cert": "c"}, {"ca_cert": "c"}),
        ({"api_key": "a"}, {"host": "h", "username": "u", "password": "p"}, {"host": "h"}),
        ({"api_key": "a"}, {"kubeconfig": "k", "context": "x"}, {"kubeconfig": "k", "context": "x"}),
        ({}, {"kubeconfig": "k", "context": "x", "api_key": "a"}, {"kubeconfig": "k", "context": "x", "api_key": "a"}),
        ({}, {"host": "h", "kubeconfig": "k"}, {"host": "h", "kubeconfig": "k"}),
        (
            {"kubeconfig": {"users": []}},
            {"impersonate_user": "i", "proxy": "p"},
            {"impersonate_user": "i", "proxy": "p"},
        ),
        ({}, {}, {}),
    ],
)
def test_what_the_environment_adds(task: dict[str, Any], environment: dict[str, Any], counts: dict[str, Any]) -> None:
    assert chosen(task, environment) == {**counts, **task}


@pytest.mark.parametrize(
    ("task", "environment", "words"),
    [
        (
            {"host": "h", "api_key": "s3cret", "kubeconfig": "k"},
            {},
            "The option host with .* The option kubeconfig may",
        ),
        ({"host": "h", "username": "u", "password": "s3cret", "context": "x"}, {}, "and The option context may name"),
        (
            {},
            {"host": "h", "api_key": "s3cret", "kubeconfig": "k"},
            "K8S_AUTH_HOST with .* K8S_AUTH_KUBECONFIG may",
        ),
        ({}, {"host": "h", "api_key": "s3cret", "context": "x"}, "K8S_AUTH_HOST with credentials .* K8S_AUTH_CONTEXT"),
        ({"api_key": "s3cret"}, {"host": "h", "kubeconfig": "k"}, "K8S_AUTH_HOST with credentials"),
        ({"host": "h"}, {"host": "i", "api_key": "s3cret"}, "those of K8S_AUTH_HOST are of another cluster"),
        ({"host": "h"}, {"host": "i", "kubeconfig": "k"}, "those of K8S_AUTH_HOST are of another cluster"),
        ({"host": "h"}, {"kubeconfig": "k", "api_key": "s3cret"}, "The option host with .* K8S_AUTH_KUBECONFIG may"),
        ({"kubeconfig": "k"}, {"context": "x", "api_key": "s3cret"}, "K8S_AUTH_CONTEXT names a context, and the task"),
    ],
)
def test_contradictions(task: dict[str, Any], environment: dict[str, Any], words: str) -> None:
    with pytest.raises(ContraryOptions, match=words) as caught:
        chosen(task, environment)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("name", [*sorted({*PLACES, *WHO}), "client_cert", "client_key", "impersonate_user"])
@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_option_never_stands_for_a_default(name: str, value: str) -> None:
    with pytest.raises(EmptyOption, match=f"The option {name} is empty") as caught:
        chosen({name: value}, {"host": "h", "api_key": "a"})
    assert isinstance(caught.value, AuthenticationSetupError)


def test_an_empty_dictionary_is_an_empty_kubeconfig() -> None:
    with pytest.raises(EmptyOption, match="The option kubeconfig is empty"):
        chosen({"kubeconfig": {}}, {})


@pytest.mark.parametrize(
    ("task", "environment", "is_named"),
    [
        *(({name: "of the task"}, {}, True) for name in sorted(PLACES)),
        *(({}, {f"K8S_AUTH_{name.upper()}": "of the environment"}, True) for name in sorted(PLACES)),
        ({}, {"KUBECONFIG": "k"}, True),
        ({"host": "h"}, {"KUBECONFIG": "k"}, True),
        ({"api_key": "a", "replicas": 2}, {"K8S_AUTH_API_KEY": "a", "HOME": "/root"}, False),
        ({"host": None, "kubeconfig": ""}, {"KUBECONFIG": ""}, False),
        ({}, {}, False),
    ],
)
def test_a_task_names_its_cluster_by_an_option_or_by_a_variable(
    task: dict[str, Any], environment: dict[str, str], is_named: bool
) -> None:
    assert names_cluster(task, environment) is is_named


# What a task or play sets by `environment`, against what the process has got.
OWN = (
    KUBECONFIG,
    "K8S_AUTH_KUBECONFIG",
    "K8S_AUTH_CONTEXT",
    "K8S_AUTH_HOST",
    "K8S_AUTH_API_KEY",
    "K8S_AUTH_VERIFY_SSL",
)
CONTROLLER = ("K8S_AUTH_HOST", "K8S_AUTH_API_KEY", "K8S_AUTH_SSL_CA_CERT", "K8S_AUTH_VERIFY_SSL")
OF_PROCESS = (*CONTROLLER, "K8S_AUTH_KUBECONFIG", "K8S_AUTH_CONTEXT", KUBECONFIG)
NAMING = {KUBECONFIG, "K8S_AUTH_KUBECONFIG", "K8S_AUTH_CONTEXT", "K8S_AUTH_HOST"}


def environments() -> Iterator[tuple[dict[str, str], dict[str, str], dict[str, str]]]:
    """Yield what a task and the process set, with what then counts, without what is refused."""
    ours, theirs = (
        list(chain.from_iterable(combinations(names, size) for size in range(len(names) + 1)))
        for names in (OWN, OF_PROCESS)
    )
    for names in ours:
        own = {name: "yes" if "SSL" in name else f"{name} of the task" for name in names}
        for others in theirs:
            process = {name: "no" if "SSL" in name else f"{name}, process" for name in others}
            try:
                yield own, process, {**process, **own, **overruled(own, process)}
            except ContraryOptions:
                continue


def test_what_a_task_sets_itself_counts_whatever_the_process_has() -> None:
    for own, process, counting in environments():
        assert own.items() <= counting.items()
        assert auth.options_from(own).items() <= auth.options_from(counting).items(), (own, process)


def test_a_task_that_sets_a_cluster_gets_no_part_of_that_of_the_process() -> None:
    for own, process, counting in environments():
        left = {name for name, value in counting.items() if value and name not in own}
        if not NAMING & own.keys():
            continue
        if not {"K8S_AUTH_CONTEXT", "K8S_AUTH_HOST"} & own.keys():
            assert not left & NAMING - {KUBECONFIG}, (own, process)
        # The token of the process goes nowhere else. Alone, it is for the host that the task names.
        if "K8S_AUTH_API_KEY" in left:
            assert NAMING & own.keys() == {"K8S_AUTH_HOST"}
            assert "K8S_AUTH_HOST" not in process
        if "K8S_AUTH_HOST" in process and NAMING - {KUBECONFIG} & own.keys():
            assert not left & {"K8S_AUTH_HOST", "K8S_AUTH_SSL_CA_CERT"}, (own, process)


@pytest.mark.parametrize(
    ("own", "process", "counts"),
    [
        # The credential of an automation controller beside the kubeconfig of a play.
        ({KUBECONFIG: "k"}, dict.fromkeys(CONTROLLER, "x"), {KUBECONFIG: "k"}),
        ({"K8S_AUTH_KUBECONFIG": "k"}, dict.fromkeys(CONTROLLER, "x"), {"K8S_AUTH_KUBECONFIG": "k"}),
        ({KUBECONFIG: "k"}, {"K8S_AUTH_KUBECONFIG": "l", KUBECONFIG: "m"}, {KUBECONFIG: "k"}),
        ({KUBECONFIG: "k"}, {"K8S_AUTH_API_KEY": "a", "PATH": "/bin"}, {KUBECONFIG: "k", "PATH": "/bin"}),
        (
            {"K8S_AUTH_CONTEXT": "x"},
            {**dict.fromkeys(CONTROLLER, "x"), KUBECONFIG: "k"},
            {"K8S_AUTH_CONTEXT": "x", KUBECONFIG: "k"},
        ),
        (
            {"K8S_AUTH_HOST": "h", "K8S_AUTH_API_KEY": "a"},
            {"K8S_AUTH_KUBECONFIG": "k", "K8S_AUTH_SSL_CA_CERT": "c"},
            {"K8S_AUTH_HOST": "h", "K8S_AUTH_API_KEY": "a"},
        ),
        (
            {"K8S_AUTH_API_KEY": "a"},
            {"K8S_AUTH_HOST": "h", "K8S_AUTH_USERNAME": "u", "K8S_AUTH_PASSWORD": "p"},
            {"K8S_AUTH_HOST": "h", "K8S_AUTH_API_KEY": "a"},
        ),
        # The two names of one option.
        ({"K8S_AUTH_VERIFY_SSL": "true"}, {"K8S_AUTH_VALIDATE_CERTS": "false"}, {"K8S_AUTH_VERIFY_SSL": "true"}),
        ({"PATH": "/"}, dict.fromkeys(CONTROLLER, "x"), {"PATH": "/", **dict.fromkeys(CONTROLLER, "x")}),
    ],
)
def test_what_counts_of_the_process(own: dict[str, str], process: dict[str, str], counts: dict[str, str]) -> None:
    merged = {**process, **own, **overruled(own, process)}
    assert {name: value for name, value in merged.items() if value} == counts


@pytest.mark.parametrize(
    ("own", "process", "words"),
    [
        (
            {KUBECONFIG: "k", "K8S_AUTH_HOST": "h", "K8S_AUTH_API_KEY": "s3cret"},
            {},
            r"K8S_AUTH_HOST of the task \(environment\) with .* KUBECONFIG of the task \(environment\) may",
        ),
        (
            {"K8S_AUTH_HOST": "h"},
            {"K8S_AUTH_HOST": "i", "K8S_AUTH_API_KEY": "s3cret"},
            r"K8S_AUTH_HOST of the task \(environment\) has no credentials, and those of K8S_AUTH_HOST are",
        ),
        ({KUBECONFIG: "k"}, {"K8S_AUTH_CONTEXT": "x"}, "K8S_AUTH_CONTEXT names a context, and the task"),
        # One of a play, one of its task: nobody knows which of them was meant to count.
        ({KUBECONFIG: "k", "K8S_AUTH_KUBECONFIG": "l"}, {}, "K8S_AUTH_KUBECONFIG and KUBECONFIG .* two kubeconfigs"),
    ],
)
def test_contradictions_of_environments(own: dict[str, str], process: dict[str, str], words: str) -> None:
    with pytest.raises(ContraryOptions, match=words) as caught:
        overruled(own, process)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("empty", ["", " "])
@pytest.mark.parametrize("name", [*sorted(NAMING), "K8S_AUTH_API_KEY", "K8S_AUTH_CERT_FILE", "K8S_AUTH_PASSWORD"])
def test_what_a_task_sets_to_nothing_is_not_what_the_process_has(name: str, empty: str) -> None:
    with pytest.raises(EmptyOption, match=rf"{name} of the task \(environment\) is empty"):
        overruled({name: empty}, {name: "x"})


@pytest.mark.parametrize(
    ("task", "own", "same"),
    [
        ({"kubeconfig": "/k"}, {}, True),
        ({"kubeconfig": {"clusters": []}}, {}, True),
        ({"host": "https://api.example.com:6443"}, {}, True),
        ({}, {"K8S_AUTH_KUBECONFIG": "/k"}, True),
        ({}, {KUBECONFIG: "/k:/l"}, True),
        ({}, {}, False),
        # An installer calls every cluster's context admin.
        ({"context": "admin"}, {}, False),
        ({}, {"K8S_AUTH_CONTEXT": "admin"}, False),
        ({"kubeconfig": "~/.kube/config"}, {}, False),
        ({}, {KUBECONFIG: "/k:~/l"}, False),
        ({"kubeconfig": "~/k", "host": "https://api.example.com:6443"}, {}, True),
    ],
)
def test_what_names_one_cluster_for_every_user(task: dict[str, Any], own: dict[str, str], same: bool) -> None:
    assert is_same_for_all_users(task, own) is same


def test_one_kubeconfig_may_be_named_twice() -> None:
    overruled({KUBECONFIG: "k", "K8S_AUTH_KUBECONFIG": "k"}, {})


@pytest.mark.parametrize("own", [{name: "x"} for name in sorted(NAMING)])
def test_a_task_that_sets_a_cluster_takes_nothing_from_a_process_that_is_not_known(own: dict[str, str]) -> None:
    process = dict.fromkeys(OF_PROCESS, "y")
    merged = {**process, **own, **overruled(own, None)}
    assert names_cluster({}, own)
    assert {name for name, value in merged.items() if value} - {KUBECONFIG} == own.keys() - {KUBECONFIG}


def test_the_names_of_variables_are_those_of_kubernetes_core() -> None:
    known = {name: [older for older, newer in AUTH_ARG_MAP.items() if newer == name] for name in AUTH_ARG_SPEC}
    for name, older in known.items():
        ours = list(dict.fromkeys([name, *older]))
        assert list(variables(name)) == [f"K8S_AUTH_{spelt.upper()}" for spelt in ours]
