# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: how the pods of the registry run."""

from typing import Any

from tests.integration.bad_input.case import CONFIG, Args, Case

_PODS = "registry_workload"
_SPREAD = {"max_skew": 1, "topology_key": "topology.kubernetes.io/zone", "when_unsatisfiable": "DoNotSchedule"}
_IGNORED = "requiredDuringSchedulingIgnoredDuringExecution"


def _told(name: str, args: Args, field: str, *says: str) -> Case:
    """Return a case of which the task itself knows that it is wrong."""
    return Case(name, _PODS, args, (CONFIG, field), says)


def _unfit(name: str, args: Args, *says: str) -> Case:
    """Return a case that does not fit the module's options."""
    return Case(name, _PODS, args, None, says)


def _refused(name: str, args: Args, field: str, *says: str) -> Case:
    """Return a case that only the API server's dry run finds."""
    return _told(name, args, field, *says, "a value that the API server accepts", "422 Invalid to a dry run")


def _refused_in_pods(name: str, args: Args, field: str, *says: str) -> Case:
    """Return a case that only the API server finds, in a dry run of the template of the pods."""
    return _told(name, args, field, *says, "a value that the API server accepts in a pod", "[refused-in-pods]")


def _queue(kind: str, **limit: Any) -> Args:
    return {"requests": {kind: limit}}


def _wait(name: str, kind: str, duration: str) -> Case:
    says = (repr(duration), "a Go duration such as 30s or 1m30s", "Use the units h, m, s")
    args = _queue(kind, max_wait_in_queue=duration)
    return _told(f"queue-wait-{name}", args, f"requests.{kind}.max_wait_in_queue", *says)


def _amount(name: str, kind: str, resource: str, amount: Any) -> Case:
    says = (repr(amount), "a quantity such as 500m or 1Gi", "Write it as Kubernetes does")
    args = {"resources": {kind: {resource: amount}}}
    return _told(f"resources-{name}", args, f"resources.{kind}.{resource}", *says)


def _choice(option: str, value: str, choices: str) -> Case:
    says = (f"value of {option} must be one of: {choices}", f"got: {value}")
    return _unfit(f"{option}-unknown".replace("_", "-"), {option: value}, *says)


def _toleration(name: str, toleration: dict[str, Any], *says: str) -> Case:
    return _unfit(f"toleration-{name}", {"tolerations": [{"key": "infra", **toleration}]}, *says)


def _affinity(kind: str, rules: Any) -> Args:
    return {"affinity": {kind: {_IGNORED: rules}}}


