# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All sections of a task together: what the task desires of the cluster."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, Callable

from ansible.module_utils.common.dict_transformations import dict_merge
from ansible_collections.okd.image_registry.plugins.module_utils._desired.credentials import CredentialsSection
from ansible_collections.okd.image_registry.plugins.module_utils._desired.replicas import ReplicasSection
from ansible_collections.okd.image_registry.plugins.module_utils._desired.routes import RoutesSection, listed_routes
from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import DesiredObject, Outlook, Section
from ansible_collections.okd.image_registry.plugins.module_utils._desired.state import StateSection
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.section import StorageSection
from ansible_collections.okd.image_registry.plugins.module_utils._desired.workload import WorkloadSection
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, SECRET, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Goal, RouteGoal

SECTIONS: dict[str, Callable[[dict[str, Any]], Section]] = {
    "state": StateSection,
    "storage": StorageSection,
    "replicas": ReplicasSection,
    "routes": RoutesSection,
    "credentials": CredentialsSection,
    "workload": WorkloadSection,
}


class Desired:
    """The desired state of one task.

    options: the validated options of the module; names: the sections that the module has.
    """

    def __init__(self, options: dict[str, Any], names: tuple[str, ...]):
        self._options, self._names = options, names
        self._sections = [SECTIONS[name](options) for name in names]
        self.consent = bool(options.get("accept_data_loss"))

    # Not before it is needed: the connection reports first that a library is missing.
    @functools.cached_property
    def objects(self) -> dict[Ref, DesiredObject]:
        """The objects that all sections ask for besides the Config."""
        return {wanted.ref: wanted for section in self._sections for wanted in section.objects()}

    def config(self, live: dict[str, Any]) -> dict[str, Any]:
        """Return the sparse Config that all sections ask for, given the live one."""
        config: dict[str, Any] = {}
        for section in self._sections:
            config = dict_merge(config, section.config(live))
        return config

    def lasting(self) -> Desired:
        """Return what stays desired once the Config is written: a secret that has been rotated is not rotated again."""
        return Desired({**self._options, "rotate_http_secret": None}, self._names)

    def reads(self, snapshot: Snapshot) -> set[Ref]:
        """Return all that must be read before planning, in view of what was read already."""
        wanted = {CLUSTER_CONFIG, *self.objects}
        return wanted.union(*(section.reads(snapshot) for section in self._sections))

    def findings(self, outlook: Outlook) -> Iterator[Finding]:
        """Yield the problems of every section."""
        for section in self._sections:
            yield from section.findings(outlook)

    def goal(self, outlook: Outlook) -> Goal:
        """Return what must hold on the cluster before the task is done."""
        credentials = [section.credentials(outlook) for section in self._sections]
        routes = [section for section in self._sections if isinstance(section, RoutesSection)]
        # Judged against the Config as it will be: what was sent along with a switch only is not waited for.
        config = self.config(outlook.after)
        if outlook.state == "Removed":
            # The operator takes the names of what it deletes out of the Config.
            config.get("spec", {}).pop("storage", None)
        return Goal(
            config=config,
            routes=self._routes(outlook),
            absent_routes=tuple(name for section in routes for name in section.absent_routes(outlook.before)),
            credentials=next((wanted for wanted in credentials if wanted is not None), None),
            waits=any(section.rolls_out(outlook) for section in self._sections),
            secrets={
                ref: wanted.body for ref, wanted in self.objects.items() if ref.resource == SECRET and wanted.body
            },
        )

    def _routes(self, outlook: Outlook) -> tuple[RouteGoal, ...]:
        declared = {route.name: route for section in self._sections for route in section.routes()}
        if outlook.state == "Managed" and outlook.before.get("spec", {}).get("managementState") != "Managed":
            # With the operator's care the registry's Routes come back, whoever declared them.
            return tuple({**listed_routes(outlook.after), **declared}.values())
        return tuple(declared.values())
