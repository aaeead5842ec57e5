# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Section: the settings of the pods that serve the registry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.checks import (
    DURATION,
    PROXY_URL,
    Check,
    one_of,
)
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Form, never
from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import Section
from ansible_collections.okd.image_registry.plugins.module_utils._objects.certificates import Trust
from ansible_collections.okd.image_registry.plugins.module_utils._objects.duration import duration
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.patch import whole
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    REGISTRY_CERTIFICATES,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.rotated import Rotated

_LOG_LEVELS = ("Normal", "Debug", "Trace", "TraceAll")
_LIMIT = one_of("invalid-limit", range(2**63), "0 (no limit) or more", "The operator refuses it.")


def _is_decodable(overrides: dict[str, Any]) -> bool:
    """Whether the operator can decode the overrides that it knows."""
    deployment = overrides.get("deployment") or {}
    if not isinstance(deployment, dict) or not isinstance(deployment.get("annotations") or {}, dict):
        return False
    texts = [*(deployment.get("annotations") or {}).values(), deployment.get("runtimeClassName")]
    return all(text is None or isinstance(text, str) for text in texts)


# What the operator reads of the overrides.
_DEPLOYMENT_OVERRIDES = ("annotations", "runtimeClassName")
_OVERRIDES = Check(
    "overrides-undecodable",
    _is_decodable,
    "a dictionary deployment, with annotations that are texts and a runtimeClassName that is a text",
    "The operator cannot decode others, and would apply no setting at all.",
)

_QUEUE = (
    Field("max_running", "maxRunning", "int", check=_LIMIT),
    Field("max_in_queue", "maxInQueue", "int", check=_LIMIT),
    Field("max_wait_in_queue", "maxWaitInQueue", form=Form.DURATION),
)

_TOLERATION = (
    Field("key", "key"),
    Field("operator", "operator", choices=("Exists", "Equal")),
    Field("value", "value"),
    Field("effect", "effect", choices=("NoSchedule", "PreferNoSchedule", "NoExecute")),
    Field("toleration_seconds", "tolerationSeconds", "int"),
)

_SPREAD = (
    Field("max_skew", "maxSkew", "int", required=True),
    Field("topology_key", "topologyKey", required=True),
    Field("when_unsatisfiable", "whenUnsatisfiable", required=True, choices=("DoNotSchedule", "ScheduleAnyway")),
    Field("label_selector", "labelSelector", "dict", is_pointer=True),
    Field("match_label_keys", "matchLabelKeys", "list", elements="str"),
    Field("min_domains", "minDomains", "int"),
    Field("node_affinity_policy", "nodeAffinityPolicy", choices=("Honor", "Ignore")),
    Field("node_taints_policy", "nodeTaintsPolicy", choices=("Honor", "Ignore")),
)


def _is_other_level(before: str | None, after: str | None) -> bool:
    # The registry logs what is normal, or everything.
    return (before in (None, "", "Normal")) != (after in (None, "", "Normal"))


