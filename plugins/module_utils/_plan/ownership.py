# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an object that a task writes or deletes is somebody else's: pure."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change, Step
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.ownership import (
    declared_by_others,
    is_of_registry,
    is_written_by_us,
    keys,
    owners,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import fields
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    REGISTRY_CERTIFICATES,
)

_WRITTEN_ANYWAY = frozenset({CLUSTER_CONFIG, REGISTRY_CERTIFICATES})

_HEAD = frozenset({"apiVersion", "kind", "metadata"})


def findings(change: Change) -> Iterator[Finding]:
    """Yield whose the objects are that there are already, one rule for all.

    The Config is written all the same: there is one, and who declares the registry has to be told of others who do. The
    operator's own ConfigMap gets no more than a mark that wakes the operator.
    """
    for step in change.steps:
        if step.live is None:
            continue
        found = [] if step.ref in _WRITTEN_ANYWAY else list(_owner_findings(step, change))
        yield from found
        if not any(finding.severity == "error" for finding in found):
            yield from _declared_findings(step)


def _owner_findings(step: Step, change: Change) -> Iterator[Finding]:
    live = step.live or {}
    further = keys(live) - keys(step.wanted.body or {}) if step.wanted.is_alone else set()
    is_own = is_of_registry(live, step.ref, change.before)
    if found := owners(live):
        yield _error(step, f"{' and '.join(found)} as owner")
    elif further and not is_own:
        yield _error(step, f"further keys ({', '.join(sorted(further))})")
    elif step.wanted.is_alone and not is_own and is_written_by_us(live) is False:
        yield Finding(
            "object-taken-over",
            str(step.ref),
            step.wanted.option,
            "content that this collection did not write",
            "what the task declares",
            "The task replaces it. If something else uses it, stop and undo that: " + step.wanted.elsewhere,
            "warning",
        )


def _error(step: Step, found: str) -> Finding:
    needed = f"a {step.ref.resource.kind} that only the registry uses"
    return Finding("object-of-others", str(step.ref), step.wanted.option, found, needed, step.wanted.elsewhere)


def _declared_findings(step: Step) -> Iterator[Finding]:
    """Yield who declares the same fields, and sets them back."""
    # With an object goes all that it holds.
    body = step.body or {key: value for key, value in (step.live or {}).items() if key not in _HEAD}
    written = fields(body)
    declaring = declared_by_others(step.live or {}, body)
    if step.ref == CLUSTER_CONFIG:
        declaring |= {owner: written for owner in owners(step.live or {})}
    for who, names in declaring.items():
        yield Finding(
            "declared-elsewhere",
            str(step.ref),
            ", ".join(names),
            f"{who} as manager too",
            "one place that declares it",
            f"{who} sets it back the next time, or fails with a conflict. Change it there, or remove it there.",
            "warning",
        )
