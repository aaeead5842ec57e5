# SPDX-License-Identifier: GPL-3.0-or-later
"""The words that the guide repeats: of a task that waits or cannot connect, of the playbooks, of the operator."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import yaml
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import AuthenticationSetupError
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Verdict

from sandbox.state import REPOSITORY

SOURCE = REPOSITORY / "plugins" / "module_utils"
RECORDINGS = REPOSITORY / "sandbox" / "tests" / "recordings"
STAND_IN = REPOSITORY / "sandbox" / "operator"
# The state of a wait, and the errors of a connection.
_TELLING = {kind.__name__ for kind in (Verdict, AuthenticationSetupError, *AuthenticationSetupError.__subclasses__())}
_CONDITION = re.compile(r'\("(?:True|False|Unknown)", "([^"]+)"')
_TEMPLATED = re.compile(r"{{.*?}}|{%.*?%}")
# A shorter text between two values says nothing by itself.
_SHORTEST = 12


def of_the_modules() -> Iterator[tuple[str, str]]:
    """Yield the parts of messages that are always the same, each with the place that it comes from.

    These are the states of a wait, and what makes a connection impossible.
    """
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for argument in _telling(node):
                for text in _fixed(argument):
                    yield text, f"{path.relative_to(REPOSITORY)}:{argument.lineno}"


def of_the_playbooks() -> Iterator[tuple[str, str]]:
    """Yield the same for the playbooks and roles, from the assertions in them."""
    for path in sorted([*REPOSITORY.glob("playbooks/**/*.yml"), *REPOSITORY.glob("roles/*/tasks/*.yml")]):
        for message in _assertions(yaml.safe_load(path.read_text(encoding="utf-8"))):
            for text in _TEMPLATED.split(" ".join(message.split())):
                if len(text) >= _SHORTEST:
                    yield text, str(path.relative_to(REPOSITORY))


def of_the_operator() -> Iterator[tuple[str, str]]:
    """Yield the reasons in the conditions of the recordings and of the stand-in, each with the file's name."""
    for path in sorted(STAND_IN.rglob("*.py")):
        for reason in _CONDITION.findall(path.read_text(encoding="utf-8")):
            yield reason, path.name
    for path in sorted(RECORDINGS.glob("*.json")):
        for reason in _reasons(json.loads(path.read_text(encoding="utf-8"))):
            yield reason, path.name


def _telling(node: ast.AST) -> list[ast.expr]:
    """Return the arguments that tell a message from others."""
    is_told = isinstance(node, ast.Call) and _name(node) in _TELLING
    return node.args if isinstance(node, ast.Call) and is_told else []


def _name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _fixed(part: ast.AST) -> Iterator[str]:
    """Yield the texts of an argument, without what is put into them and how that is formatted."""
    if isinstance(part, ast.Constant):
        text = " ".join(str(part.value).split())
        if len(text) >= _SHORTEST and " " in text:
            yield text
        return
    for child in [part.value] if isinstance(part, ast.FormattedValue) else ast.iter_child_nodes(part):
        yield from _fixed(child)


def _assertions(document: Any) -> Iterator[str]:
    for entry in document.values() if isinstance(document, dict) else document if isinstance(document, list) else ():
        yield from _assertions(entry)
    if isinstance(document, dict) and "fail_msg" in document:
        yield document["fail_msg"]


def _reasons(document: Any) -> Iterator[str]:
    if isinstance(document, list) and len(document) == 3 and document[0] in ("True", "False", "Unknown"):
        # A recording keeps a condition as status, reason and message. The ClusterOperator joins reasons.
        yield from filter(None, (document[1] or "").split("::"))
    elif isinstance(document, (list, dict)):
        for entry in document.values() if isinstance(document, dict) else document:
            yield from _reasons(entry)