class WorkloadSection(Section):
    """log levels, http_secret, proxies, requests, resources, placement of the pods and the like."""

    fields = (
        Field(
            "log_level",
            "logLevel",
            choices=_LOG_LEVELS,
            since="4.6",
            replaces_pods=_is_other_level,
            operator_default="Normal",
        ),
        Field(
            "operator_log_level",
            "operatorLogLevel",
            choices=_LOG_LEVELS,
            since="4.6",
            replaces_pods=never,
            operator_default="Normal",
        ),
        Field("http_secret", "httpSecret", secret=True),
        Field("rotate_http_secret", type="bool", default=False),
        Field(
            "proxies",
            "proxy",
            "dict",
            fields=(
                Field("http", "http", holds_password=True, check=PROXY_URL),
                Field("https", "https", holds_password=True, check=PROXY_URL),
                Field("no_proxy", "noProxy", takes_list=True),
            ),
        ),
        Field("read_only", "readOnly", "bool"),
        Field("disable_redirect", "disableRedirect", "bool", since="4.2"),
        Field(
            "requests",
            "requests",
            "dict",
            fields=(Field("read", "read", "dict", fields=_QUEUE), Field("write", "write", "dict", fields=_QUEUE)),
        ),
        Field(
            "resources",
            "resources",
            "dict",
            is_pointer=True,
            fields=(
                Field("requests", "requests", "dict", form=Form.QUANTITIES),
                Field("limits", "limits", "dict", form=Form.QUANTITIES),
            ),
        ),
        Field("node_selector", "nodeSelector", "dict", form=Form.LABELS, is_pointer=True),
        Field("tolerations", "tolerations", "list", elements="dict", fields=_TOLERATION),
        Field("affinity", "affinity", "dict", form=Form.MAP, is_pointer=True, since="4.5"),
        Field(
            "topology_spread_constraints",
            "topologySpreadConstraints",
            "list",
            elements="dict",
            fields=_SPREAD,
            is_pointer=True,
            since="4.11",
        ),
        Field(
            "unsupported_config_overrides",
            "unsupportedConfigOverrides",
            "dict",
            form=Form.MAP,
            since="4.6",
            check=_OVERRIDES,
        ),
    )

    def spec(self, live: dict[str, Any]) -> dict[str, Any]:
        spec = super().spec(live)
        spec.pop("resources", None)
        if self.options.get("resources") is not None:
            spec["resources"] = _resources(self.options["resources"], live.get("resources") or {})
        if self.options.get("rotate_http_secret") and live.get("httpSecret"):
            # The operator generates a new one for a Config that has none.
            spec["httpSecret"] = None
        return spec

    def trust(self, seen: Snapshot) -> Trust:
        no_redirect = self.options.get("disable_redirect")
        return Trust(redirects=None if no_redirect is None else not no_redirect)

    def reads_first(self) -> set[Ref]:
        return set() if self.options.get("disable_redirect") is None else {REGISTRY_CERTIFICATES}

    def expected(self, change: Change, seen: Snapshot) -> Iterator[Expected]:
        before = lookup(change.before, ("spec", "httpSecret"))
        if self.options.get("rotate_http_secret") and before:
            yield Rotated(before)

    def lasting(self) -> WorkloadSection:
        return WorkloadSection({**self.options, "rotate_http_secret": None})

    def mistakes(self) -> Iterator[Finding]:
        yield from super().mistakes()
        if self.options.get("rotate_http_secret") and self.options.get("http_secret"):
            yield Finding(
                "two-http-secrets",
                str(CLUSTER_CONFIG),
                "rotate_http_secret",
                "true together with http_secret",
                "one of them",
                "Set a value of your own, or let the operator generate a new one.",
            )
        unread = _unread(self.options.get("unsupported_config_overrides") or {})
        if unread:
            yield Finding(
                "overrides-without-effect",
                str(CLUSTER_CONFIG),
                "unsupported_config_overrides",
                " and ".join(unread),
                f"only {' and '.join(f'deployment.{key}' for key in _DEPLOYMENT_OVERRIDES)}",
                "The operator reads nothing else of them, and any override keeps the cluster from being upgraded. "
                "Correct the key, or leave it out.",
            )

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        yield from self._queue_findings(change)
        if self.options.get("unsupported_config_overrides"):
            yield Finding(
                "unsupported-overrides",
                str(CLUSTER_CONFIG),
                "unsupported_config_overrides",
                "overrides that are not supported",
                "none on a cluster that is to be upgraded",
                "The cluster cannot be upgraded while they are set.",
                "warning",
            )

    def _queue_findings(self, change: Change) -> Iterator[Finding]:
        """Yield a time in a queue that no request ever waits in: the operator passes it on beside a limit only."""
        for kind, declared in (self.options.get("requests") or {}).items():
            after = lookup(change.after, ("spec", "requests", kind)) or {}
            wait = (declared or {}).get("max_wait_in_queue") or ""
            if (
                DURATION.accepts(wait)
                and duration(wait)
                and not after.get("maxRunning")
                and not after.get("maxInQueue")
            ):
                yield Finding(
                    "wait-without-limit",
                    str(CLUSTER_CONFIG),
                    f"requests.{kind}.max_wait_in_queue",
                    f"{wait!r} without a limit",
                    "max_running or max_in_queue above 0",
                    "The operator passes the time on beside a limit only, so it has no effect. Give max_running.",
                    "warning",
                )


def _unread(overrides: dict[str, Any]) -> list[str]:
    """Return the keys that the operator does not read."""
    deployment = overrides.get("deployment")
    below = deployment if isinstance(deployment, dict) else {}
    return [
        *sorted(key for key in overrides if key != "deployment"),
        *sorted(f"deployment.{key}" for key in below if key not in _DEPLOYMENT_OVERRIDES),
    ]


def _resources(declared: dict[str, Any], live: dict[str, Any]) -> dict[str, Any] | None:
    """Return spec.resources, sparse; None where nothing would be left of it.

    Resources that are there, even if empty, end what the operator requests by itself.
    """
    kinds = {kind: amounts for kind, amounts in declared.items() if amounts is not None}
    left = {**live, **kinds} if kinds else {}
    if not any(left.values()):
        return None
    return {kind: whole(amounts, live.get(kind)) or None for kind, amounts in kinds.items()}
