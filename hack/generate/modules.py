# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules: their argument specs, their documentation, and the documentation of their results."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

Options = dict[str, dict[str, Any]]

_COLLECTION = "ansible_collections.okd.image_registry.plugins"
_MODULES = Path("plugins/modules")
_RETURN = re.compile(r'^RETURN = r"""\n.*?^"""\n', re.DOTALL | re.MULTILINE)
# The registry in short, which the module that reads returns too.
_SUMMARY = re.compile(
    r"^(?P<head>registry:\n  description: .*\n  returned: .*\n  type: dict\n)(?P<content>(?:  .*\n)+)", re.MULTILINE
)
_RESULT = Path(__file__).with_name("return.yml")


def names(repository: Path) -> list[str]:
    """Return the names of all modules, the composed one first."""
    return sorted(path.stem for path in (repository / _MODULES).glob("*.py"))


def writes(name: str) -> bool:
    """Whether the module writes; by Ansible's rule the others end in _info."""
    return not name.endswith("_info")


def spec(name: str) -> Options:
    """Return the argument spec of a module."""
    found: Options = _module(name).WORK.spec
    return found


def documentation(name: str) -> dict[str, Any]:
    """Return the documentation of a module, without that of its fragments."""
    found: dict[str, Any] = yaml.safe_load(_module(name).DOCUMENTATION)
    return found


def options(name: str) -> Options:
    """Return the documentation of a module's options, with those that the collection's fragments have."""
    documented = dict(documentation(name).get("options", {}))
    for fragment in _fragments(name):
        documented.update(fragment["options"])
    return documented


def files(repository: Path) -> dict[Path, str]:
    """Return the text of each module with what the modules have in common in the documentation of their results."""
    result = _RESULT.read_text(encoding="utf-8").split("---\n", 1)[1]
    made = {}
    for name in names(repository):
        path = repository / _MODULES / f"{name}.py"
        text = path.read_text(encoding="utf-8")
        made[path] = _with_result(text, result) if writes(name) else _with_summary(text, result)
    return made


def _with_result(text: str, result: str) -> str:
    made, count = _RETURN.subn(lambda _old: f'RETURN = r"""\n{result}"""\n', text)
    if count != 1:
        raise ValueError(f"A module that writes has {count} blocks RETURN.")
    return made


def _with_summary(text: str, result: str) -> str:
    """Return the text of a module that reads; it says in its own words what it is if something could not be read."""
    (content,) = [match["content"] for match in _SUMMARY.finditer(result)]
    return _SUMMARY.sub(lambda old: old["head"] + content, text)


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{_COLLECTION}.modules.{name}")


def _fragments(module: str) -> Iterator[dict[str, Any]]:
    for reference in documentation(module)["extends_documentation_fragment"]:
        _namespace, collection, name, *variant = reference.split(".")
        if collection == "image_registry":
            fragment = importlib.import_module(f"{_COLLECTION}.doc_fragments.{name}")
            attribute = variant[0].upper() if variant else "DOCUMENTATION"
            yield yaml.safe_load(getattr(fragment.ModuleDocFragment, attribute))
