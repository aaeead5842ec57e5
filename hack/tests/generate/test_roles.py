# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles take what their modules take, and call them with the connection of the variables."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.okd.image_registry.plugins.module_utils._work import connection_spec

from hack.generate import modules, specs
from hack.generate.modules import Options
from hack.generate.roles import PREFIX, ROLES, Role
from sandbox.state import REPOSITORY

WRITING = [role for role in ROLES[1:] if role.writes]

each_role = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)


def _load(role: str, path: str) -> Any:
    return yaml.safe_load((REPOSITORY / "roles" / role / path).read_text(encoding="utf-8"))


def _without_descriptions(options: Options) -> Options:
    return {
        name: {
            key: _without_descriptions(value) if key == "options" else value
            for key, value in option.items()
            if key != "description"
        }
        for name, option in options.items()
    }


def test_the_composed_role_takes_what_the_small_ones_take_and_nothing_else_but_the_proof() -> None:
    small: Options = {}
    for role in WRITING:
        small.update(_load(role.name, "meta/argument_specs.yml")["argument_specs"]["main"]["options"])
    composed = _load("registry", "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    assert composed.pop("registry_verify")
    assert _without_descriptions(composed) == _without_descriptions(small)


def test_every_call_of_a_module_takes_the_connection_of_the_variables() -> None:
    called = [
        call
        for path in (REPOSITORY / "roles").glob("*/tasks/*.yml")
        for call in _calls(yaml.safe_load(path.read_text()))
    ]
    assert len(called) == len(ROLES) + 2  # the proof calls two
    assert all(task["module_defaults"] == {module: "{{ __registry_connection }}"} for module, task in called)


@pytest.mark.parametrize("role", sorted(path.name for path in (REPOSITORY / "roles").iterdir()))
def test_every_variable_is_handed_to_the_option_of_its_name(role: str) -> None:
    """By what the module declares: an option that the generator forgot would be missing in all that it makes."""
    module, arguments = _called_by(role)
    spec = import_module(f"ansible_collections.okd.image_registry.plugins.modules.{module}").WORK.spec
    options = spec.keys() - connection_spec().keys()
    assert arguments == {name: f"{{{{ registry_{name} | default(omit) }}}}" for name in options}
    variables = _load(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    assert {f"registry_{name}" for name in options} <= variables.keys()


def _called_by(role: str) -> tuple[str, dict[str, Any]]:
    """Return the module that a role calls first, and its arguments."""
    tasks = _load(role, "tasks/main.yml")
    if imported := next((task[key] for task in tasks for key in task if key == "ansible.builtin.import_role"), None):
        tasks = _load(imported["name"].rpartition(".")[2], f"tasks/{imported['tasks_from']}.yml")
    name, task = next(_calls(tasks))
    return name.rpartition(".")[2], task[name]


def _calls(tasks: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for task in tasks:
        yield from _calls(task.get("block", []))
        yield from ((name, task) for name in task if name.startswith("okd.image_registry."))


def test_the_proof_looks_at_the_same_without_rotating_again() -> None:
    converge, *_, proof = _load("registry", "tasks/main.yml")
    declared, proven = converge["okd.image_registry.registry"], proof["block"][0]
    assert proven["check_mode"] is True
    rotation = declared.keys() - proven["okd.image_registry.registry"].keys()
    assert rotation == {"rotate_http_secret"}
    assert proven["okd.image_registry.registry"].items() <= declared.items()


@each_role
def test_what_is_commented_in_the_defaults_can_be_used(role: Role) -> None:
    settings: dict[str, Any] = {}
    for paragraph in (
        (REPOSITORY / "roles" / role.name / "defaults/main.yml").read_text(encoding="utf-8").split("\n\n")[1:]
    ):
        lines = [line.removeprefix("# ") for line in paragraph.splitlines()]
        start = next(number for number, line in enumerate(lines) if line.startswith(PREFIX) and ":" in line.split()[0])
        settings.update(yaml.safe_load("\n".join(lines[start:])))
    assert settings.keys() == specs.variables(role).keys()
    options = {name.removeprefix(PREFIX): value for name, value in settings.items()}
    whole = {**modules.spec(role.module), **role.own}
    assert ArgumentSpecValidator(whole).validate(options).error_messages == []


# What Ansible's own validation would refuse, or would print when it refuses.
VALUES = [None, "", "text", 8, 1.5, True, [], ["text"], [None], {}, {"misspelt": None}, "{}", "[]", "{'torn"]


@each_role
def test_ansible_leaves_every_value_of_every_variable_to_the_module(role: Role) -> None:
    spec = specs.entry_point(role)["options"]
    for name in spec:
        for value in VALUES:
            assert ArgumentSpecValidator(spec).validate({name: value}).error_messages == [], (name, value)


@each_role
def test_a_variable_tells_what_it_is_where_ansible_does_not_look(role: Role) -> None:
    for name, option in specs.entry_point(role)["options"].items():
        declared = role.spec[name.removeprefix(PREFIX)]
        told = " ".join(option["description"])
        assert all(f"V({choice})" in told for choice in declared.get("choices", ()))
        is_free = declared.get("type", "str") in ("bool", "int", "dict", "list") or "choices" in declared
        assert ("The module checks that" in told) is is_free


@each_role
def test_a_variable_is_as_deep_as_its_option(role: Role) -> None:
    whole = {**modules.spec(role.module), **role.own}
    for name, option in specs.variables(role).items():
        spec = whole[name.removeprefix(PREFIX)]
        assert option.get("default") == spec.get("default")
        _compare_below(option, spec, (name,))


def _compare_below(option: dict[str, Any], spec: dict[str, Any], path: tuple[str, ...]) -> None:
    assert option.get("mutually_exclusive", []) == spec.get("mutually_exclusive", [])
    assert option.get("options", {}).keys() == spec.get("options", {}).keys(), path
    for name, below in option.get("options", {}).items():
        for key in ("type", "elements", "choices", "default", "required"):
            assert below.get(key) == spec["options"][name].get(key), (path, name, key)
        _compare_below(below, spec["options"][name], (*path, name))
