# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles and the variables that they take, each with its argument spec and its documentation."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.okd.image_registry.plugins.module_utils._work import connection_spec

from hack.generate import modules
from hack.generate.modules import Options

PREFIX = "registry_"

# What the roles know besides the options of their modules. The other options of the connection are a matter of the
# environment or of module_defaults.
_OWN = yaml.safe_load(Path(__file__).with_name("own.yml").read_text(encoding="utf-8"))
CONNECTION: Options = _OWN["connection"]


@dataclass(frozen=True)
class Role:
    """A role and the module that it calls.

    task: what the task that calls the module is named. own: variables that are no option of the module.
    """

    name: str
    module: str
    task: str
    own: Options = field(default_factory=dict)

    @property
    def writes(self) -> bool:
        """Whether the module writes."""
        return modules.writes(self.module)

    @property
    def tasks(self) -> str:
        """The file of tasks in the role registry that calls the module."""
        return self.name.removeprefix(PREFIX) if self.name != COMPOSED.name else "main"

    @property
    def result(self) -> str:
        """The variable that holds the module's result."""
        return "registry_result" if self.writes else "registry_status"

    @property
    def handed(self) -> list[str]:
        """The options that the role hands to the module from variables; the connection goes another way."""
        other = connection_spec().keys()
        return [name for name in modules.spec(self.module) if name not in other]

    @property
    def spec(self) -> Options:
        """The argument spec of the options that have a variable."""
        whole = modules.spec(self.module)
        return {name: whole[name] for name in (*self.handed, *CONNECTION)} | self.own

    @property
    def options(self) -> Options:
        """The documentation of the options that have a variable."""
        return {**modules.options(self.module), **CONNECTION, **self.own}

    @property
    def documentation(self) -> dict[str, Any]:
        """The documentation of the module."""
        return modules.documentation(self.module)


COMPOSED = Role("registry", "registry", "Bring the registry to its declared state", _OWN["proof"])
ROLES = (
    COMPOSED,
    Role("registry_storage", "registry_storage", "Bring the storage to its declared state"),
    Role("registry_replicas", "registry_replicas", "Bring the number of pods to its declared state"),
    Role("registry_routes", "registry_routes", "Bring the routes to their declared state"),
    Role("registry_credentials", "registry_credentials", "Bring the credentials to their declared state"),
    Role("registry_workload", "registry_workload", "Bring the settings of the pods to their declared state"),
    Role("registry_status", "registry_info", "Look at the registry", _OWN["reports"]),
)
