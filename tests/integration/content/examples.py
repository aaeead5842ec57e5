# SPDX-License-Identifier: GPL-3.0-or-later
"""The YAML examples of the documentation, as users find them."""

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sandbox.state import REPOSITORY

_FENCED = re.compile(r"^( *)```ya?ml\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_DIRECTIVE = re.compile(r"^( *)\.\. code-block:: yaml\n\n((?:\1 +.*\n|\n)+)", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """One example: where it is, and what it says."""

    place: str
    content: Any

    @property
    def kind(self) -> str:
        """What can be done with it: plays, tasks, variables, inventory or requirements."""
        if isinstance(self.content, list) and all(isinstance(entry, dict) for entry in self.content):
            plays = [entry for entry in self.content if {"hosts", "ansible.builtin.import_playbook"} & entry.keys()]
            return {0: "tasks", len(self.content): "plays"}[len(plays)]
        if all(name.startswith("registry_") for name in self.content):
            return "variables"
        return {"collections": "requirements", "clusters": "inventory"}[next(iter(self.content))]


def documents() -> list[Path]:
    """Return every file that has examples."""
    found = [
        *REPOSITORY.glob("*.md"),
        *REPOSITORY.glob("docs/**/*.md"),
        *REPOSITORY.glob("docs/docsite/rst/*.rst"),
        *REPOSITORY.glob("roles/*/README.md"),
        *REPOSITORY.glob("plugins/modules/*.py"),
    ]
    return sorted(path for path in found if any(_texts(path)))


def of(path: Path) -> list[Example]:
    """Return the examples of a file, in order."""
    return [
        Example(f"{path.relative_to(REPOSITORY)}:{line}", yaml.safe_load(textwrap.dedent(text)))
        for line, text in _texts(path)
    ]


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        for node in ast.parse(source).body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "EXAMPLES":
                yield node.lineno, ast.literal_eval(node.value)
        return
    for match in (_FENCED if path.suffix == ".md" else _DIRECTIVE).finditer(source):
        yield source.count("\n", 0, match.start()) + 1, match.group(2)
