# SPDX-License-Identifier: GPL-3.0-or-later
"""Options: what each section offers, and that every secret among them is known as one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.kubernetes.core.plugins.module_utils.args_common import AUTH_ARG_SPEC
from ansible_collections.okd.image_registry.plugins.module_utils._inform import REGISTRY_INFO
from ansible_collections.okd.image_registry.plugins.module_utils._work import connection_spec, writing

from tests.unit.builders import ALL_SECTIONS

case = pytest.param
# What Ansible suspects to be a secret by its name.
SUSPICIOUS = re.compile(r"(?i)(pass(?!ive)|secret|token|cryptkey|key$)")
WORK = writing("registry", *ALL_SECTIONS)
OWN = {name: spec for name, spec in WORK.spec.items() if name not in AUTH_ARG_SPEC}


def leaves(specs: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Yield every option that has no options of its own, with its path."""
    for name, spec in specs.items():
        if spec.get("options"):
            yield from leaves(spec["options"], (*path, name))
        else:
            yield (*path, name), spec


def given(path: tuple[str, ...], value: Any) -> Any:
    """Return options in which the one at path has a value; what lies on the way to it is filled in."""
    specs: dict[str, Any] = OWN
    options: dict[str, Any] = {}
    here = options
    for name in path[:-1]:
        spec = specs[name]
        below: dict[str, Any] = {}
        here[name] = [below] if spec["type"] == "list" else below
        here, specs = below, spec["options"]
    here[path[-1]] = value
    return options


SECRETS = [path for path, spec in leaves(OWN) if spec.get("no_log")]


@pytest.mark.parametrize("path", SECRETS, ids=".".join)
def test_every_secret_option_is_scrubbed_from_the_output(path: tuple[str, ...]) -> None:
    assert WORK.secrets(given(path, "a-secret-value")) == {"a-secret-value"}


def test_the_secret_options_are_these() -> None:
    assert {".".join(path) for path in SECRETS} == {
        "http_secret",
        "routes.tls.key",
        "credentials.s3.secret_key",
        "credentials.gcs.keyfile",
        "credentials.azure.account_key",
        "credentials.swift.password",
        "credentials.swift.application_credential_secret",
        "credentials.swift.token_id",
        "credentials.ibmcos.iam_api_key",
        "credentials.oss.access_key_secret",
    }


def test_no_option_leaves_ansible_guessing_whether_it_is_secret() -> None:
    suspicious = [path for path, _spec in leaves(OWN) if SUSPICIOUS.search(path[-1])]
    assert [path for path, spec in leaves(OWN) if path in suspicious and "no_log" not in spec] == []


@pytest.mark.parametrize(
    ("section", "names"),
    [
        ("state", {"management_state", "accept_data_loss", "accept_settings_loss"}),
        ("storage", {"storage", "accept_data_loss"}),
        ("replicas", {"replicas", "rollout_strategy", "accept_data_loss"}),
        ("routes", {"default_route", "routes", "accept_settings_loss"}),
        ("credentials", {"credentials"}),
    ],
)
def test_the_options_of_a_section(section: str, names: set[str]) -> None:
    common = {"cluster", "wait", "wait_timeout", "error_grace"}
    assert writing("m", section).spec.keys() == names | common | AUTH_ARG_SPEC.keys()


def test_a_reading_module_has_the_name_of_the_config_and_the_connection() -> None:
    assert REGISTRY_INFO.spec.keys() == {"name"} | AUTH_ARG_SPEC.keys()


def test_the_connection_options_of_kubernetes_core_are_left_as_they_are() -> None:
    connection_spec()["kubeconfig"]["type"] = "changed"
    assert connection_spec()["kubeconfig"]["type"] == AUTH_ARG_SPEC["kubeconfig"]["type"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        case({"storage": {"pvc": {}, "empty_dir": {}}}, "parameters are mutually exclusive", id="two backends"),
        case({"management_state": "Force"}, "value of management_state must be one of", id="a state that does nothing"),
        case(
            {"storage": {"management_state": "Removed"}}, "must be one of: Managed, Unmanaged", id="no such ownership"
        ),
        case({"storage": {"pvc": {"claimName": "c"}}}, "storage.pvc.claimName", id="a misspelt option"),
        case({"storage": {"pvc": {"access_mode": "RWX"}}}, "must be one of: ReadWriteMany", id="a short access mode"),
        case({"replicas": "two"}, "cannot be converted to an int", id="a word for a number"),
        case({"routes": [{"hostname": "h"}]}, "missing required arguments: name", id="a route without a name"),
        case(
            {"routes": [{"name": "a", "secret_name": "s", "tls": {"certificate": "C", "key": "K"}}]},
            "mutually exclusive: secret_name|tls",
            id="two certificates",
        ),
        case({"routes": [{"name": "a", "tls": {"certificate": "C"}}]}, "missing required arguments: key", id="no key"),
        case(
            {"credentials": {"s3": {"access_key": "A"}}}, "missing required arguments: secret_key", id="half of a pair"
        ),
        case({"rollout_strategy": "Rolling"}, "must be one of: RollingUpdate, Recreate", id="no such strategy"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, Any], message: str) -> None:
    refused = ArgumentSpecValidator(WORK.spec).validate(given)
    assert message in "; ".join(refused.error_messages)
