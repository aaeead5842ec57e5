# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be true on the cluster before a task may say that it is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import Ref


@dataclass(frozen=True)
class RouteGoal:
    """A Route that must be admitted.

    hostname: the host that must be served, None when the router's own choice will do.
    certificate, ca_certificate: the PEM texts that the Route must carry, None for what is not declared.
    """

    name: str
    hostname: str | None = None
    certificate: str | None = None
    ca_certificate: str | None = None


@dataclass(frozen=True)
class Goal:
    """What the sections of a task wait for.

    config: the sparse Config that must still hold; an operator or user may have overwritten it.
    routes, absent_routes: Routes that must be admitted, names of Routes that must be gone.
    credentials: what the Secret that the operator generates for the pods must contain, decoded, by key; None when the
    task declares none.
    waits: whether there is a rollout to wait for at all.
    secrets: the Secrets that are declared, sparse; somebody else may have overwritten them.
    """

    config: dict[str, Any] = field(default_factory=dict)
    routes: tuple[RouteGoal, ...] = ()
    absent_routes: tuple[str, ...] = ()
    credentials: dict[str, str] | None = None
    waits: bool = True
    secrets: dict[Ref, dict[str, Any]] = field(default_factory=dict)
