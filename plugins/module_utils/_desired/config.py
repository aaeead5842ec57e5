# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind: the Config, which the operator reads, with the objects that it refers to."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Iterator
from typing import Any, ClassVar

from ansible_collections.okd.image_registry.plugins.module_utils._desired import pods, replicas, routes
from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Options, joined, rules
from ansible_collections.okd.image_registry.plugins.module_utils._desired.kind import Kind
from ansible_collections.okd.image_registry.plugins.module_utils._desired.replicas import ReplicasSection
from ansible_collections.okd.image_registry.plugins.module_utils._desired.routes import RoutesSection
from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import Section
from ansible_collections.okd.image_registry.plugins.module_utils._desired.state import StateSection
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import loss, redirect, trust
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backends import BACKENDS
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.section import StorageSection
from ansible_collections.okd.image_registry.plugins.module_utils._desired.trial import Trial
from ansible_collections.okd.image_registry.plugins.module_utils._desired.workload import WorkloadSection
from ansible_collections.okd.image_registry.plugins.module_utils._objects.canonical import Rules
from ansible_collections.okd.image_registry.plugins.module_utils._objects.certificates import Trust
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    REGISTRY_DEPLOYMENT,
    SECRET,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Order, Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.admitted import Admitted
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.held import Held
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.serving import Serving

_SECTIONS: dict[str, type[Section]] = {
    "state": StateSection,
    "storage": StorageSection,
    "replicas": ReplicasSection,
    "routes": RoutesSection,
    "workload": WorkloadSection,
}
# Options that decide whether those who pull are sent somewhere else, and where.
_OF_REDIRECTS = ("storage", "disable_redirect", "routes", "default_route")
FIELDS: tuple[Field, ...] = tuple(field for section in _SECTIONS.values() for field in section.fields)
RULES: Rules = rules(FIELDS, ("spec",))


class Config(Kind):
    """The Config `cluster`; nobody but the operator may create it."""

    sections: ClassVar[dict[str, tuple[Field, ...]]] = {name: section.fields for name, section in _SECTIONS.items()}
    ref = CLUSTER_CONFIG

    def __init__(self, options: Options, sections: Iterable[str]):
        super().__init__(options, sections)
        self._sections = [_SECTIONS[name](options) for name in sections]

    def reads_first(self) -> set[Ref]:
        found = {CLUSTER_CONFIG, REGISTRY_DEPLOYMENT, *(wanted.ref for wanted in self._referred())}
        return found.union(*(section.reads_first() for section in self._sections))

    def wanted(self, seen: Snapshot) -> Iterable[Wanted]:
        config = self._wanted(lookup(seen[CLUSTER_CONFIG], ("spec",)) or {})
        return [*self._referred(), config, *trust.wanted(self._trust(seen), seen)]

    def expected(self, change: Change, seen: Snapshot) -> Iterator[Expected]:
        # Judged against the Config as it will be: what was sent along with a switch only is not waited for.
        config = self._wanted(change.after.get("spec", {}))
        storage = lookup(config.body, ("spec", "storage"))
        if change.state == "Removed" and storage:
            # The operator takes the names of what it deletes out of the Config; whether it deletes must stay.
            for backend in BACKENDS:
                storage.pop(backend, None)
        yield Held(config)
        yield from (Held(wanted) for wanted in self._referred() if wanted.ref.resource == SECRET)
        yield Serving(RULES)
        for section in self._sections:
            yield from section.expected(change, seen)
        if change.state == "Managed" != change.state_before:
            # The registry's Routes come back, whoever declared them.
            yield Admitted(routes.of_config(change.after))
        if change.state == "Managed" and (declared := self._trust(seen)) != Trust():
            yield from trust.expected(declared, seen)

    def reads(self, change: Change, seen: Snapshot) -> set[Ref]:
        return loss.reads(change, seen, FIELDS).union(*(section.reads(change, seen) for section in self._sections))

    def trials(self, change: Change) -> Iterable[Trial]:
        return pods.trials(change)

    def mistakes(self) -> Iterator[Finding]:
        for section in self._sections:
            yield from section.mistakes()

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        if change.before:
            yield from replicas.stuck_findings(change)
        if any(self.options.get(option) is not None for option in _OF_REDIRECTS):
            yield from redirect.findings(change)
        for section in self._sections:
            yield from section.findings(change, seen)
        yield from loss.findings(change, seen, FIELDS)

    def lasting(self, written: Collection[Ref]) -> Config:
        if CLUSTER_CONFIG not in written:
            return self
        kept = copy.copy(self)
        kept._sections = [section.lasting() for section in self._sections]
        return kept

    def _trust(self, seen: Snapshot) -> Trust:
        """Return what the pods have to trust, as the options ask for it."""
        declared = [section.trust(seen) for section in self._sections]
        bundles = [entry.bundle for entry in declared if entry.bundle is not None]
        redirects = [entry.redirects for entry in declared if entry.redirects is not None]
        return Trust(bundles[0] if bundles else None, redirects[0] if redirects else None)

    def _referred(self) -> list[Wanted]:
        """Return the objects that the Config refers to, as the options ask for them."""
        return [wanted for section in self._sections for wanted in section.wanted()]

    def _wanted(self, live: dict[str, Any]) -> Wanted:
        spec: dict[str, Any] = {}
        for section in self._sections:
            spec = joined(spec, section.spec(live))
        return Wanted(CLUSTER_CONFIG, {"spec": spec} if spec else {}, order=Order.CONFIG, may_create=False, rules=RULES)
