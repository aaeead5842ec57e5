# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of the Routes themselves when the operator acts on a change: pure.

A task writes no Route. But the operator takes over a Route that has the name of one that the Config lists, writes each
anew as soon as what it wants of it changes, with its own labels and annotations alone, and deletes what is not listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.ownership import owners
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    DEFAULT_ROUTE,
    OPERATOR_MARK,
    OPERATOR_NAMESPACE,
    REGISTRY_ROUTES,
    ROUTE,
    SECRET,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.routes import (
    SERVICE,
    TERMINATION,
    fields_of_others,
    is_marked,
    set_by_others,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot

CONSENT = "accept_settings_loss"
_SEE = f"Grant the right to list routes in the namespace {OPERATOR_NAMESPACE}"


def findings(change: Change, seen: Snapshot) -> Iterator[Finding]:
    """Yield which Routes the change takes over, and on which of them somebody's settings are lost."""
    if not change.steps or not change.before:
        return
    if seen.is_hidden(REGISTRY_ROUTES):
        yield from _blind_findings(change)
        return
    live = {route["metadata"]["name"]: route for route in seen.items(REGISTRY_ROUTES)}
    for name, route in sorted(live.items()):
        fate = _fate(name, route, change)
        refused = list(_adoption_findings(name, route, change)) if fate == "takes over" else []
        yield from refused
        if fate and not any(finding.severity == "error" for finding in refused):
            yield from _loss_findings(route, fate, _listed(change.before).get(name))


def _fate(name: str, route: dict[str, Any], change: Change) -> str:
    """Return what the operator does with a Route because of the change, "" if nothing."""
    before, after = _listed(change.before).get(name), _listed(change.after).get(name)
    if change.state == "Removed":
        return "deletes" if change.state_before != "Removed" and after is not None else ""
    if change.state != "Managed":
        return ""
    # What the operator of a Managed registry has to do already is not for this task to answer for.
    is_turned_on = change.state_before != "Managed"
    if after is None:
        return "deletes" if is_marked(route) and (before or is_turned_on) else ""
    if not is_marked(route):
        return "takes over" if before is None or is_turned_on else ""
    if before is None or is_turned_on:
        host = after.get("hostname")
        is_other = bool(host) and host != lookup(route, ("spec", "host"))
    else:
        is_other = before != after
    secret = after.get("secretName")
    return "rewrites" if is_other or (secret and change.step(SECRET(secret))) else ""


def _blind_findings(change: Change) -> Iterator[Finding]:
    """Yield which Routes the change touches that the user may not see.

    Those that the Config lists are supposed to be as it lists them, and to have settings of others.
    """
    before, after = _listed(change.before), _listed(change.after)
    for name in sorted({*before, *after}):
        is_there = name in before and change.state_before != "Removed"
        fate = _fate(name, _supposed(before[name]), change) if is_there else ""
        if fate:
            yield _blind_finding(
                name,
                f"what others put on the Route, which the operator removes when it {fate} it, or {CONSENT}: true",
                f"{_SEE}, or set {CONSENT} to true if such settings may be lost.",
                consent=CONSENT,
            )
        elif not is_there and name in after and change.state == "Managed":
            yield _blind_finding(
                name,
                "whether there is a Route of this name, which the operator would replace",
                f"{_SEE}, or make sure that nobody else has a Route of this name.",
                severity="warning",
            )


def _blind_finding(name: str, unseen: str, remedy: str, severity: str = "error", consent: str = "") -> Finding:
    return Finding(
        "cannot-see-routes",
        str(ROUTE(name)),
        "permission",
        "none to list routes",
        f"a look at {unseen}",
        remedy,
        severity,
        consent,
    )


def _supposed(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a Route as the operator makes it of an entry, as far as its fate depends on it."""
    return {"metadata": {"annotations": {OPERATOR_MARK: "true"}}, "spec": {"host": entry.get("hostname")}}


def _listed(config: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the Routes that a Config asks for, by name."""
    spec = config.get("spec", {})
    found = {route["name"]: {key: value for key, value in route.items() if value} for route in spec.get("routes") or []}
    return {**found, DEFAULT_ROUTE: {"name": DEFAULT_ROUTE}} if spec.get("defaultRoute") else found


def _adoption_findings(name: str, route: dict[str, Any], change: Change) -> Iterator[Finding]:
    option = "default_route" if name == DEFAULT_ROUTE else "routes"
    entry = _listed(change.after)[name]
    spec = route["spec"]
    found = [f"{owner} as owner" for owner in owners(route)] or [
        f"{what} {have or '(none)'}" for what, have, fits in _essentials(name, entry, spec) if not fits
    ]
    if found:
        yield Finding(
            "route-of-others",
            str(ROUTE(name)),
            option,
            f"a Route that the operator did not make, with {' and '.join(found)}",
            "a name that no other Route has, or a Route that serves the registry as declared",
            "The operator would replace it. Choose another name, or delete that Route first."
            if name != DEFAULT_ROUTE
            else "The operator would replace it. Delete that Route first, under another name if it is still needed.",
        )
        return
    replaced = [*fields_of_others(route), *_certificate(route)]
    yield Finding(
        "route-taken-over",
        str(ROUTE(name)),
        option,
        "a Route that the operator did not make, for the same host",
        "nothing else: the operator takes it over",
        (f"It replaces {', '.join(replaced)} by its own. " if replaced else "")
        + "It deletes the Route when the registry no longer has it.",
        "warning",
    )


def _essentials(name: str, entry: dict[str, Any], spec: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Yield what decides whether a Route is the one that is declared: what it is, its value, whether it fits."""
    host, to = spec.get("host") or "", spec.get("to") or {}
    declared = entry.get("hostname")
    generated = f"{name}-{OPERATOR_NAMESPACE}."
    yield "host", host, host == declared if declared else host.startswith(generated)
    termination = lookup(spec, ("tls", "termination")) or "none"
    yield "termination", termination, termination == TERMINATION
    target = f"{to.get('kind') or 'Service'} {to.get('name')}"
    yield "target", target, target == f"Service {SERVICE}"
    yield "path", spec.get("path") or "", spec.get("path") in (None, "", "/")


def _certificate(route: dict[str, Any]) -> list[str]:
    """Return the field that holds a Route's certificate, nothing if it has none."""
    return ["spec.tls.certificate"] if lookup(route, ("spec", "tls", "certificate")) else []


def _loss_findings(route: dict[str, Any], fate: str, listed: dict[str, Any] | None) -> Iterator[Finding]:
    """Yield what is lost of a Route; listed: its entry in the Config so far."""
    lost = [f"{kind} {key}" for kind, key in set_by_others(route)]
    if is_marked(route):
        # What the Config names no Secret for, the operator has given no certificate.
        own = _certificate(route) if listed and not listed.get("secretName") else []
        lost += [f"field {name}" for name in [*fields_of_others(route), *own]]
    if lost:
        yield Finding(
            "route-settings-lost",
            str(ROUTE(route["metadata"]["name"])),
            "metadata" if not lost[-1].startswith("field ") else "spec",
            f"{', '.join(lost)}, which the operator removes when it {fate} the Route",
            f"{CONSENT}: true",
            "Such settings last on a Route of your own, which the Config does not list. Move them there, or set "
            f"{CONSENT} to true if they may be lost.",
            consent=CONSENT,
        )
