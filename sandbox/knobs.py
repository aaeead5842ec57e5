# SPDX-License-Identifier: GPL-3.0-or-later
"""Knobs of the stand-ins: what a test or a demo sets in the ConfigMap `knobs` of the namespace `sandbox`."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import kopf

NAMESPACE = "sandbox"
NAME = "knobs"
IN_FORCE = "sandbox.example.com/in-force"
"""Annotation of the ConfigMap: `fingerprint` of the data that the stand-ins act by."""

POD_OUTCOMES = ("ready", "crash", "image-pull", "unschedulable", "pending")


@dataclass(frozen=True)
class Knobs:
    """Behaviour of the stand-ins; the defaults are a healthy cluster.

    The key in the ConfigMap is the field's name in camel case: `pod_ready_delay` is `podReadyDelay`.
    """

    pod_ready_delay: float = 0.3
    """Seconds from a pod's creation until it is Ready."""
    pod_outcome: str = "ready"
    """What becomes of new pods: one of `POD_OUTCOMES`."""
    hold_rollout: bool = False
    """New pods do not become Ready while this is set."""
    progress_deadline: float | None = None
    """Seconds until ProgressDeadlineExceeded; None: the Deployment's own progressDeadlineSeconds."""
    refuse_routes: frozenset[str] = frozenset()
    """Names of the Routes that the router does not admit; `*` stands for all of them."""
    refuse_reason: str = "HostAlreadyClaimed"
    """Reason in the Admitted condition of a refused Route."""
    refuse_message: str = "a route in another namespace holds the requested host"
    """Message in the Admitted condition of a refused Route."""
    route_admission_delay: float = 0.05
    """Seconds until the router reports a new or changed Route."""
    apps_domain: str = "apps.sandbox.example.com"
    """Domain of the hosts that the router allocates."""
    storage_call: str = "ok"
    """`ok`: the object store is called; otherwise the error code with which it refuses each request of the operator."""
    inertia: float = 300.0
    """Seconds without Available until the operator reports Degraded `Unavailable`."""
    cache_lag: float = 0.05
    """Age in seconds of the Deployment that the operator computes its conditions from."""
    conflict: int = 0
    """So many syncs of the operator overwrite a concurrent spec edit with the operator's earlier copy."""
    operator_paused: bool = False
    """The operator does not sync, as one that waits for a cloud that does not answer; it keeps its lease."""
    operator_crashed: bool = False
    """The operator has crashed: it does not sync. The next one has to wait until the lease has run out."""
    lease_duration: float = 10.0
    """Seconds that the operator's lease lasts; the real one 137."""
    bind_claims: bool = True
    """Claims become Bound; otherwise they stay Pending."""

    def refuses(self, route: str) -> bool:
        """Whether the router refuses the Route of this name."""
        return "*" in self.refuse_routes or route in self.refuse_routes


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise ValueError(text)
    return value


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError(text)
    return int(text)


def _flag(text: str) -> bool:
    return {"true": True, "false": False}[text]


def _outcome(text: str) -> str:
    if text not in POD_OUTCOMES:
        raise ValueError(text)
    return text


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split(",") if name.strip())


def _word(text: str) -> str:
    if not text or any(character.isspace() for character in text):
        raise ValueError(text)
    return text


_Reader = tuple[Callable[[str], Any], str]
_SECONDS: _Reader = (_seconds, "a number of seconds, 0 or more")
_FLAG: _Reader = (_flag, "`true` or `false`")
_WORD: _Reader = (_word, "a word without white space")

_READERS: dict[str, _Reader] = {
    "pod_ready_delay": _SECONDS,
    "pod_outcome": (_outcome, "one of " + ", ".join(POD_OUTCOMES)),
    "hold_rollout": _FLAG,
    "progress_deadline": _SECONDS,
    "refuse_routes": (_names, "a comma-separated list of Route names, or `*`"),
    "refuse_reason": _WORD,
    "refuse_message": (str, "a text"),
    "route_admission_delay": _SECONDS,
    "apps_domain": _WORD,
    "storage_call": _WORD,
    "inertia": _SECONDS,
    "cache_lag": _SECONDS,
    "conflict": (_count, "a whole number, 0 or more"),
    "operator_paused": _FLAG,
    "operator_crashed": _FLAG,
    "lease_duration": _SECONDS,
    "bind_claims": _FLAG,
}


def _key(field_name: str) -> str:
    first, *others = field_name.split("_")
    return first + "".join(part.capitalize() for part in others)


FIELD_OF_KEY: dict[str, str] = {_key(field.name): field.name for field in fields(Knobs)}
"""ConfigMap key to field name, in the order in which `Knobs` declares them."""


def parse(data: Mapping[str, str]) -> Knobs:
    """Knobs from a ConfigMap's data; an absent key keeps its default.

    Raises ValueError that lists every unknown key and every bad value with what is needed.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    for key, text in data.items():
        field_name = FIELD_OF_KEY.get(key)
        if field_name is None:
            problems.append(f"unknown knob {key!r}; known are {', '.join(FIELD_OF_KEY)}")
            continue
        read, needed = _READERS[field_name]
        try:
            values[field_name] = read(text)
        except (ValueError, KeyError):
            problems.append(f"knob {key}={text!r}: need {needed}")
    if problems:
        raise ValueError("; ".join(problems))
    return Knobs(**values)


_current = Knobs()
_changed = asyncio.Event()


def current() -> Knobs:
    """The knobs as last seen in the ConfigMap; safe to call from any thread."""
    return _current


async def changed(known: Knobs) -> Knobs:
    """Wait until the knobs differ from `known` and return them; only for the event loop that kopf runs in."""
    while _current == known:
        await _changed.wait()
    return _current


def fingerprint(data: Mapping[str, str]) -> str:
    """What the annotation `IN_FORCE` says once this data is in force; compare it to know that the stand-ins follow."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


async def follow(event: Mapping[str, Any], patch: dict[str, Any], logger: kopf.Logger, **_: Any) -> None:
    """Keep `current()` equal to the ConfigMap; a bad one is reported in the log and the earlier knobs stay."""
    global _current, _changed
    data = {} if event["type"] == "DELETED" else event["object"].get("data") or {}
    try:
        _current = parse(data)
    except ValueError as error:
        logger.error("ConfigMap %s/%s is not used: %s", NAMESPACE, NAME, error)
        return
    waiting, _changed = _changed, asyncio.Event()
    waiting.set()
    annotations = event["object"]["metadata"].get("annotations") or {}
    if event["type"] != "DELETED" and annotations.get(IN_FORCE) != fingerprint(data):
        patch["metadata"] = {"annotations": {IN_FORCE: fingerprint(data)}}


# Not as a decorator, which would leave a function that only kopf can call.
kopf.on.event("", "v1", "configmaps", when=lambda namespace, name, **_: (namespace, name) == (NAMESPACE, NAME))(follow)
