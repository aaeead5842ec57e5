# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Section: the credentials with which the registry reaches its object store."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils.desired.base import DesiredObject, Outlook, Section
from ansible_collections.okd.image_registry.plugins.module_utils.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils.resources import (
    GENERATED_CREDENTIALS,
    MINTED_CREDENTIALS,
    USER_CREDENTIALS,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils.snapshot import Snapshot

# Option to key of the Secret.
_S3_KEYS = {
    "access_key": "REGISTRY_STORAGE_S3_ACCESSKEY",
    "secret_key": "REGISTRY_STORAGE_S3_SECRETKEY",
}


class CredentialsSection(Section):
    """credentials: the keys of one backend, or state absent."""

    def __init__(self, options: dict[str, Any]):
        declared = options.get("credentials") or {}
        self._declared = bool(declared)
        self._absent = declared.get("state") == "absent"
        self._s3: dict[str, str] | None = declared.get("s3")

    def objects(self) -> list[DesiredObject]:
        if self._absent:
            return [DesiredObject(USER_CREDENTIALS, None)]
        if not self._s3:
            return []
        data = {key: _encoded(self._s3[option]) for option, key in _S3_KEYS.items()}
        return [DesiredObject(USER_CREDENTIALS, {"data": data}, {"type": "Opaque"})]

    def reads(self, snapshot: Snapshot) -> set[Ref]:
        if self._absent:
            return reads(snapshot)
        return {USER_CREDENTIALS, GENERATED_CREDENTIALS} if self._s3 else set()

    def findings(self, outlook: Outlook) -> Iterator[Finding]:
        if self._declared and not self._absent and not self._s3:
            yield _finding(
                "none", "the keys of a backend", "Give credentials.s3, or state absent to remove the Secret."
            )
        if self._absent and self._s3:
            yield _finding(
                "keys with state absent", "either keys or state absent", "Decide whether the Secret shall exist."
            )
        for option in _S3_KEYS:
            value = (self._s3 or {}).get(option, "x")
            if not value or value != value.strip() or not value.isprintable():
                yield _finding(
                    "an empty value" if not value else "a value with white space around it or control characters in it",
                    "the key as the object store shows it",
                    "The value is not shown here; check how it reaches the task.",
                    f"credentials.s3.{option}",
                )
        if self._absent:
            yield from missing(outlook)

    def credentials(self, outlook: Outlook) -> str | None:
        if not self._s3 or self._absent or "s3" not in outlook.storage:
            return None
        access_key, secret_key = (self._s3[option] for option in _S3_KEYS)
        return f"[default]\naws_access_key_id = {access_key}\naws_secret_access_key = {secret_key}\n"

    def rolls_out(self, outlook: Outlook) -> bool:
        # The operator reads no credentials for a claim or emptyDir.
        return self._declared and "s3" in outlook.storage


def reads(snapshot: Snapshot) -> set[Ref]:
    """Return the user's Secret, and the one that takes its place if the user's does not exist."""
    if snapshot.known(USER_CREDENTIALS) and snapshot[USER_CREDENTIALS] is not None:
        return {USER_CREDENTIALS}
    return {USER_CREDENTIALS, MINTED_CREDENTIALS}


def missing(outlook: Outlook) -> Iterator[Finding]:
    """Yield what keeps the operator from finding credentials for S3.

    The user's Secret wins outright: a key that it lacks is not taken from the Secret of the cloud credential operator.
    """
    if "s3" not in outlook.storage or outlook.state != "Managed":
        return
    declared = outlook.desired.get(USER_CREDENTIALS)
    live = outlook.snapshot[USER_CREDENTIALS] if outlook.snapshot.known(USER_CREDENTIALS) else None
    will_exist = declared.body is not None if declared else live is not None
    if will_exist:
        data = {**((live or {}).get("data") or {}), **((declared.body if declared else None) or {}).get("data", {})}
        lacking = [key for key in _S3_KEYS.values() if key not in data]
        if lacking:
            yield _finding(
                f"a Secret without {' and '.join(lacking)}",
                f"the keys {' and '.join(_S3_KEYS.values())} for storage.s3",
                "Give credentials.s3; or credentials.state absent if the cluster mints credentials.",
            )
    elif outlook.snapshot.known(MINTED_CREDENTIALS) and outlook.snapshot[MINTED_CREDENTIALS] is None:
        yield _finding(
            f"no credentials for storage.s3, neither here nor in {MINTED_CREDENTIALS}",
            "an access key and a secret key",
            "Give credentials.s3.",
        )


def _encoded(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def _finding(found: str, needed: str, remedy: str, field: str = "credentials") -> Finding:
    return Finding(str(USER_CREDENTIALS), field, found, needed, remedy)
