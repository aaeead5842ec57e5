# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pods were given what the task has changed outside of the Config: credentials, trusted certificates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._objects.certificates import Trust, is_due
from ansible_collections.okd.image_registry.plugins.module_utils._objects.deployment import dependencies_checksum
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    GENERATED_CREDENTIALS,
    REGISTRY_CERTIFICATES,
    REGISTRY_DEPLOYMENT,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.secrets import data, decoded
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import DONE, Expected, Verdict

_UNPROVEN = (
    "Nothing has changed for the pods since the credentials were written: either the operator makes of them what the "
    "pods have already, or it has not seen them yet. Pull an image to be sure. [credentials-unproven]"
)


@dataclass(frozen=True, eq=False)
class CredentialsPassedOn(Expected):
    """The Secret that the operator generates for the pods contains credentials: values by key, decoded."""

    credentials: dict[str, str]

    def refs(self) -> set[Ref]:
        return {CLUSTER_CONFIG, GENERATED_CREDENTIALS}

    def verdict(self, seen: Snapshot) -> Verdict:
        if _is_served(seen) and not contains(seen[GENERATED_CREDENTIALS], self.credentials):
            return Verdict("waiting", "the operator has not yet passed the new credentials on to the pods")
        return DONE


@dataclass(frozen=True)
class Trusted(Expected):
    """The authorities that the operator gives to the pods are those that are declared for the object store."""

    trust: Trust

    def refs(self) -> set[Ref]:
        return {CLUSTER_CONFIG, REGISTRY_CERTIFICATES}

    def verdict(self, seen: Snapshot) -> Verdict:
        config, live = seen[CLUSTER_CONFIG], seen[REGISTRY_CERTIFICATES]
        if not _is_served(seen) or live is None or self.trust.holds(live):
            return DONE
        is_observed = lookup(config, ("status", "observedGeneration")) == lookup(config, ("metadata", "generation"))
        # Touched before the operator had seen the Config, it may have been made of the Config before.
        state = "due" if is_observed and is_due(live, config, self.trust) else "waiting"
        return Verdict(state, "the operator has not yet given the pods the declared authorities of the object store")


@dataclass(frozen=True)
class PodsRenewed(Expected):
    """The pods were started with newer Secrets and ConfigMaps than those that a checksum stands for.

    is_certain: whether they need something newer; of new credentials the operator may make what it made before.
    """

    checksum_before: str
    is_certain: bool = True

    def refs(self) -> set[Ref]:
        return {CLUSTER_CONFIG, REGISTRY_DEPLOYMENT}

    def verdict(self, seen: Snapshot) -> Verdict:
        if _is_served(seen) and dependencies_checksum(seen[REGISTRY_DEPLOYMENT]) == self.checksum_before:
            words = "the pods do not yet have the new credentials or certificates"
            return Verdict("waiting", words, doubt="" if self.is_certain else _UNPROVEN)
        return DONE


def contains(secret: dict[str, Any] | None, values: dict[str, str]) -> bool:
    """Whether a Secret has these values, decoded, by key."""
    found = data(secret)
    return {key: decoded(found.get(key)) for key in values} == values


def _is_served(seen: Snapshot) -> bool:
    return bool(lookup(seen[CLUSTER_CONFIG], ("spec", "managementState")) == "Managed")
