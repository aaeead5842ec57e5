# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why the API server would refuse a step, from its answer to a dry run: pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired import secrecy
from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Step
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import brought_by
from ansible_collections.okd.image_registry.plugins.module_utils._desired.trial import Origin, Trial
from ansible_collections.okd.image_registry.plugins.module_utils._objects.canonical import canonical
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import ApiError, Finding, Forbidden
from ansible_collections.okd.image_registry.plugins.module_utils._objects.patch import merge_patch
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import Path, leaves, lookup
from ansible_collections.okd.image_registry.plugins.module_utils._secrets.mask import mask_pair

# API servers since 1.25 name the field; older ones drop it, which shows in what they answer.
_UNKNOWN_FIELD = re.compile(r'unknown field "([^"]+)"')
# Names of fields, as in `[0].maxSkew` and `[1].{topologyKey, whenUnsatisfiable}`; names of keys stand in brackets.
_FIELD_NAME = re.compile(r"(?<=[.{ ])\w+")
_INDEX = re.compile(r"\[\d+\]")
# A structure as Go prints it, in place of a value.
_GO_VALUE = re.compile(r"\w+\.\w+\{.*\}: ")


def refusals(step: Step, answer: Any) -> Iterator[Finding]:
    """Yield why the API server would refuse a step; answer: the object as it would be stored, or the ApiError."""
    if isinstance(answer, Forbidden) and answer.lacks_right:
        yield Finding(
            "cannot-write",
            str(step.ref),
            "permission",
            f"none ({answer.message})",
            f"the right to {step.action} {step.ref.resource.plural}",
            "Grant the right to the user, or connect as another user.",
        )
    elif isinstance(answer, ApiError):
        unknown = _UNKNOWN_FIELD.findall(answer.message)
        yield from (_unknown_field(step, field) for field in unknown)
        if not unknown:
            yield from _invalid(step, answer)
    elif answer is not None and step.action != "delete":
        yield from _not_stored(step, answer)


def trial_refusals(trial: Trial, answer: Any) -> Iterator[Finding]:
    """Yield what the API server finds wrong with an object that a controller would make of the change.

    Only what it says of the values counts. Who may not try such an object does without this check: the object is not
    written, so neither a missing right nor a policy about it keeps the task from anything.
    """
    if not isinstance(answer, ApiError) or answer.status != 422:
        return
    told: dict[tuple[str, bool], list[str]] = {}
    for cause in answer.causes:
        for place, origin in trial.origins.items():
            field = cause.get("field") or ""
            if field.startswith(place):
                words = told.setdefault((_option(origin, field[len(place) :]), origin.is_new), [])
                words.append(_GO_VALUE.sub("", cause.get("message") or answer.message))
    for (option, is_new), words in told.items():
        yield Finding(
            "refused-in-pods",
            str(trial.subject),
            option,
            f"a refused value ({'; '.join(words)})",
            "a value that the API server accepts in a pod",
            "The operator could not write the registry's Deployment with it, and would apply no other setting either.",
            "error" if is_new else "warning",
        )


def _option(origin: Origin, below: str) -> str:
    return origin.option + _FIELD_NAME.sub(lambda name: origin.names.get(name.group(), name.group()), below)


def _invalid(step: Step, answer: ApiError) -> Iterator[Finding]:
    for cause in answer.causes or [{"field": "", "message": answer.message}]:
        yield Finding(
            "refused-by-api",
            str(step.ref),
            cause.get("field") or "the object",
            f"a refused value ({cause.get('message') or answer.message})",
            "a value that the API server accepts",
            f"The API server answered {answer.status} {answer.reason} to a dry run.",
        )


def _not_stored(step: Step, answer: dict[str, Any]) -> Iterator[Finding]:
    """Yield what would not be stored as it was sent."""
    sent = step.managed
    declared, stored = mask_pair(secrecy.of(step.ref.resource), sent, answer)
    told: set[str] = set()
    for path, _value in leaves(merge_patch(sent, answer, step.wanted.rules) or {}):
        dropped = list(_dropped(lookup(sent, path), answer, path))
        yield from (_unknown_field(step, field) for field in dropped if field not in told)
        told.update(dropped)
        if dropped:
            continue
        wanted = lookup(declared, path)
        yield Finding(
            "changed-by-admission",
            str(step.ref),
            ".".join(path),
            f"{lookup(stored, path)!r}, which the API server would store",
            "none" if wanted is None else repr(wanted),
            "An admission policy of the cluster, mostly a mutating webhook, changes what is sent: oc get "
            "mutatingwebhookconfigurations,mutatingadmissionpolicies. Declare what it demands, or exempt the object.",
        )


def _dropped(sent: Any, answer: dict[str, Any], path: Path) -> Iterator[str]:
    """Yield the fields on the way to a path, or below it, that were sent and are not in the answer, topmost first."""
    for end in range(1, len(path) + 1):
        if lookup(answer, path[:end]) is None:
            yield ".".join(path[:end])
            return
    yield from _lacking(sent, lookup(answer, path), ".".join(path))


def _lacking(sent: Any, stored: Any, field: str) -> Iterator[str]:
    if isinstance(sent, dict) and isinstance(stored, dict):
        for key, below in sent.items():
            if key in stored:
                yield from _lacking(below, stored[key], f"{field}.{key}")
            elif canonical(below) is not None:
                yield f"{field}.{key}"
    elif isinstance(sent, list) and isinstance(stored, list) and len(sent) == len(stored):
        for index, pair in enumerate(zip(sent, stored)):
            yield from _lacking(*pair, f"{field}[{index}]")


def _unknown_field(step: Step, field: str) -> Finding:
    version = brought_by(step.ref, tuple(_INDEX.sub(".*", field).split(".")))
    return Finding(
        "unknown-field",
        str(step.ref),
        field,
        "a field that this cluster does not know",
        f"OpenShift {version} or newer" if version else "a cluster whose version knows it",
        "Check its spelling. Upgrade the cluster, or leave the option out. If it does know the field, an admission "
        "policy removes it.",
    )
