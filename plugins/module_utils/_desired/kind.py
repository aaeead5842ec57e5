# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every kind of object that a task declares has in common."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import ClassVar

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Options
from ansible_collections.okd.image_registry.plugins.module_utils._desired.trial import Trial
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import Path
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected


class Kind:
    """One kind of object, as the options of a task declare it.

    sections: the options by the name of the section that they belong to; a module has one section or more. ref: the
    object whose fields they become. root: the path in it at which the paths of the options begin. Everything here is
    pure: options and a snapshot in, plain data out.
    """

    sections: ClassVar[dict[str, tuple[Field, ...]]]
    ref: ClassVar[Ref]
    root: ClassVar[Path] = ("spec",)

    def __init__(self, options: Options, sections: Iterable[str]):
        """Take the options of a task, of which only those of the given sections count."""
        self.options = options

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """Return the options of all sections."""
        return tuple(field for table in cls.sections.values() for field in table)

    def reads_first(self) -> set[Ref]:
        """Return what has to be read before the change can be worked out, including the objects that are wanted.

        It follows from the options alone. What is certainly needed later belongs here too: to read it costs no time.
        """
        raise NotImplementedError

    def wanted(self, seen: Snapshot) -> Iterable[Wanted]:
        """Return the objects in their desired state; seen: only what reads_first asks for."""
        raise NotImplementedError

    def expected(self, change: Change, seen: Snapshot) -> Iterable[Expected]:
        """Return what the cluster must show before the task is done; seen: only what reads_first asks for."""
        return ()

    def reads(self, change: Change, seen: Snapshot) -> set[Ref]:
        """Return what else the checks need, given the change and what was already read."""
        return set()

    def trials(self, change: Change) -> Iterable[Trial]:
        """Return what a controller will make of the change, for a dry run of it."""
        return ()

    def mistakes(self) -> Iterator[Finding]:
        """Yield the mistakes in the options, which need no look at the cluster."""
        return iter(())

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        """Yield what is wrong with the change on this cluster."""
        return iter(())

    def lasting(self, written: Collection[Ref]) -> Kind:
        """Return what stays declared after objects are written. An action, such as a rotation, is not repeated."""
        return self
