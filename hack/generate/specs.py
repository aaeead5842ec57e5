# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument specs of the roles."""

from __future__ import annotations

from typing import Any

from hack.generate import markup
from hack.generate.modules import Options
from hack.generate.roles import COMPOSED, PREFIX, Role

_COPIED = ("elements", "choices", "default", "required")
_COMPOSED = COMPOSED.spec

# What a variable is, for those that Ansible does not check.
_NOUNS = {"bool": "a boolean", "int": "a number", "dict": "a dictionary", "list": "a list"}


def entry_point(role: Role) -> dict[str, Any]:
    """Return the argument spec of a role's main entry point."""
    documentation = role.documentation
    purpose = [markup.for_role(text, role.module, role.spec, _COMPOSED) for text in documentation["description"]]
    return {
        "short_description": documentation["short_description"],
        "description": [*purpose, *_results(role)],
        "version_added": "0.1.0",
        "author": documentation["author"],
        "options": {name: _checked_later(option, role, name) for name, option in variables(role).items()},
    }


def variables(role: Role) -> Options:
    """Return the specs of a role's variables, by name."""
    spec, options = role.spec, role.options
    return {f"{PREFIX}{name}": _option(role, name, spec[name], options[name]) for name in spec}


def _checked_later(option: dict[str, Any], role: Role, name: str) -> dict[str, Any]:
    """Return the spec of a variable with what it is, where Ansible shall not look."""
    spec = role.spec[name.removeprefix(PREFIX)]
    choices = ", ".join(f"V({choice})" for choice in spec.get("choices", ()))
    noun = f"one of {choices}" if choices else _NOUNS.get(spec.get("type", "str"))
    told = [f"It is {noun}. The module checks that; null and an empty text count as not given."] if noun else []
    return {**option, "description": [*option["description"], *told]}


def _results(role: Role) -> list[str]:
    if not role.writes:
        return ["C(registry_status) has the result of M(okd.image_registry.registry_info). The role prints a summary."]
    return [
        f"Each variable sets an option of M(okd.image_registry.{role.module}). The option has the same name without "
        "C(registry_). If a variable is not set, the role omits its option. C(registry_result) has the module's result."
    ]


def _option(
    role: Role, name: str, spec: dict[str, Any], documented: dict[str, Any], is_whole: bool = True
) -> dict[str, Any]:
    """Return the spec of a variable, or of an option in one; is_whole: whether it is the variable.

    Ansible would refuse null, an empty text and the text of a dictionary, which the module understands, and would print
    what does not fit, secrets too, together with the whole spec. It does not look into what is `raw`.
    """
    description = documented["description"]
    description = [description] if isinstance(description, str) else description
    is_free = is_whole and (spec.get("type", "str") in _NOUNS or "choices" in spec)
    option: dict[str, Any] = {
        "description": [markup.for_role(text, role.module, role.spec, _COMPOSED) for text in description],
        "type": "raw" if is_free else spec.get("type", "str"),
    }
    option.update({key: spec[key] for key in _COPIED if key in spec and (not is_free or key == "default")})
    if spec.get("mutually_exclusive"):
        option["mutually_exclusive"] = [list(group) for group in spec["mutually_exclusive"]]
    if "options" in spec:
        below = documented["suboptions"]
        option["options"] = {
            key: _option(role, key, value, below[key], False) for key, value in spec["options"].items()
        }
    return option
