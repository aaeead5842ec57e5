# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind: the Secret with the credentials with which the registry reaches its object store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.config import RULES
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Options
from ansible_collections.okd.image_registry.plugins.module_utils._desired.kind import Kind
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import keys
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backends import BACKENDS
from ansible_collections.okd.image_registry.plugins.module_utils._objects.deployment import dependencies_checksum
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.patch import merged
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    GENERATED_CREDENTIALS,
    MINTED_CREDENTIALS,
    REGISTRY_DEPLOYMENT,
    USER_CREDENTIALS,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.secrets import data, decoded, encoded
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.held import Held
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.passed_on import (
    CredentialsPassedOn,
    PodsRenewed,
    contains,
)
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.serving import Serving

_ELSEWHERE = (
    "The operator reads no other Secret: change the credentials where its owner gets them, and leave them out here."
)
_WITH_KEYS = [backend for backend in BACKENDS.values() if backend.keys]


class Credentials(Kind):
    """credentials: the keys of a backend, or state absent."""

    sections: ClassVar[dict[str, tuple[Field, ...]]] = {
        "credentials": (
            Field(
                "credentials",
                type="dict",
                fields=(
                    *(Field(backend.field.option, type="dict", fields=backend.keys) for backend in _WITH_KEYS),
                    Field("state", choices=("present", "absent"), default="present"),
                ),
            ),
        )
    }
    ref = USER_CREDENTIALS
    root = ("data",)

    def __init__(self, options: Options, sections: Iterable[str]):
        super().__init__(options, sections)
        declared = options.get("credentials") or {}
        self._is_declared = bool(declared)
        self._is_absent = declared.get("state") == "absent"
        self._values: dict[type[Backend], dict[str, str]] = {
            backend: {option: value for option, value in declared[backend.field.option].items() if value is not None}
            for backend in _WITH_KEYS
            if declared.get(backend.field.option) is not None
        }

    def wanted(self, seen: Snapshot) -> Iterable[Wanted]:
        asked: dict[str, Any] = {"option": "credentials", "elsewhere": _ELSEWHERE}
        if self._is_absent:
            return (Wanted(USER_CREDENTIALS, None, **asked),)
        stored = {
            field.path: encoded(values[field.option])
            for backend, values in self._values.items()
            for field in backend.keys
            if field.option in values
        }
        if not stored:
            return ()
        # The operator prefers one kind of key to another, so what was declared before must not stay.
        body = {**dict.fromkeys(keys.OURS), **stored}
        return (Wanted(USER_CREDENTIALS, {"data": body}, {"type": "Opaque"}, opens_medium=True, **asked),)

    def reads_first(self) -> set[Ref]:
        found = {USER_CREDENTIALS, GENERATED_CREDENTIALS, REGISTRY_DEPLOYMENT} if self._is_declared else set()
        return found | {MINTED_CREDENTIALS} if self._is_absent else found

    def mistakes(self) -> Iterator[Finding]:
        if self._is_declared and not self._is_absent and not self._values:
            remedy = "Give credentials.<backend>, or state absent to remove the Secret."
            yield keys.finding("credentials-incomplete", "none", "the keys of a backend", remedy)
        if self._is_absent and self._values:
            yield keys.finding(
                "credentials-absent-with-keys",
                "keys with state absent",
                "either keys or state absent",
                "Decide whether the Secret shall exist.",
            )
        for backend, values in self._values.items():
            yield from _value_findings(backend, values)
            if not keys.is_complete(backend, {field.path for field in backend.keys if field.option in values}):
                yield keys.finding(
                    "credentials-incomplete",
                    f"{' and '.join(values) or 'nothing'}",
                    keys.needed(backend, lambda field: field.option),
                    "Give all options that belong together.",
                    f"credentials.{backend.field.option}",
                )

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        if self._is_declared:
            yield from keys.missing(change, seen)
            yield from _project_findings(change)
        step = change.step(USER_CREDENTIALS) if self._is_absent else None
        further = sorted(key for key in data(step.live) if not key.startswith("REGISTRY_STORAGE_")) if step else []
        if further:
            yield Finding(
                "object-of-others",
                str(USER_CREDENTIALS),
                "credentials",
                f"further keys ({', '.join(further)})",
                "a Secret with nothing but keys to storage, because it is deleted",
                "Remove the further keys first, or delete the Secret yourself.",
            )

    def expected(self, change: Change, seen: Snapshot) -> Iterator[Expected]:
        # The operator reads no credentials for a claim or emptyDir.
        if not self._is_declared or keys.active(change) is None:
            return
        yield from (Held(wanted) for wanted in self.wanted(seen) if wanted.body)
        yield Serving(RULES)
        generated, before = self._generated(change, seen), dependencies_checksum(seen[REGISTRY_DEPLOYMENT])
        if generated is None:
            if before is not None and change.step(USER_CREDENTIALS):
                yield PodsRenewed(before, is_certain=False)
            return
        yield CredentialsPassedOn(generated)
        if before is not None and not contains(seen[GENERATED_CREDENTIALS], generated):
            yield PodsRenewed(before)

    def _generated(self, change: Change, seen: Snapshot) -> dict[str, str] | None:
        """Return what the Secret generated for the pods must contain, None if there is none or it cannot be told."""
        backend = keys.active(change)
        if backend is None:
            return None
        if self._is_absent and not seen.is_hidden(MINTED_CREDENTIALS):
            minted = data(seen[MINTED_CREDENTIALS])
            return backend.generated_from_minted({key: decoded(value) for key, value in minted.items()})
        return backend.generated(self._values[backend]) if backend in self._values else None


def _project_findings(change: Change) -> Iterator[Finding]:
    """Yield that another account may have another medium of the same name, where nothing says whose it is."""
    backend, step = keys.active(change), change.step(USER_CREDENTIALS)
    if not backend or not backend.project or step is None or step.body is None:
        return
    settings = change.storage.get(backend.field.option) or {}
    before, after = data(step.live), data(merged(step.live or {}, step.body))
    accounts = [field for field in backend.keys if field.names_account]
    changed = [field.option for field in accounts if before.get(field.path) != after.get(field.path)]
    # Without a Secret the account was that of the cluster.
    was_used = bool(lookup(change.before, ("status", "storage", backend.field.path)))
    is_known = any(before.get(field.path) for field in accounts) or (was_used and not before)
    is_settled = any(map(settings.get, backend.project)) and not set(changed) & set(backend.keys_of_project)
    if changed and is_known and not is_settled:
        yield Finding(
            "project-by-account",
            str(USER_CREDENTIALS),
            f"credentials.{backend.field.option}",
            "another account, whose project nothing in the storage settles",
            "the project with the images",
            "If the new account is of another project, the registry looks for the images there, and finds none. Make "
            "sure that it is of the same one.",
            "warning",
        )


def _value_findings(backend: type[Backend], values: dict[str, str]) -> Iterator[Finding]:
    for field in backend.keys:
        found = keys.malformed(field, values.get(field.option))
        if found:
            yield keys.finding(
                "credentials-malformed",
                found,
                "the value as the object store issued it",
                "The value is not shown here. Check how it reaches the task.",
                f"credentials.{backend.field.option}.{field.option}",
            )
