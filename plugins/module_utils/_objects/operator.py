# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who of the operator's pods works, and what keeps it from working: pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects import pods
from ansible_collections.okd.image_registry.plugins.module_utils._objects.conditions import condition
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import OPERATOR_LEASE


def silence(lease: dict[str, Any] | None, its_pods: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what tells why the operator does nothing, as far as its lease and its pods show it."""
    running = {pod["metadata"]["name"] for pod in its_pods if condition(pod, "Ready").get("status") == "True"}
    spec = lookup(lease, ("spec",)) or {}
    # The name of the pod, then an identifier that each of its starts has anew.
    holder = (spec.get("holderIdentity") or "").split("_")[0]
    if holder:
        since, seconds = spec.get("renewTime"), spec.get("leaseDurationSeconds")
        text = f"Lease {OPERATOR_LEASE.name} is held by {holder}, which renewed it at {since}"
        if holder not in running:
            text += f" and does not run any more: another pod takes over {seconds} seconds after that"
        yield text
    for pod in its_pods:
        name = pod["metadata"]["name"]
        if name not in running:
            yield pods.trouble([pod]) or f"pod {name} is not ready"
        elif name != holder:
            yield f"pod {name} runs and waits for the lease" if holder else f"pod {name} runs"
