# SPDX-License-Identifier: GPL-3.0-or-later
"""The codes of findings, errors and warnings, from the source of the modules."""

import ast
import re
from collections.abc import Iterator

from sandbox.state import REPOSITORY

SOURCE = REPOSITORY / "plugins" / "module_utils"
# How warnings end.
_BRACKETED = re.compile(r"\[([a-z-]+)\]$")


def of_the_modules() -> dict[str, str]:
    """Return the codes, each with a place that it comes from.

    Raises ValueError at a call whose code is neither a text nor what the caller was given as the code.
    """
    nodes = {path: list(ast.walk(ast.parse(path.read_text(encoding="utf-8")))) for path in sorted(SOURCE.rglob("*.py"))}
    takers = {name for found in nodes.values() for node in found for name in _taker(node)}
    codes: dict[str, str] = {}
    for path, found in nodes.items():
        for node in found:
            where = f"{path.relative_to(REPOSITORY)}:{getattr(node, 'lineno', 0)}"
            codes.update(dict.fromkeys(_codes(node, takers, where), where))
    return codes


def _taker(node: ast.AST) -> Iterator[str]:
    """Yield the name of a function or a record whose first argument is the code of a finding."""
    if isinstance(node, ast.FunctionDef):
        first = [argument.arg for argument in node.args.args if argument.arg != "self"][:1]
    elif isinstance(node, ast.ClassDef) and "NamedTuple" in map(_name, node.bases):
        first = [_name(statement.target) for statement in node.body if isinstance(statement, ast.AnnAssign)][:1]
    else:
        return
    if first == ["code"]:
        yield node.name


def _codes(node: ast.AST, takers: set[str], where: str) -> Iterator[str]:
    if isinstance(node, ast.Call) and _name(node.func) in takers and node.args:
        yield from _given(node.args[0], where)
    elif isinstance(node, ast.ClassDef):
        yield from (code for statement in node.body for code in _of_a_class(statement, where))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from _BRACKETED.findall(node.value)


def _of_a_class(statement: ast.stmt, where: str) -> Iterator[str]:
    """Yield the code of a type of errors."""
    if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if any(_name(target) == "code" for target in targets):
            yield from _given(statement.value, where)


def _given(argument: ast.expr, where: str) -> Iterator[str]:
    if isinstance(argument, ast.IfExp):
        yield from _given(argument.body, where)
        yield from _given(argument.orelse, where)
    elif isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif _name(argument) != "code":
        raise ValueError(f"{where}: the code is no text")


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
