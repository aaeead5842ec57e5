# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The authorities of the object store on their way to the pods.

The operator collects them in a ConfigMap of its own, in a part that no change of the Config wakes: only one of a
ConfigMap, a Secret or the like does, and it wakes by itself every ten minutes. So that ConfigMap is touched after the
Config, with the generation of the Config that the operator has observed: it is touched again only when the operator has
observed another one and has still not done it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.okd.image_registry.plugins.module_utils._objects import certificates
from ansible_collections.okd.image_registry.plugins.module_utils._objects.deployment import dependencies_checksum
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    REGISTRY_CERTIFICATES,
    REGISTRY_DEPLOYMENT,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Order, Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.passed_on import PodsRenewed, Trusted


def wanted(trusted: certificates.Trust, seen: Snapshot) -> Iterator[Wanted]:
    """Yield the touch that the operator needs, where it has not yet done what is declared."""
    live = seen.visible(REGISTRY_CERTIFICATES) if trusted != certificates.Trust() else None
    if live is not None and certificates.is_due(live, seen[CLUSTER_CONFIG], trusted):
        body = {"metadata": {"annotations": {certificates.MARK: certificates.mark(seen[CLUSTER_CONFIG])}}}
        yield Wanted(REGISTRY_CERTIFICATES, body, order=Order.AFTER_CONFIG, may_create=False)


def expected(trusted: certificates.Trust, seen: Snapshot) -> Iterator[Expected]:
    """Yield what shows that the pods trust what is declared."""
    yield Trusted(trusted)
    before, live = dependencies_checksum(seen[REGISTRY_DEPLOYMENT]), seen.visible(REGISTRY_CERTIFICATES)
    if before is not None and live is not None and not trusted.holds(live):
        yield PodsRenewed(before)
