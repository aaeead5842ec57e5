# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every storage backend has in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import DesiredObject, Outlook
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot


class Backend:
    """One key of spec.storage.

    option: its name among the options of storage; key: its name in the API; fields: option to field, for the options
    whose value is passed on as it is; named_by: the options that say which medium to use.
    """

    option: str
    key: str
    fields: ClassVar[dict[str, str]] = {}
    named_by: tuple[str, ...] = ()

    def __init__(self, options: dict[str, Any]):
        self.options = options

    @property
    def named_by_user(self) -> bool:
        """Whether the user says which medium to use, which makes it the user's."""
        return any(self.options.get(option) for option in self.named_by)

    def settings(self) -> dict[str, Any]:
        """Return the object below the key, as far as the options declare it.

        A name that is empty declares nothing: the operator would make up another one, and use a medium without images.
        """
        declared = {field: (name, self.options.get(name)) for name, field in self.fields.items()}
        return {
            field: value
            for field, (name, value) in declared.items()
            if value is not None and (value or name not in self.named_by)
        }

    def objects(self) -> list[DesiredObject]:
        """Return the objects that the backend needs besides the Config."""
        return []

    def reads(self, snapshot: Snapshot) -> set[Ref]:
        """Return what has to be read, in view of what was read already."""
        return set()

    def findings(self, outlook: Outlook) -> Iterator[Finding]:
        """Yield what the store, the operator or the API server would refuse."""
        return iter(())

    def finding(self, option: str, found: str, needed: str, remedy: str, severity: str = "error") -> Finding:
        """Return a finding about one of the options."""
        return Finding(str(CLUSTER_CONFIG), f"storage.{self.option}.{option}", found, needed, remedy, severity)
