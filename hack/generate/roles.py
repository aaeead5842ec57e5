# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles and the variables that they take, each with its argument spec and its documentation."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.okd.image_registry.plugins.module_utils._desired import arguments

Options = dict[str, dict[str, Any]]

PREFIX = "registry_"

# What the roles know besides the options of their modules. The other options of the connection are a matter of the
# environment or of module_defaults.
_OWN = yaml.safe_load(Path(__file__).with_name("own.yml").read_text(encoding="utf-8"))
_CONNECTION: Options = _OWN["connection"]


@dataclass(frozen=True)
class Role:
    """A role and the module that it calls.

    sections: those of the module, none for the one that only reads; own: variables that are no option of the module.
    """

    name: str
    module: str
    sections: tuple[str, ...] = ()
    own: Options = field(default_factory=dict)

    @property
    def spec(self) -> Options:
        """The argument spec of the options that have a variable."""
        whole = arguments.writing(self.sections) if self.sections else arguments.reading()
        other = arguments.connection().keys() - _CONNECTION.keys()
        chosen = {name: spec for name, spec in whole.items() if name not in other}
        return {**chosen, **self.own}

    @property
    def options(self) -> Options:
        """The documentation of the options that have a variable."""
        documented = dict(_module_documentation(self.module).get("options", {}))
        for fragment in _fragments(self.module):
            documented.update(fragment["options"])
        return {**documented, **_CONNECTION, **self.own}

    @property
    def documentation(self) -> dict[str, Any]:
        """The documentation of the module."""
        return _module_documentation(self.module)


ROLES = (
    Role(
        "registry",
        "registry",
        ("state", "storage", "replicas", "routes", "credentials", "workload"),
        _OWN["proof"],
    ),
    Role("registry_storage", "registry_storage", ("state", "storage")),
    Role("registry_replicas", "registry_replicas", ("replicas",)),
    Role("registry_routes", "registry_routes", ("routes",)),
    Role("registry_credentials", "registry_credentials", ("credentials",)),
    Role("registry_workload", "registry_workload", ("workload",)),
    Role("registry_status", "registry_info", own=_OWN["reports"]),
)


def _module_documentation(name: str) -> dict[str, Any]:
    module = importlib.import_module(f"ansible_collections.okd.image_registry.plugins.modules.{name}")
    return yaml.safe_load(module.DOCUMENTATION)


def _fragments(module: str) -> Iterator[dict[str, Any]]:
    for reference in _module_documentation(module)["extends_documentation_fragment"]:
        _namespace, collection, name, *variant = reference.split(".")
        if collection == "image_registry":
            fragment = importlib.import_module(f"ansible_collections.okd.image_registry.plugins.doc_fragments.{name}")
            attribute = variant[0].upper() if variant else "DOCUMENTATION"
            yield yaml.safe_load(getattr(fragment.ModuleDocFragment, attribute))
