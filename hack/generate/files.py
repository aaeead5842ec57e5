# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of the files that are made."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import yaml

from hack.generate import markup, specs
from hack.generate.roles import PREFIX, ROLES, Role

_WIDTH = 120
# PyYAML breaks a line after the word that makes it too long, and words with references are long.
_YAML_WIDTH = 90
_BEGIN, _END = "<!-- variables: made by python -m hack.generate -->\n", "<!-- end of variables -->\n"
_EXAMPLES = Path(__file__).with_name("examples.yml")
# REUSE-IgnoreStart
_HEADER = "# SPDX-License-Identifier: GPL-3.0-or-later\n---\n# Made by python -m hack.generate.\n"
# REUSE-IgnoreEnd


def generated(repository: Path) -> dict[Path, str]:
    """Return the content of each file that is made, by path."""
    files = {}
    for role in ROLES:
        directory = repository / "roles" / role.name
        readme = directory / "README.md"
        files[directory / "meta/argument_specs.yml"] = _argument_specs(role)
        files[directory / "defaults/main.yml"] = _defaults(role)
        files[readme] = _with_table(readme.read_text(encoding="utf-8"), role)
    return files


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, as yamllint wants it."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(content: Any) -> str:
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, width=_YAML_WIDTH, allow_unicode=True)


def _argument_specs(role: Role) -> str:
    content = _yaml({"argument_specs": {"main": specs.entry_point(role)}})
    return f"{_HEADER}{content}"


def _defaults(role: Role) -> str:
    examples = yaml.safe_load(_EXAMPLES.read_text(encoding="utf-8"))
    lines = [
        *_HEADER.splitlines(),
        "# A variable that is not set leaves its option out. What is commented is the module's default, or an example.",
        f"# ansible-doc -t role okd.image_registry.{role.name} tells everything about the variables.",
    ]
    for name, option in specs.variables(role).items():
        setting = _yaml({name: option.get("default", examples.get(name.removeprefix(PREFIX)))}).splitlines()
        described = textwrap.wrap(markup.plain(option["description"]), _WIDTH - 2)
        is_own = name.removeprefix(PREFIX) in role.own and "default" in option
        lines += ["", *(f"# {line}" for line in described), *(line if is_own else f"# {line}" for line in setting)]
    return "\n".join(lines) + "\n"


def _with_table(text: str, role: Role) -> str:
    before, begin, rest = text.partition(_BEGIN)
    _old, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"The README of the role {role.name} has no place for its variables: {_BEGIN}{_END}")
    return before + begin + _table(role) + end + after


def _table(role: Role) -> str:
    rows = ["| variable | type | default | description |", "|---|---|---|---|"]
    rows += [_row(name, option, role) for name, option in specs.variables(role).items()]
    return "\n" + "\n".join(rows) + "\n\n"


def _row(name: str, option: dict[str, Any], role: Role) -> str:
    # The module's type: that of the role's specs is raw where Ansible shall not look.
    kind = role.spec[name.removeprefix(PREFIX)].get("type", "str")
    choices = " or ".join(f"`{choice}`" for choice in option.get("choices", []))
    default = f"`{json.dumps(option['default'])}`" if "default" in option else ""
    return f"| `{name}` | {choices or kind} | {default} | {markup.for_markdown(option['description'])} |"
