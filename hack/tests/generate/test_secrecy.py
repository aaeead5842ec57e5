# SPDX-License-Identifier: GPL-3.0-or-later
"""The validation of a role's variables is Ansible's, which prints what does not fit: it must never print a secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from hack.generate import modules, specs
from hack.generate.modules import Options
from hack.generate.roles import PREFIX, ROLES
from sandbox.pem import self_signed
from tests.integration.leaks import leaks

COMPOSED = specs.variables(ROLES[0])
_, KEY = self_signed("registry.example.com")
SECRETS = {
    "an access key": "AKIAQ7EXAMPLE3LHP5TZ",
    "a key with an equals sign": "wJalrXUtnFEMIK7MDENGbPxRfiCYzEXAMPLEKEYg==",
    "a private key": KEY,
    "a key file": json.dumps({"type": "service_account", "private_key": KEY}),
    "an assignment": "password=Tr0ub4dor",
    "a URL": "http://user:Tr0ub4dor@proxy.example.com",
}
SHAPES: dict[str, Callable[[str], Any]] = {
    "text": lambda secret: secret,
    "list": lambda secret: [secret],
    "list of lists": lambda secret: [[secret]],
    "list of lists of dictionaries": lambda secret: [[{"tls": {"key": secret}}]],
    "dictionary of another key": lambda secret: {"misspelt": secret},
    "dictionary of lists": lambda secret: {"misspelt": [secret]},
    "list of dictionaries": lambda secret: [{"misspelt": secret}],
    "key of a dictionary": lambda secret: {secret: ""},
    "text of a dictionary": lambda secret: f"{{'misspelt': {secret!r}}}",
    "torn text of a dictionary": lambda secret: f"{{'misspelt': {secret!r}",
    "text of a list": lambda secret: f"[{secret}]",
}


def _secret_places(options: Options, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield every option that is secret, and what lies on the way to it."""
    for name, spec in options.items():
        here = (*path, name)
        below = list(_secret_places(spec.get("options", {}), here))
        if spec.get("no_log") or below:
            yield here
        yield from below


PLACES = [
    *_secret_places({name: spec for name, spec in modules.spec("registry").items() if PREFIX + name in COMPOSED}),
    *(("proxies", name) for name in ("http", "https", "no_proxy")),
    ("proxies",),
    ("storage", "s3", "cloud_front", "private_key"),
    ("storage", "s3", "cloud_front", "private_key", "name"),
]


def _given(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Return variables in which the option at path has a value."""
    for name in reversed(path[1:]):
        value = {name: value}
    return {PREFIX + path[0]: [value] if path[0] == "routes" and len(path) > 1 else value}


def test_the_places_are_found() -> None:
    assert {
        "credentials.s3.secret_key",
        "credentials.s3",
        "credentials",
        "routes.tls.key",
        "routes",
        "http_secret",
    } <= {".".join(path) for path in PLACES}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("path", PLACES, ids=".".join)
def test_a_secret_of_any_shape_is_not_shown(path: tuple[str, ...], shape: str) -> None:
    for name, secret in SECRETS.items():
        validated = ArgumentSpecValidator(COMPOSED).validate(_given(path, SHAPES[shape](secret)))
        assert not leaks("\n".join(validated.error_messages), {name: secret})


def test_without_care_ansible_would_show_them() -> None:
    spec = modules.spec("registry")
    for value in ({"azure": "a-secret-key=="}, [["a-secret-key"]]):
        validated = ArgumentSpecValidator(spec).validate({"credentials": value})
        assert "a-secret-key" in "\n".join(validated.error_messages)