def _node_affinity(weight: int, operator: str) -> Args:
    terms = [{"key": "zone", "operator": operator, "values": ["a"]}]
    preference = {"weight": weight, "preference": {"matchExpressions": terms}}
    return {"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [preference]}}}


_PREFERRED = "affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]"

CASES = [
    _told("running-negative", _queue("read", max_running=-1), "requests.read.max_running", "has -1", "0 (no limit)"),
    _told("queue-negative", _queue("write", max_in_queue=-5), "requests.write.max_in_queue", "-5", "0 (no limit)"),
    _wait("in-days", "read", "1d"),
    _wait("in-words", "write", "2 weeks"),
    _wait("without-unit", "read", "90"),
    _wait("with-a-space", "write", "1m 30s"),
    _unfit("queue-in-words", _queue("read", max_running="many"), "max_running", 'the text "many"', "a whole number"),
    _unfit("queue-of-deletions", _queue("delete", max_running=1), "Unsupported parameters", "requests.delete", "write"),
    _amount("with-a-space", "requests", "memory", "1 Gi"),
    _amount("in-bytes-unit", "limits", "memory", "512MB"),
    _amount("in-words", "limits", "cpu", "half"),
    _unfit("resources-a-list", {"resources": {"requests": {"cpu": ["500m"]}}}, "resources.requests.cpu has a list"),
    _unfit(
        "resources-claimed",
        {"resources": {"claims": [{"name": "gpu"}]}},
        "Unsupported parameters",
        "resources.claims",
        "limits, requests",
    ),
    _told(
        "http-secret-set-and-rotated",
        {"http_secret": "a-secret-of-my-own-0123456789", "rotate_http_secret": True},
        "rotate_http_secret",
        "true together with http_secret",
        "one of them",
        "let the operator generate a new one",
    ),
    _choice("log_level", "Info", "Normal, Debug, Trace, TraceAll"),
    _choice("operator_log_level", "debug", "Normal, Debug, Trace, TraceAll"),
    _unfit("proxy-of-another-kind", {"proxies": {"ftp": "http://proxy.example.com"}}, "proxies.ftp", "no_proxy"),
    _unfit(
        "read-only-in-words", {"read_only": "while pruning"}, 'read_only has the text "while pruning"', "true or false"
    ),
    _toleration(
        "operator-unknown", {"operator": "Equals"}, "value of operator must be one of: Exists, Equal", "Equals"
    ),
    _toleration(
        "effect-unknown", {"effect": "NoScheduling"}, "value of effect must be one of: NoSchedule", "tolerations"
    ),
    _toleration(
        "seconds-in-words", {"toleration_seconds": "5m"}, "tolerations[0].toleration_seconds", "without a unit"
    ),
    _unfit(
        "spread-incomplete",
        {"topology_spread_constraints": [{"topology_key": "zone"}]},
        "missing required arguments: max_skew, when_unsatisfiable",
        "topology_spread_constraints",
    ),
    _refused_in_pods(
        "resources-negative", {"resources": {"requests": {"cpu": "-1"}}}, "resources.requests[cpu]", "greater than"
    ),
    _refused_in_pods(
        "resources-requests-above-limits",
        {"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}},
        "resources.requests",
        "less than or equal to cpu limit",
    ),
    _refused_in_pods(
        "resources-unknown", {"resources": {"limits": {"cpus": "1"}}}, "resources.limits[cpus]", "a standard resource"
    ),
    _refused_in_pods(
        "resources-extended-without-limit",
        {"resources": {"requests": {"example.com/disk": "1"}}},
        "resources.limits",
        "Limit must be set",
    ),
    _refused_in_pods("selector-key-with-a-space", {"node_selector": {"a b": ""}}, "node_selector", '"a b"'),
    _refused_in_pods("selector-value-with-a-space", {"node_selector": {"a": "b c"}}, "node_selector", '"b c"'),
    _refused_in_pods(
        "toleration-exists-with-value",
        {"tolerations": [{"key": "a", "operator": "Exists", "value": "b"}]},
        "tolerations[0].operator",
        "value must be empty when `operator` is 'Exists'",
    ),
    _refused_in_pods("toleration-empty", {"tolerations": [{}]}, "tolerations[0].operator", "when `key` is empty"),
    _refused_in_pods(
        "toleration-seconds-without-effect",
        {"tolerations": [{"key": "a", "toleration_seconds": 5}]},
        "tolerations[0].effect",
        "effect must be 'NoExecute'",
    ),
    _refused_in_pods(
        "spread-skew-of-zero",
        {"topology_spread_constraints": [{**_SPREAD, "max_skew": 0}]},
        "topology_spread_constraints[0].max_skew",
        "must be greater than zero",
    ),
    _refused_in_pods(
        "spread-twice-over-a-key",
        {"topology_spread_constraints": [_SPREAD, _SPREAD]},
        "topology_spread_constraints[0].{topology_key, when_unsatisfiable}",
        "Duplicate value",
    ),
    _refused_in_pods(
        "affinity-operator-in-lower-case",
        _node_affinity(1, "in"),
        f"{_PREFERRED}.preference.matchExpressions[0].operator",
        '"in"',
    ),
    _refused_in_pods("affinity-weight", _node_affinity(1000, "In"), f"{_PREFERRED}.weight", "must be in the range"),
    _refused_in_pods(
        "override-runtime-class",
        {"unsupported_config_overrides": {"deployment": {"runtimeClassName": "Kata_1"}}},
        "unsupported_config_overrides.deployment.runtimeClassName",
        '"Kata_1"',
    ),
    _told(
        "overrides-of-text",
        {"unsupported_config_overrides": {"deployment": "fast"}},
        "unsupported_config_overrides",
        "a dictionary deployment",
    ),
    _refused(
        "spread-selects-by-a-list",
        {"topology_spread_constraints": [{**_SPREAD, "label_selector": {"matchLabels": ["docker-registry"]}}]},
        "spec.topologySpreadConstraints.labelSelector.matchLabels",
        "must be of type object",
    ),
    _refused(
        "affinity-a-list-for-an-object",
        _affinity("nodeAffinity", [{"matchExpressions": []}]),
        f"spec.affinity.nodeAffinity.{_IGNORED}",
        "must be of type object",
    ),
    _refused(
        "affinity-without-topology-key",
        _affinity("podAntiAffinity", [{"labelSelector": {"matchLabels": {"docker-registry": "default"}}}]),
        f"spec.affinity.podAntiAffinity.{_IGNORED}.topologyKey",
        "Required value",
    ),
    _told(
        "affinity-misspelt",
        {"affinity": {"podAntiAffinty": {_IGNORED: [{"topologyKey": "kubernetes.io/hostname"}]}}},
        "spec.affinity.podAntiAffinty",
        "a field that this cluster does not know",
        "leave the option out",
    ),
    _unfit("node-selector-number", {"node_selector": {"zone": 1}}, "node_selector.zone has the number 1", "in quotes"),
    _unfit(
        "node-selector-nested",
        {"node_selector": {"zone": {"name": "a"}}},
        "node_selector.zone has a dictionary",
        "text",
    ),
]
