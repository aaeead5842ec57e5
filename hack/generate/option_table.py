# SPDX-License-Identifier: GPL-3.0-or-later
"""The page with every option, the field that it becomes, and since which OpenShift there is one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import KINDS
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field
from ansible_collections.okd.image_registry.plugins.module_utils._inform import FIELDS
from ansible_collections.okd.image_registry.plugins.module_utils._work import options

_PAGE = Path("docs/docsite/rst/options.rst")
_TEXT = Path(__file__).with_name("options.rst")
_COLUMNS = ("option", "field", "since OpenShift", "default")
_WIDTHS = (35, 40, 13, 12)


@dataclass(frozen=True)
class _Row:
    option: str
    field: str
    since: str
    default: str


def files(repository: Path) -> dict[Path, str]:
    """Return the text of the page."""
    sections = {
        name: list(_rows(table, ".".join(kind.root))) for kind in KINDS for name, table in kind.sections.items()
    }
    of_state = dict.fromkeys(KINDS[0].sections["state"])
    sections["all that write"] = list(_rows([field for field in options(["state"]) if field not in of_state], ""))
    sections["registry_info"] = list(_rows(FIELDS, ""))
    text = _TEXT.read_text(encoding="utf-8")
    return {repository / _PAGE: text + "".join(_section(name, rows) for name, rows in sections.items())}


def _rows(fields: Iterable[Field], path: str, option: str = "", since: str = "") -> Iterator[_Row]:
    """Yield a row for each option; path, option, since: of what holds them."""
    for field in fields:
        name = f"{option}.{field.option}" if option else field.option
        where = ".".join(filter(None, (path, field.path)))
        brought = field.since or since
        default = "" if field.default is None else json.dumps(field.default).strip('"')
        yield _Row(name, where if field.path else "", brought, default)
        # Below another one, an option that holds others and is no field itself makes a Secret of them.
        below = where if field.path or not option else "data"
        is_list = field.type == "list"
        inner = (f"{below}[]", f"{name}[]") if is_list else (below, name)
        yield from _rows(field.fields or (), *inner, brought)


def _section(name: str, rows: list[_Row]) -> str:
    cells = [(_code(row.option), _code(row.field), row.since, _code(row.default)) for row in rows]
    lines = ["", name, "-" * len(name), "", ".. csv-table::", f"   :header: {', '.join(_COLUMNS)}"]
    lines += [f"   :widths: {', '.join(map(str, _WIDTHS))}", ""]
    return "\n".join([*lines, *(f"   {', '.join(row)}".rstrip() for row in cells)]) + "\n"


def _code(text: str) -> str:
    return f"``{text}``" if text else ""
