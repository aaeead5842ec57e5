# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every storage backend has in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import (
    Field,
    Identity,
    Options,
    manifest,
    mistakes,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.certificates import Trust
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    CLUSTER_INFRASTRUCTURE,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected


class Backend:
    """One key of spec.storage.

    field: its options below storage, and its key there. noun: how messages call a medium of it, "" where there are none
    that outlive the pods. driver: of the registry, with which it is reached, "" for that of its own name.
    is_told_to_pods: whether the Deployment has every field that says where images are, if it is set. settled_by: fields
    (of the API) that do not count if another field is set, with that field. project: fields of which one says whose the
    medium is; with none of them the account does that whose keys are used. keys: the options below credentials with
    its name, each with the key of the Secret that it becomes. keys_of_project: those of accounts that belong to one
    project, whatever the storage says. key_groups: which keys belong together, all of them unless it says otherwise;
    one group has to be complete.
    """

    field: ClassVar[Field]
    noun: ClassVar[str] = ""
    driver: ClassVar[str] = ""
    is_told_to_pods: ClassVar[bool] = False
    settled_by: ClassVar[Mapping[str, str]] = {}
    project: ClassVar[tuple[str, ...]] = ()
    keys_of_project: ClassVar[tuple[str, ...]] = ()
    keys: ClassVar[tuple[Field, ...]] = ()
    key_groups: ClassVar[tuple[tuple[str, ...], ...]] = ()

    def __init__(self, options: Options):
        self.options = options

    @classmethod
    def name_fields(cls) -> tuple[str, ...]:
        """Return the fields without which the backend names no medium."""
        return tuple(field.path for field in cls.field.fields or () if field.identity is Identity.NAME)

    @classmethod
    def identity_fields(cls) -> tuple[str, ...]:
        """Return the fields that say which medium it is; a change of one of them leaves the images behind."""
        return tuple(field.path for field in cls.field.fields or () if field.identity)

    @classmethod
    def place(cls, identity: Mapping[str, str]) -> dict[str, str]:
        """Return, of the values of the identity fields, what tells one medium from another, in its one spelling.

        An empty value means the platform's own, or what the operator chooses.
        """
        return dict(identity)

    @classmethod
    def generated(cls, values: dict[str, str]) -> dict[str, str] | None:
        """Return the content of the Secret that the operator generates for the pods, from the options of credentials.

        None if it cannot be told.
        """
        return {field.path: values[field.option] for field in cls.keys if field.option in values}

    @classmethod
    def generated_from_minted(cls, minted: dict[str, str]) -> dict[str, str] | None:
        """Return the same, from the decoded data of the Secret of the Cloud Credential Operator."""
        return None

    @staticmethod
    def is_elsewhere(platform: str, seen: Snapshot) -> bool:
        """Whether the cluster is known to run on another platform, so that the operator cannot choose for the user."""
        infrastructure = seen.visible(CLUSTER_INFRASTRUCTURE)
        return (lookup(infrastructure, ("status", "platformStatus", "type")) or platform) != platform

    @property
    def is_named(self) -> bool:
        """Whether the user names the medium. It then belongs to the user."""
        fields = self.field.fields or ()
        return any(self.options.get(field.option) for field in fields if field.identity is Identity.NAME)

    def settings(self) -> dict[str, Any]:
        """Return the object below the key, as far as the options declare it."""
        return manifest(self.field.fields or (), self.options)

    def wanted(self) -> Iterable[Wanted]:
        """Return the objects that the backend needs besides the Config."""
        return ()

    def trust(self, seen: Snapshot) -> Trust:
        """Return what the pods have to trust; of seen, no more than reads_first asks for is there."""
        return Trust()

    @classmethod
    def stored(cls, settings: dict[str, Any]) -> Backend:
        """Return the backend that the Config has, without any declared option."""
        return cls({})

    def reads_first(self) -> set[Ref]:
        """Return what to read, as far as the options alone tell it, besides the objects that are wanted."""
        return set()

    def reads(self, change: Change, seen: Snapshot) -> set[Ref]:
        """Return what else the checks need, given the change and what was already read."""
        return set()

    def mistakes(self) -> Iterator[Finding]:
        """Yield the mistakes in the options, which need no look at the cluster."""
        return mistakes(self.field.fields or (), self.options, str(CLUSTER_CONFIG), f"storage.{self.field.option}.")

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        """Yield what the store, the operator or the API server would refuse."""
        return iter(())

    def expected(self) -> Iterator[Expected]:
        """Yield what must be seen besides a Config that is served."""
        return iter(())

    def finding(self, code: str, option: str, found: str, needed: str, remedy: str, severity: str = "error") -> Finding:
        """Return a finding about one of the options."""
        name = f"storage.{self.field.option}.{option}"
        return Finding(code, str(CLUSTER_CONFIG), name, found, needed, remedy, severity)
