# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Section: the credentials with which the registry reaches its object store."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired import keys
from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import DesiredObject, Outlook, Section
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    GENERATED_CREDENTIALS,
    MINTED_CREDENTIALS,
    USER_CREDENTIALS,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot


class CredentialsSection(Section):
    """credentials: the keys of a backend, or state absent."""

    def __init__(self, options: dict[str, Any]):
        declared = options.get("credentials") or {}
        self._declared = bool(declared)
        self._absent = declared.get("state") == "absent"
        given = {backend: declared[backend] for backend in keys.NAMES if declared.get(backend) is not None}
        self._values = {
            backend: {option: value for option, value in values.items() if value is not None}
            for backend, values in given.items()
        }

    def objects(self) -> list[DesiredObject]:
        if self._absent:
            return [DesiredObject(USER_CREDENTIALS, None)]
        data = {
            keys.NAMES[backend][option]: base64.b64encode(value.encode()).decode()
            for backend, values in self._values.items()
            for option, value in values.items()
        }
        return [DesiredObject(USER_CREDENTIALS, {"data": data}, {"type": "Opaque"})] if data else []

    def reads(self, snapshot: Snapshot) -> set[Ref]:
        wanted = {USER_CREDENTIALS, GENERATED_CREDENTIALS} if self._declared else set()
        return wanted | {MINTED_CREDENTIALS} if self._absent else wanted

    def findings(self, outlook: Outlook) -> Iterator[Finding]:
        if self._declared and not self._absent and not self._values:
            yield _finding(
                "none", "the keys of a backend", "Give credentials.<backend>, or state absent to remove the Secret."
            )
        if self._absent and self._values:
            yield _finding(
                "keys with state absent", "either keys or state absent", "Decide whether the Secret shall exist."
            )
        for backend, values in self._values.items():
            yield from _value_findings(backend, values)
            if not keys.is_complete(backend, {keys.NAMES[backend][option] for option in values}):
                yield _finding(
                    f"{' and '.join(values) or 'nothing'}",
                    keys.needed_options(backend),
                    "Give all that belong together.",
                    f"credentials.{backend}",
                )
        if self._declared:
            yield from missing(outlook)

    def credentials(self, outlook: Outlook) -> dict[str, str] | None:
        backend = keys.active(outlook.storage)
        if self._absent and backend and outlook.snapshot.known(MINTED_CREDENTIALS):
            return keys.generated_from_minted(backend, (outlook.snapshot[MINTED_CREDENTIALS] or {}).get("data") or {})
        return keys.generated(backend, self._values[backend]) if backend in self._values else None

    def rolls_out(self, outlook: Outlook) -> bool:
        # The operator reads no credentials for a claim or emptyDir.
        return self._declared and keys.active(outlook.storage) is not None


def reads(snapshot: Snapshot) -> set[Ref]:
    """Return the user's Secret, and the one that takes its place if the user's does not exist."""
    if snapshot.known(USER_CREDENTIALS) and snapshot[USER_CREDENTIALS] is not None:
        return {USER_CREDENTIALS}
    return {USER_CREDENTIALS, MINTED_CREDENTIALS}


def missing(outlook: Outlook) -> Iterator[Finding]:
    """Yield what keeps the operator from finding the credentials of the backend in use.

    The user's Secret wins outright: a key that it lacks is not taken from the Secret of the cloud credential operator.
    So a Secret that is left over from another backend breaks the registry.
    """
    backend = keys.active(outlook.storage)
    if backend is None or outlook.state != "Managed":
        return
    if outlook.will_exist(USER_CREDENTIALS):
        names = _key_names(outlook)
        if not keys.is_complete(backend, names):
            yield _finding(
                f"a Secret with {', '.join(sorted(names)) or 'no keys'}",
                f"{keys.needed_names(backend)} for storage.{backend}",
                keys.misspelt(names) + f"Give credentials.{backend}; or credentials.state absent if the cluster mints "
                "credentials: this Secret takes their place as long as it exists.",
            )
    elif outlook.snapshot.known(MINTED_CREDENTIALS) and outlook.snapshot[MINTED_CREDENTIALS] is None:
        yield _finding(
            f"no credentials for storage.{backend}, neither here nor in {MINTED_CREDENTIALS}",
            keys.needed_names(backend),
            f"Give credentials.{backend}.",
        )


def _key_names(outlook: Outlook) -> set[str]:
    """Return the keys that the user's Secret will have."""
    declared = outlook.desired.get(USER_CREDENTIALS)
    live = outlook.snapshot[USER_CREDENTIALS] if outlook.snapshot.known(USER_CREDENTIALS) else None
    return {*((live or {}).get("data") or {}), *((declared.body if declared else None) or {}).get("data", {})}


def _value_findings(backend: str, values: dict[str, str]) -> Iterator[Finding]:
    for option, value in values.items():
        found = None
        if not value.strip():
            found = "an empty value"
        elif (backend, option) == keys.DOCUMENT:
            found = None if _is_json_object(value) else "a text that is no JSON object"
        elif value != value.strip() or not value.isprintable():
            found = "a value with white space around it or control characters in it"
        if found:
            yield _finding(
                found,
                "the value as the object store issued it",
                "It is not shown here; check how it reaches the task.",
                f"credentials.{backend}.{option}",
            )


def _is_json_object(value: str) -> bool:
    try:
        return isinstance(json.loads(value), dict)
    except ValueError:
        return False


def _finding(found: str, needed: str, remedy: str, field: str = "credentials") -> Finding:
    return Finding(str(USER_CREDENTIALS), field, found, needed, remedy)
