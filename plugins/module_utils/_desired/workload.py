# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Section: the settings of the pods that serve the registry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import Outlook, Section
from ansible_collections.okd.image_registry.plugins.module_utils._objects import compare
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG

# Option to field, for options whose value is passed on as it is.
_FIELDS = {
    "log_level": "logLevel",
    "operator_log_level": "operatorLogLevel",
    "http_secret": "httpSecret",
    "read_only": "readOnly",
    "disable_redirect": "disableRedirect",
}
# Maps that are declared as a whole: a key that is not declared is removed.
_MAPS = {
    "node_selector": "nodeSelector",
    "affinity": "affinity",
    "unsupported_config_overrides": "unsupportedConfigOverrides",
}
_PROXY = {"http": "http", "https": "https", "no_proxy": "noProxy"}
_QUEUE = {"max_running": "maxRunning", "max_in_queue": "maxInQueue", "max_wait_in_queue": "maxWaitInQueue"}
_TOLERATION = {
    "key": "key",
    "operator": "operator",
    "value": "value",
    "effect": "effect",
    "toleration_seconds": "tolerationSeconds",
}
_SPREAD = {
    "max_skew": "maxSkew",
    "topology_key": "topologyKey",
    "when_unsatisfiable": "whenUnsatisfiable",
    "label_selector": "labelSelector",
    "match_label_keys": "matchLabelKeys",
    "min_domains": "minDomains",
    "node_affinity_policy": "nodeAffinityPolicy",
    "node_taints_policy": "nodeTaintsPolicy",
}


class WorkloadSection(Section):
    """log levels, http_secret, proxies, requests, resources, placement of the pods and the like."""

    def __init__(self, options: dict[str, Any]):
        self._options = options

    def config(self, live: dict[str, Any]) -> dict[str, Any]:
        before = live.get("spec", {})
        declared = self._options
        spec = {field: declared[option] for option, field in _FIELDS.items() if declared.get(option) is not None}
        for option, field in _MAPS.items():
            if declared.get(option) is not None:
                spec[field] = compare.whole(declared[option], before.get(field)) or None
        resources = _resources(declared.get("resources") or {}, before.get("resources") or {})
        if resources:
            spec["resources"] = resources
        if declared.get("proxies"):
            spec["proxy"] = _renamed(declared["proxies"], _PROXY)
        if declared.get("requests"):
            limits = {kind: _renamed(limit, _QUEUE) for kind, limit in declared["requests"].items() if limit}
            spec["requests"] = {kind: limit for kind, limit in limits.items() if limit}
        for option, field, names in (
            ("tolerations", "tolerations", _TOLERATION),
            ("topology_spread_constraints", "topologySpreadConstraints", _SPREAD),
        ):
            if declared.get(option) is not None:
                spec[field] = [_renamed(entry, names) for entry in declared[option]]
        if declared.get("rotate_http_secret") and before.get("httpSecret"):
            # The operator makes up a new one for a Config that has none.
            spec["httpSecret"] = None
        return {"spec": spec} if spec else {}

    def findings(self, outlook: Outlook) -> Iterator[Finding]:
        if self._options.get("rotate_http_secret") and self._options.get("http_secret"):
            yield _finding(
                "rotate_http_secret",
                "true together with http_secret",
                "one of them",
                "Set a value of your own, or have the operator make up a new one.",
            )
        for kind, limit in (self._options.get("requests") or {}).items():
            yield from _queue_findings(kind, limit or {})
        yield from _quantity_findings(self._options.get("resources") or {})
        if self._options.get("unsupported_config_overrides"):
            yield _finding(
                "unsupported_config_overrides",
                "overrides that are not supported",
                "none on a cluster that is to be upgraded",
                "The cluster cannot be upgraded while they are set.",
                "warning",
            )


def _resources(declared: dict[str, Any], live: dict[str, Any]) -> dict[str, Any]:
    # No limits where there are none: resources that are there, even if empty, end what the operator requests by itself.
    kinds = {
        kind: amounts
        for kind, amounts in declared.items()
        if amounts or (amounts is not None and (kind == "requests" or live.get(kind)))
    }
    return {kind: compare.whole(amounts, live.get(kind)) or None for kind, amounts in kinds.items()}


def _renamed(options: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {field: options[option] for option, field in names.items() if options.get(option) is not None}


def _queue_findings(kind: str, limit: dict[str, Any]) -> Iterator[Finding]:
    for option in ("max_running", "max_in_queue"):
        if (limit.get(option) or 0) < 0:
            yield _finding(
                f"requests.{kind}.{option}", str(limit[option]), "0 (no limit) or more", "The operator refuses it."
            )
    wait = limit.get("max_wait_in_queue") or ""
    try:
        compare.duration(wait)
    except ValueError:
        yield _finding(
            f"requests.{kind}.max_wait_in_queue",
            repr(wait),
            "a Go duration such as 30s or 1m30s",
            "Use the units h, m, s, ms, us, ns. The API server accepts others, and the operator then stops.",
        )


def _quantity_findings(resources: dict[str, Any]) -> Iterator[Finding]:
    for kind, amounts in resources.items():
        for name, amount in (amounts or {}).items():
            try:
                compare.quantity(amount)
            except ValueError:
                yield _finding(
                    f"resources.{kind}.{name}",
                    repr(amount),
                    "a quantity such as 500m or 1Gi",
                    "Write it as Kubernetes does.",
                )


def _finding(field: str, found: str, needed: str, remedy: str, severity: str = "error") -> Finding:
    return Finding(str(CLUSTER_CONFIG), field, found, needed, remedy, severity)
