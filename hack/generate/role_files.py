# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of the roles' files that repeat what the modules know."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import yaml

from hack.generate import markup, specs
from hack.generate.places import filled
from hack.generate.roles import COMPOSED, PREFIX, ROLES, Role

_WIDTH = 120
# PyYAML breaks a line after the word that makes it too long, and words with references are long.
_YAML_WIDTH = 90
_OPTIONS = "# options: made by python -m hack.generate\n", "# end of options\n"
_EXAMPLES = Path(__file__).with_name("examples.yml")
_README = Path(__file__).with_name("role_readme.yml")
_META = Path(__file__).with_name("role_meta.yml")
# REUSE-IgnoreStart
_HEADER = "# SPDX-License-Identifier: GPL-3.0-or-later\n---\n# Made by python -m hack.generate.\n"
# REUSE-IgnoreEnd
# Options that are no state: a second look would find them left to do.
_ACTIONS = frozenset({"rotate_http_secret"})


def files(repository: Path) -> dict[Path, str]:
    """Return the content of each file of the roles that is made, by path."""
    made = {}
    for role in ROLES:
        directory = repository / "roles" / role.name
        readme = directory / "README.md"
        made[directory / "meta/argument_specs.yml"] = _argument_specs(role)
        made[directory / "meta/main.yml"] = _meta(role)
        made[directory / "defaults/main.yml"] = _defaults(role)
        made[readme] = _readme(readme.read_text(encoding="utf-8") if readme.exists() else "", role)
        if role != COMPOSED:
            made[repository / "roles" / COMPOSED.name / f"tasks/{role.tasks}.yml"] = _call(role)
        if role != COMPOSED and role.writes:
            made[directory / "tasks/main.yml"] = _import(role)
    tasks = repository / "roles" / COMPOSED.name / "tasks/main.yml"
    declared = [name for name in COMPOSED.handed if name not in _ACTIONS]
    made[tasks] = _with_options(tasks.read_text(encoding="utf-8"), declared)
    return made


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, as yamllint wants it."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(content: Any) -> str:
    text: str = yaml.dump(content, Dumper=_Dumper, sort_keys=False, width=_YAML_WIDTH, allow_unicode=True)
    return text


def _argument_specs(role: Role) -> str:
    content = _yaml({"argument_specs": {"main": specs.entry_point(role)}})
    return f"{_HEADER}{content}"


def _meta(role: Role) -> str:
    content = yaml.safe_load(_META.read_text(encoding="utf-8"))
    content["galaxy_info"] = {"description": role.documentation["short_description"], **content["galaxy_info"]}
    return f"{_HEADER}{_yaml(content)}"


def _defaults(role: Role) -> str:
    examples = yaml.safe_load(_EXAMPLES.read_text(encoding="utf-8"))
    lines = [
        *_HEADER.splitlines(),
        "# If a variable is not set, the role omits its option. Values in comments are defaults or examples.",
        f"# ansible-doc -t role okd.image_registry.{role.name} describes all variables.",
    ]
    for name, option in specs.variables(role).items():
        setting = _yaml({name: _shown(name.removeprefix(PREFIX), option, examples)}).splitlines()
        described = textwrap.wrap(markup.plain(option["description"]), _WIDTH - 2)
        is_own = name.removeprefix(PREFIX) in role.own and "default" in option
        lines += ["", *(f"# {line}" for line in described), *(line if is_own else f"# {line}" for line in setting)]
    return "\n".join(lines) + "\n"


def _shown(name: str, option: dict[str, Any], examples: dict[str, Any]) -> Any:
    if "default" not in option and name not in examples:
        raise ValueError(f"hack/generate/{_EXAMPLES.name} has to have a value for {name}, which has no default.")
    return option.get("default", examples.get(name))


def _call(role: Role) -> str:
    """Return the task that hands every variable to the option of its name."""
    return f"""{_HEADER}- name: {role.task}
  okd.image_registry.{role.module}:
{_handed(role.handed, 4)}  module_defaults:
    okd.image_registry.{role.module}: "{{{{ __registry_connection }}}}"
  register: {role.result}
"""


def _import(role: Role) -> str:
    return f"""{_HEADER}# The role registry calls the module: so the result is {role.result}, whichever role is used.
- name: {role.task}
  ansible.builtin.import_role:
    name: okd.image_registry.{COMPOSED.name}
    tasks_from: {role.tasks}
"""


def _with_options(text: str, options: list[str]) -> str:
    indent = len(text.partition(_OPTIONS[0])[0].rpartition("\n")[2])
    return filled(text, *_OPTIONS, _handed(options, indent) + " " * indent)


def _handed(options: list[str], indent: int) -> str:
    return "".join(f'{" " * indent}{name}: "{{{{ {PREFIX}{name} | default(omit) }}}}"\n' for name in options)


def _readme(text: str, role: Role) -> str:
    """Return the README of a role with the places filled in; text: as it is, "" for a role that has none yet."""
    named = {"role": role.name, "module": role.module, "purpose": role.documentation["short_description"]}
    shared = {
        name: paragraph.format(**named)
        for name, paragraph in yaml.safe_load(_README.read_text(encoding="utf-8")).items()
    }
    options = specs.variables(role).values()
    variables = [_table(role)]
    variables += [shared["nested"]] if any("options" in option for option in options) else []
    variables += [shared["checks"]]
    places = {"variables": "\n".join(variables), "connection": shared["connection"]}
    if role.writes:
        places["result"] = shared["result"]
    text = text or shared["new"]
    for name, content in places.items():
        begin, end = f"<!-- {name}: made by python -m hack.generate -->\n", f"<!-- end of {name} -->\n"
        text = filled(text, begin, end, f"\n{content}\n")
    return text


def _table(role: Role) -> str:
    rows = ["| variable | type | default | description |", "|---|---|---|---|"]
    rows += [_row(name, option, role) for name, option in specs.variables(role).items()]
    return "\n".join(rows) + "\n"


def _row(name: str, option: dict[str, Any], role: Role) -> str:
    # Of the module: the type of the role's specs is raw where Ansible shall not look.
    spec = role.spec[name.removeprefix(PREFIX)]
    kind = spec.get("type", "str")
    choices = " or ".join(f"`{choice}`" for choice in spec.get("choices", []))
    default = f"`{json.dumps(option['default'])}`" if "default" in option else ""
    return f"| `{name}` | {choices or kind} | {default} | {markup.for_markdown(option['description'])} |"
