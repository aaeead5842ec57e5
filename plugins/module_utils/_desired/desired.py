# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that a task declares: the kinds of objects together."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Iterator

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.config import Config
from ansible_collections.okd.image_registry.plugins.module_utils._desired.credentials import Credentials
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Options, since
from ansible_collections.okd.image_registry.plugins.module_utils._desired.kind import Kind
from ansible_collections.okd.image_registry.plugins.module_utils._desired.trial import Trial
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import Path
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected

Kinds = tuple[type[Kind], ...]
KINDS: Kinds = (Config, Credentials)


def fields(sections: Iterable[str], kinds: Kinds = KINDS) -> tuple[Field, ...]:
    """Return the options of sections, in the order of the sections."""
    tables = {name: table for kind in kinds for name, table in kind.sections.items()}
    return tuple(field for name in sections for field in tables[name])


def brought_by(ref: Ref, path: Path) -> str:
    """Return the OpenShift version that brought a field of an object, "" if every supported one has it."""
    versions = (since(kind.fields(), path[len(kind.root) :]) for kind in KINDS if kind.ref == ref)
    return next(filter(None, versions), "")


class Desired:
    """The desired state of one task.

    options: the validated options of the module. sections: those that the module has. kinds: those that there are.
    """

    def __init__(self, options: Options, sections: Iterable[str], kinds: Kinds = KINDS):
        chosen = [(kind, [name for name in sections if name in kind.sections]) for kind in kinds]
        self._kinds = [kind(options, names) for kind, names in chosen if names]

    def lasting(self, written: Collection[Ref]) -> Desired:
        """Return what stays desired after objects are written. An action, such as a rotation, is not repeated."""
        kept = copy.copy(self)
        kept._kinds = [kind.lasting(written) for kind in self._kinds]
        return kept

    def reads_first(self) -> set[Ref]:
        """Return what has to be read before the change can be worked out."""
        return set().union(*(kind.reads_first() for kind in self._kinds))

    def reads(self, change: Change, seen: Snapshot) -> set[Ref]:
        """Return what else the checks need, given the change and what was already read."""
        return set().union(*(kind.reads(change, seen) for kind in self._kinds))

    def wanted(self, seen: Snapshot) -> list[Wanted]:
        """Return all objects in their desired state."""
        return [wanted for kind in self._kinds for wanted in kind.wanted(seen)]

    def trials(self, change: Change) -> list[Trial]:
        """Return what controllers will make of the change, for a dry run of it."""
        return [trial for kind in self._kinds for trial in kind.trials(change)]

    def mistakes(self) -> Iterator[Finding]:
        """Yield the mistakes in the options, which need no look at the cluster."""
        for kind in self._kinds:
            yield from kind.mistakes()

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        """Yield what is wrong with the change on this cluster."""
        for kind in self._kinds:
            yield from kind.findings(change, seen)

    def expected(self, change: Change, seen: Snapshot) -> list[Expected]:
        """Return what the cluster must show before the task is done; nothing where nothing is rolled out."""
        return list(dict.fromkeys(entry for kind in self._kinds for entry in kind.expected(change, seen)))
