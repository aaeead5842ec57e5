# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: the next thing that volume provisioning and growth do to a claim."""

from __future__ import annotations

from decimal import Decimal

from kubernetes.utils.quantity import parse_quantity

from .actions import Action, patch
from .objects import Object


def turn(claims: list[Object], bind: bool) -> Action | None:
    """Decide one step: bind a pending claim, or give a bound one the size that it asks for.

    That only a class with allowVolumeExpansion lets a claim grow is the API server's own rule.
    """
    for claim in claims:
        if claim["status"]["phase"] == "Pending" and bind:
            return _bind(claim)
        if claim["status"]["phase"] == "Bound" and _is_small(claim):
            return patch("persistentvolumeclaims", claim, {"status": {"capacity": _requested(claim)}}, "status")
    return None


def _bind(claim: Object) -> Action:
    if "volumeName" not in claim["spec"]:
        return patch("persistentvolumeclaims", claim, {"spec": {"volumeName": f"pvc-{claim['metadata']['uid']}"}})
    status = {"phase": "Bound", "accessModes": claim["spec"]["accessModes"], "capacity": _requested(claim)}
    return patch("persistentvolumeclaims", claim, {"status": status}, "status")


def _requested(claim: Object) -> dict[str, str]:
    return {"storage": claim["spec"]["resources"]["requests"]["storage"]}


def _is_small(claim: Object) -> bool:
    capacity: Decimal = parse_quantity(claim["status"]["capacity"]["storage"])
    requested: Decimal = parse_quantity(_requested(claim)["storage"])
    return capacity < requested
