# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether those who pull can follow when the registry sends them to the object store.

With redirects a client gets the layers from the store itself. The operator does not notice when it cannot reach it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._objects import names
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG

# Only pods resolve them; the container runtime of a node does not.
_CLUSTER_DOMAINS = (".svc", ".cluster.local")


def findings(change: Change) -> Iterator[Finding]:
    """Yield which redirects lead to where not all who pull can follow."""
    spec = change.after.get("spec", {})
    if spec.get("disableRedirect"):
        return
    host = names.host_of(lookup(change.storage, ("s3", "regionEndpoint")) or "")
    if host.endswith(_CLUSTER_DOMAINS):
        found = f"false with the store at {host}, a name that nodes do not resolve"
        yield _out_of_reach(found, "Pods on nodes, and everybody outside of the cluster,")
    is_private = lookup(change.storage, ("azure", "networkAccess", "type")) == "Internal"
    if is_private and (spec.get("defaultRoute") or spec.get("routes")):
        yield _out_of_reach(
            "false with a route and a storage account that has a private endpoint", "Clients of the route"
        )


def _out_of_reach(found: str, who: str) -> Finding:
    return Finding(
        "redirect-out-of-reach",
        str(CLUSTER_CONFIG),
        "disable_redirect",
        found,
        "true, for clients that cannot reach the store",
        f"{who} are sent to the store for layers, and their pulls fail while the operator reports Ready. Set "
        "disable_redirect to true: the registry then passes the layers on itself.",
        "warning",
    )
