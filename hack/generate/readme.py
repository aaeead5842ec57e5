# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the README: the roles and the modules, each in the words of its documentation."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hack.generate import modules
from hack.generate.places import filled
from hack.generate.roles import ROLES

_ROLES = "<!-- roles: made by python -m hack.generate -->\n", "<!-- end of roles -->\n"
_MODULES = "<!-- modules: made by python -m hack.generate -->\n", "<!-- end of modules -->\n"


def files(repository: Path) -> dict[Path, str]:
    """Return the text of the README with its tables."""
    path = repository / "README.md"
    roles = [(f"[{role.name}](roles/{role.name}/README.md)", role.documentation) for role in ROLES]
    all_modules = [(f"`{name}`", modules.documentation(name)) for name in modules.names(repository)]
    text = filled(path.read_text(encoding="utf-8"), *_ROLES, _table("role", roles))
    return {path: filled(text, *_MODULES, _table("module", all_modules))}


def _table(heading: str, entries: Iterable[tuple[str, dict[str, str]]]) -> str:
    rows = [f"| {name} | {documentation['short_description']} |" for name, documentation in entries]
    return "\n".join(["", f"| {heading} | what it does |", "|---|---|", *rows, "", ""])
