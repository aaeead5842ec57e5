# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every section of the Config has in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import (
    Field,
    Options,
    manifest,
    mistakes,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.certificates import Trust
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected


class Section:
    """A group of options that become fields of the Config.

    fields: the options, with their paths below spec. Everything here is pure: options and a snapshot in, plain data
    out.
    """

    fields: ClassVar[tuple[Field, ...]]

    def __init__(self, options: Options):
        self.options = options

    @property
    def is_declared(self) -> bool:
        """Whether any of the options is given."""
        return any(self.options.get(field.option) is not None for field in self.fields)

    def spec(self, live: dict[str, Any]) -> dict[str, Any]:
        """Return the sparse spec that the options ask for, given the live one."""
        return manifest(self.fields, self.options, live)

    def wanted(self) -> Iterable[Wanted]:
        """Return the objects besides the Config that the options ask for."""
        return ()

    def trust(self, seen: Snapshot) -> Trust:
        """Return what the pods have to trust; of seen, no more than reads_first asks for is there."""
        return Trust()

    def reads_first(self) -> set[Ref]:
        """Return what to read, as far as the options alone tell it, besides the objects that are wanted."""
        return set()

    def reads(self, change: Change, seen: Snapshot) -> set[Ref]:
        """Return what else the checks need, given the change and what was already read."""
        return set()

    def mistakes(self) -> Iterator[Finding]:
        """Yield the mistakes in the options, which need no look at the cluster."""
        return mistakes(self.fields, self.options, str(CLUSTER_CONFIG))

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        """Yield what is wrong with the change on this cluster."""
        return iter(())

    def expected(self, change: Change, seen: Snapshot) -> Iterator[Expected]:
        """Yield what must be seen besides a Config that is served."""
        return iter(())

    def lasting(self) -> Section:
        """Return what stays declared once the Config is written."""
        return self
