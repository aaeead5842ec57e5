# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ConfigMap with the CA of an object store, in a namespace where others hold what the whole cluster trusts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change, Step
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.ownership import (
    is_of_registry,
    is_written_by_us,
    names_in,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CONFIG_MAP_USERS,
    REGISTRY_CA_BUNDLE,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.secrets import data
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted

KEY = "ca-bundle.crt"
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)


def wanted(ref: Ref, certificates: str) -> Wanted:
    """Return the ConfigMap that holds certificates."""
    return Wanted(
        ref,
        {"data": {KEY: certificates}},
        option="storage.s3.trusted_ca",
        elsewhere=_elsewhere(ref),
        is_alone=True,
        opens_medium=True,
    )


def reads(ref: Ref, change: Change) -> set[Ref]:
    """Return what may refer to the ConfigMap that is written."""
    return set(CONFIG_MAP_USERS) if change.step(ref) else set()


def findings(ref: Ref, change: Change, seen: Snapshot) -> Iterator[Finding]:
    """Yield whose trust the task would change besides the registry's."""
    step = change.step(ref)
    if step is None:
        return
    users = [user for user in CONFIG_MAP_USERS if ref.name in _references(seen.visible(user))]
    hidden = [user for user in CONFIG_MAP_USERS if seen.is_hidden(user)]
    if users:
        yield _of_others(step, f"{' and '.join(map(str, users))} as owner, because it is named there")
    elif step.live is None:
        return
    # Of this name the documentation of OpenShift says that it is the registry's.
    elif hidden and ref != REGISTRY_CA_BUNDLE and not is_written_by_us(step.live):
        yield Finding(
            "cannot-see-users",
            str(ref),
            "permission",
            f"none to read {', '.join(map(str, hidden))}",
            "a look at what else may use this ConfigMap",
            f"Grant the right to get them. {step.wanted.elsewhere}",
        )
    elif not is_of_registry(step.live, ref, change.before):
        declared = _certificates(data(step.wanted.body).get(KEY))
        lost = _certificates(data(step.live).get(KEY)) - declared
        if declared and lost:
            yield _of_others(step, f"{len(lost)} certificate(s) that trusted_ca_certificates lacks")


def _of_others(step: Step, found: str) -> Finding:
    needed = "a ConfigMap that only the registry uses"
    return Finding("object-of-others", str(step.ref), step.wanted.option, found, needed, step.wanted.elsewhere)


def _elsewhere(ref: Ref) -> str:
    example = "" if ref == REGISTRY_CA_BUNDLE else f", such as {REGISTRY_CA_BUNDLE.name}"
    return f"Give another name as storage.s3.trusted_ca{example}."


def _references(user: dict[str, Any] | None) -> set[str]:
    return set(names_in((user or {}).get("spec")))


def _certificates(pem: str | None) -> set[str]:
    return {"".join(body.split()) for body in _CERTIFICATE.findall(pem or "")}
