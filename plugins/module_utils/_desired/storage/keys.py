# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of the Secrets with credentials: which of them the operator needs for the backend in use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Callable

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import medium
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backends import BACKENDS
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    MINTED_CREDENTIALS,
    USER_CREDENTIALS,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.secrets import data
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot

# The user's Secret takes precedence, so the minted one counts only where there is no user's.
SOURCES = {USER_CREDENTIALS, MINTED_CREDENTIALS}
# Spellings that documents of OpenShift use and no operator reads.
_MISSPELT = {"REGISTRY_STORAGE_SWIFT_USER": "REGISTRY_STORAGE_SWIFT_USERNAME"}


def active(change: Change) -> type[Backend] | None:
    """Return the backend for which the operator reads credentials after the change, None if it reads none."""
    used = medium.of(change.storage)
    backend = BACKENDS[used.backend] if used else None
    return backend if backend and backend.keys else None


def is_complete(backend: type[Backend], names: set[str]) -> bool:
    """Whether the keys of a Secret are enough for the backend."""
    return any({field.path for field in group} <= names for group in _groups(backend))


def needed(backend: type[Backend], name: Callable[[Field], str]) -> str:
    """Say which keys, or options, the backend needs."""
    return ", or ".join(" and ".join(name(field) for field in group) for group in _groups(backend))


def missing(change: Change, seen: Snapshot) -> Iterator[Finding]:
    """Yield what keeps the operator from finding the credentials of the backend in use.

    The user's Secret takes precedence. A key that it lacks is not taken from that of the cloud credential operator.
    So a Secret that is left over from another backend breaks the registry.
    """
    backend = active(change)
    if backend is None or change.state != "Managed":
        return
    option, keys = backend.field.option, needed(backend, lambda field: field.path)
    if change.will_exist(USER_CREDENTIALS, seen):
        names = _key_names(change, seen)
        if not is_complete(backend, names):
            yield finding(
                "credentials-incomplete",
                f"a Secret with {', '.join(sorted(names)) or 'no keys'}",
                f"{keys} for storage.{option}",
                _misspelt(names) + f"Give credentials.{option}, or set credentials.state to absent if the cluster "
                "mints credentials. The operator does not use those as long as this Secret exists.",
            )
    elif MINTED_CREDENTIALS in seen and seen.is_absent(MINTED_CREDENTIALS):
        yield finding(
            "credentials-missing",
            f"no credentials for storage.{option}, neither here nor in {MINTED_CREDENTIALS}",
            keys,
            f"Give credentials.{option}.",
        )


def finding(code: str, found: str, needed: str, remedy: str, field: str = "credentials") -> Finding:
    """Return a finding about the user's Secret."""
    return Finding(code, str(USER_CREDENTIALS), field, found, needed, remedy)


def _groups(backend: type[Backend]) -> list[list[Field]]:
    fields = {field.option: field for field in backend.keys}
    return [[fields[option] for option in group] for group in backend.key_groups or (tuple(fields),)]


def _misspelt(names: set[str]) -> str:
    """Say which keys are spelt as documents have it and not as the operator reads them, "" if there are none."""
    wrong = sorted(names & _MISSPELT.keys())
    return "".join(f"The operator does not read {name}. It reads {_MISSPELT[name]}. " for name in wrong)


def _key_names(change: Change, seen: Snapshot) -> set[str]:
    """Return the keys that the user's Secret will have."""
    wanted = change.wanted.get(USER_CREDENTIALS)
    return {*data(seen.visible(USER_CREDENTIALS)), *data(wanted.body if wanted else None)}
