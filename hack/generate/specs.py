# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument specs of the roles."""

from __future__ import annotations

from typing import Any

from hack.generate import markup
from hack.generate.modules import Options
from hack.generate.roles import COMPOSED, PREFIX, Role

_COPIED = ("elements", "choices", "default", "required")
_COMPOSED = COMPOSED.spec

# Where secrets come without being secret as a whole: in URLs, and by a key in the place of the reference to it.
_LIKELY_SECRET = ("proxies", "private_key")


def entry_point(role: Role) -> dict[str, Any]:
    """Return the argument spec of a role's main entry point."""
    documentation = role.documentation
    purpose = [markup.for_role(text, role.module, role.spec, _COMPOSED) for text in documentation["description"]]
    return {
        "short_description": documentation["short_description"],
        "description": [*purpose, *_results(role)],
        "version_added": "0.1.0",
        "author": documentation["author"],
        "options": variables(role),
    }


def variables(role: Role) -> Options:
    """Return the specs of a role's variables, by name."""
    spec, options = role.spec, role.options
    return {f"{PREFIX}{name}": _option(role, name, spec[name], options[name]) for name in spec}


def is_left_to_module(option: dict[str, Any]) -> bool:
    """Whether Ansible does not look into an option."""
    return "options" in option and "raw" in (option["type"], option.get("elements"))


def _results(role: Role) -> list[str]:
    if not role.writes:
        return ["C(registry_status) has the result of M(okd.image_registry.registry_info). The role prints a summary."]
    return [
        f"Each variable sets an option of M(okd.image_registry.{role.module}). The option has the same name without "
        "C(registry_). If a variable is not set, the role omits its option. C(registry_result) has the module's result."
    ]


def _option(
    role: Role, name: str, spec: dict[str, Any], documented: dict[str, Any], looked_into: bool = True
) -> dict[str, Any]:
    """Return the spec of a variable, or of an option in one; looked_into: whether Ansible checks it."""
    description = documented["description"]
    description = [description] if isinstance(description, str) else description
    option: dict[str, Any] = {
        "description": [markup.for_role(text, role.module, role.spec, _COMPOSED) for text in description],
        "type": spec.get("type", "str"),
    }
    option.update({key: spec[key] for key in _COPIED if key in spec})
    if spec.get("mutually_exclusive"):
        option["mutually_exclusive"] = [list(group) for group in spec["mutually_exclusive"]]
    if "options" in spec:
        if looked_into and (name in _LIKELY_SECRET or _holds_secret(spec)):
            _leave_to_module(option)
            looked_into = False
        below = documented["suboptions"]
        option["options"] = {
            key: _option(role, key, value, below[key], looked_into) for key, value in spec["options"].items()
        }
    return option


def _holds_secret(spec: dict[str, Any]) -> bool:
    return any(below.get("no_log") or _holds_secret(below) for below in spec.get("options", {}).values())


def _leave_to_module(option: dict[str, Any]) -> None:
    """Let Ansible not look into an option: where a value is not of the declared shape, it would print the value.

    The module looks, and hides.
    """
    option["elements" if option["type"] == "list" else "type"] = "raw"
    option["description"].append("The module checks the structure of the value. An error message shows no secret.")
