# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operator's ConfigMap with authorities says of the object store's: pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.secrets import data

# The annotation with which the ConfigMap is touched. Its name has no prefix, as that of something private.
MARK = "okd-image-registry-config-generation"
_BUNDLE = "storage-ca-bundle.pem"
# Clients that the registry redirects to the store find the store's authority among those of the registry's own hosts.
_OWN_HOST = "image-registry.openshift-image-registry.svc"


class Trust(NamedTuple):
    """What is declared; None for what is not.

    bundle: the PEM text that the store is checked against, "" for none. redirects: whether clients are redirected to
    the store.
    """

    bundle: str | None = None
    redirects: bool | None = None

    def holds(self, live: dict[str, Any]) -> bool:
        """Whether the operator has done it."""
        found = data(live)
        bundle = found.get(_BUNDLE) or ""
        if self.bundle is not None and bundle.strip() != self.bundle.strip():
            return False
        own = [text for host, text in found.items() if host.startswith(_OWN_HOST)]
        return self.redirects is None or not bundle or all((bundle.strip() in text) == self.redirects for text in own)


def mark(config: dict[str, Any] | None) -> str:
    """Return what the annotation has to be: the generation of the Config that the operator has observed."""
    return str(lookup(config, ("status", "observedGeneration")) or 0)


def is_marked(live: dict[str, Any], config: dict[str, Any] | None) -> bool:
    """Whether the ConfigMap was touched since the operator has observed the Config as it is."""
    return (lookup(live, ("metadata", "annotations")) or {}).get(MARK) == mark(config)


def is_due(live: dict[str, Any], config: dict[str, Any] | None, trust: Trust) -> bool:
    """Whether the operator has to be woken.

    Where it takes the store into use it writes a Secret, which wakes it.
    """
    used = lookup(config, ("status", "storage", "s3")) is not None
    is_managed = lookup(config, ("spec", "managementState")) == "Managed"
    return is_managed and used and not trust.holds(live) and not is_marked(live, config)
