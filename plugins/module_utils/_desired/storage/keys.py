# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of the Secrets with credentials: which of them the operator needs for the backend in use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Callable

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
from ansible_collections.okd.image_registry.plugins.module_utils._objects.secrets import data, decoded
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot

# The user's Secret takes precedence, so the minted one counts only where there is no user's.
SOURCES = {USER_CREDENTIALS, MINTED_CREDENTIALS}
# The keys of all backends.
OURS = tuple(field.path for backend in BACKENDS.values() for field in backend.keys)
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
    # What this task does not declare, one before it may.
    may_come = USER_CREDENTIALS not in change.wanted
    if change.will_exist(USER_CREDENTIALS, seen):
        names = _key_names(change, seen)
        if not is_complete(backend, names):
            yield finding(
                "credentials-incomplete",
                f"a Secret with {', '.join(sorted(names)) or 'no keys'}",
                f"{keys} for storage.{option}",
                _misspelt(names) + f"Give credentials.{option}, or set credentials.state to absent if the cluster "
                "mints credentials. The operator does not use those as long as this Secret exists.",
                may_come=may_come,
            )
        yield from _malformed_findings(backend, change, seen)
    elif MINTED_CREDENTIALS in seen and seen.is_absent(MINTED_CREDENTIALS):
        yield finding(
            "credentials-missing",
            f"no credentials for storage.{option}, neither here nor in {MINTED_CREDENTIALS}",
            keys,
            f"Give credentials.{option}.",
            may_come=may_come,
        )


def left_over(change: Change, seen: Snapshot) -> Iterator[Finding]:
    """Yield that the user's Secret stays, for a backend that reads none."""
    if change.will_exist(USER_CREDENTIALS, seen):
        yield from left_over_beside(change.storage, _key_names(change, seen))


def left_over_beside(storage: dict[str, Any], names: Iterable[str]) -> Iterator[Finding]:
    """Yield the same of a spec.storage, and of the names of the keys in the Secret."""
    used, left = medium.of(storage), sorted(set(OURS).intersection(names))
    if used is None or BACKENDS[used.backend].keys or not left:
        return
    yield Finding(
        "credentials-left",
        str(USER_CREDENTIALS),
        "credentials",
        f"{', '.join(left)}, which this storage does not use",
        "no credentials of a store that is not used any more",
        "They stay valid until the store revokes them, and take the place of those that the cluster mints at the next "
        "switch. Remove the Secret with credentials.state absent.",
        "warning",
    )


def malformed(field: Field, value: str | None) -> str | None:
    """Say what is wrong with the value of a key, None if nothing is or there is no value."""
    if value is None:
        return None
    if not value.strip():
        return "an empty value"
    if field.type == "json":
        return None if _is_json_object(value) else "a text that is no JSON object"
    if value != value.strip() or not value.isprintable():
        return "a value with white space around it or control characters in it"
    if field.check and not field.check.accepts(value):
        return f"a value that is not {field.check.needed}"
    return None


def finding(
    code: str, found: str, needed: str, remedy: str, field: str = "credentials", may_come: bool = False
) -> Finding:
    """Return a finding about the user's Secret."""
    return Finding(code, str(USER_CREDENTIALS), field, found, needed, remedy, may_come=may_come)


def _malformed_findings(backend: type[Backend], change: Change, seen: Snapshot) -> Iterator[Finding]:
    """Yield what is wrong with the values that are there and stay; an error if this task has them used."""
    declared, stored = change.wanted.get(USER_CREDENTIALS), data(seen.visible(USER_CREDENTIALS))
    is_taken_up = change.storage != change.storage_before or change.state != change.state_before
    for field in backend.keys:
        is_declared = declared is not None and field.path in data(declared.body)
        found = malformed(field, decoded(stored[field.path])) if field.path in stored and not is_declared else None
        if found:
            problem = finding(
                "credentials-malformed",
                f"{found}, as {field.path}",
                "the value as the object store issued it",
                f"It is not shown here. Write the Secret without it, or give credentials.{backend.field.option}.",
                may_come=declared is None,
            )
            yield problem if is_taken_up else problem._replace(severity="warning")


def _is_json_object(value: str) -> bool:
    try:
        return isinstance(json.loads(value), dict)
    except ValueError:
        return False


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
    body = data(wanted.body if wanted else None)
    kept = set(data(seen.visible(USER_CREDENTIALS))) - body.keys()
    return kept | {key for key, value in body.items() if value is not None}
