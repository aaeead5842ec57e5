# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of the registry's pods: their fields, and what the operator cannot take."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.builders import HTTP_SECRET, config, findings, planned
from tests.unit.cases import CONFIG, Case, Situation, having


def declaring(**given: Any) -> Situation:
    """Return a Managed registry, and what is declared of its pods."""
    return having(config(), **given)


def case(
    name: str, field: str, found: str, needed: str, bad: Situation, good: Situation, severity: str = "error"
) -> Case:
    """Return a case about an option of the pods."""
    return Case(name, CONFIG, field, found, needed, bad, good, severity)


def unlimited(kind: str, option: str) -> Case:
    """Return a case about a negative limit."""
    bad, good = declaring(requests={kind: {option: -1}}), declaring(requests={kind: {option: 0}})
    return case(f"{kind} {option}", f"requests.{kind}.{option}", "-1", "0 (no limit) or more", bad, good)


def unpronounceable(text: str) -> Case:
    """Return a case about a duration that Go cannot parse."""
    bad = declaring(requests={"read": {"max_running": 1, "max_wait_in_queue": text}})
    good = declaring(requests={"read": {"max_running": 1, "max_wait_in_queue": "24h"}})
    return case(f"duration {text!r}", "requests.read.max_wait_in_queue", repr(text), "a Go duration", bad, good)


def idle(kind: str) -> Case:
    """Return a case about a time in a queue without a limit, declared or there already."""
    declared, beside = {"requests": {kind: {"max_wait_in_queue": "5s"}}}, {"read": "write", "write": "read"}[kind]
    other, limited = ({"requests": {name: {"maxRunning": 1}}} for name in (beside, kind))
    bad, good = having(config(**other), **declared), having(config(**limited), **declared)
    field = f"requests.{kind}.max_wait_in_queue"
    return case(f"a wait to {kind}", field, "'5s' without a limit", "max_running or max_in_queue", bad, good, "warning")


def unmeasurable(kind: str, amount: Any) -> Case:
    """Return a case about an amount that is no quantity."""
    bad = declaring(resources={kind: {"cpu": amount}})
    good = declaring(resources={kind: {"cpu": "500m", "memory": 1073741824, "ephemeral-storage": 1.5}})
    return case(f"{kind} of {amount!r}", f"resources.{kind}.cpu", repr(amount), "a quantity such as 500m", bad, good)


CASES = [
    *[unlimited(kind, option) for kind in ("read", "write") for option in ("max_running", "max_in_queue")],
    *map(unpronounceable, ["1d", "2 weeks", "10", "1h 30m", "2562048h", "-5s"]),
    unmeasurable("requests", "much"),
    unmeasurable("limits", ""),
    unmeasurable("limits", "1 Gi"),
    unmeasurable("requests", "\u0661"),
    *map(idle, ("read", "write")),
    case(
        "a secret of one's own, and a new one",
        "rotate_http_secret",
        "true together with http_secret",
        "one of them",
        declaring(http_secret="h" * 32, rotate_http_secret=True),
        declaring(rotate_http_secret=True),
    ),
    *[
        case(
            f"a URL of a proxy, {url!r}",
            f"proxies.{kind}",
            "a value that is not shown" if "@" in url else repr(url),
            "a URL such as http://proxy.example.com:3128",
            declaring(proxies={kind: url}),
            declaring(proxies={kind: "http://user:a%2Fb@proxy.example.com:3128/"}),
        )
        for kind in ("http", "https")
        for url in (
            "http://user:S3cr3t/Tail99@proxy:3128",
            "http://user:123/Tail@proxy:3128",
            "http://user:a?b@proxy",
            "http://user:a#b@proxy",
            "http://user:a-secret-word@",
            "proxy.example.com:3128",
            "not a url",
            "http://proxy:99999",
            "http://pro xy",
            "http://",
        )
    ],
    case(
        "unsupported overrides",
        "unsupported_config_overrides",
        "overrides that are not supported",
        "none on a cluster that is to be upgraded",
        declaring(unsupported_config_overrides={"deployment": {"runtimeClassName": "x"}}),
        declaring(unsupported_config_overrides={}),
        "warning",
    ),
]


@pytest.mark.parametrize(
    ("overrides", "unread"),
    [
        ({"deployments": {"annotations": {"a": "b"}}}, ["deployments"]),
        ({"Deployment": {}, "deployment": {"replicas": 2}}, ["Deployment and deployment.replicas"]),
        ({"deployment": {"annotations": {"any": "b"}, "runtimeClassName": "kata"}}, []),
        ({"deployment": {}}, []),
        ({}, []),
    ],
)
def test_an_override_that_nobody_reads_is_refused(overrides: dict[str, Any], unread: list[str]) -> None:
    told = findings({"unsupported_config_overrides": overrides}, config())
    assert [(entry.code, entry.found) for entry in told if entry.severity == "error"] == [
        ("overrides-without-effect", found) for found in unread
    ]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_findings(case: Case) -> None:
    case.check()


@pytest.mark.parametrize(
    ("given", "live", "patch"),
    [
        ({"log_level": "Debug", "operator_log_level": "Trace"}, {}, {"logLevel": "Debug", "operatorLogLevel": "Trace"}),
        ({"read_only": True, "disable_redirect": True}, {}, {"readOnly": True, "disableRedirect": True}),
        ({"read_only": False}, {}, None),
        ({"proxies": {"http": "http://p", "no_proxy": "a"}}, {}, {"proxy": {"http": "http://p", "noProxy": "a"}}),
        ({"proxies": {"http": ""}}, {"proxy": {"http": "p", "https": "q"}}, {"proxy": {"http": ""}}),
        ({"requests": {"write": {"max_running": 5}}}, {}, {"requests": {"write": {"maxRunning": 5}}}),
        ({"requests": {"read": {}}}, {}, None),
        ({"resources": {"limits": {"cpu": 1}}}, {}, {"resources": {"limits": {"cpu": 1}}}),
        ({"resources": {"limits": {"cpu": 1}}}, {"resources": {"limits": {"cpu": "1000m"}}}, None),
        (
            {"resources": {"requests": {}}},
            {"resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}},
            {"resources": {"requests": None}},
        ),
        ({"resources": {}}, {"resources": {"limits": {"cpu": "1"}}}, {"resources": None}),
        ({"resources": {}}, {"resources": {}}, {"resources": None}),
        ({"resources": {}}, {}, None),
        ({"resources": {"limits": {}}}, {}, None),
        ({"resources": {"limits": {}}}, {"resources": {}}, {"resources": None}),
        ({"resources": {"limits": {}}}, {"resources": {"limits": {"cpu": "1"}}}, {"resources": None}),
        ({"resources": {"requests": {}, "limits": {}}}, {"resources": {"limits": {"cpu": "1"}}}, {"resources": None}),
        ({"resources": {"requests": {}}}, {}, None),
        ({"resources": {"requests": {}}}, {"resources": {}}, {"resources": None}),
        ({"node_selector": {"a": ""}}, {"nodeSelector": {"b": "x"}}, {"nodeSelector": {"a": "", "b": None}}),
        ({"node_selector": {}}, {"nodeSelector": {"b": "x"}}, {"nodeSelector": None}),
        ({"node_selector": {}}, {}, None),
        ({"node_selector": {}}, {"nodeSelector": {}}, {"nodeSelector": None}),
        ({"affinity": {}}, {"affinity": {}}, {"affinity": None}),
        ({"affinity": {}}, {}, None),
        (
            {"tolerations": [{"key": "k", "toleration_seconds": 0}]},
            {},
            {"tolerations": [{"key": "k", "tolerationSeconds": 0}]},
        ),
        ({"tolerations": []}, {"tolerations": [{"key": "k"}]}, {"tolerations": None}),
        ({"tolerations": []}, {"tolerations": []}, None),
        ({"topology_spread_constraints": []}, {}, None),
        ({"topology_spread_constraints": []}, {"topologySpreadConstraints": []}, {"topologySpreadConstraints": None}),
        (
            {"topology_spread_constraints": []},
            {"topologySpreadConstraints": [{"maxSkew": 1}]},
            {"topologySpreadConstraints": None},
        ),
        (
            {
                "topology_spread_constraints": [
                    {
                        "max_skew": 1,
                        "topology_key": "zone",
                        "when_unsatisfiable": "ScheduleAnyway",
                        "label_selector": {"matchLabels": {"a": "b"}},
                        "match_label_keys": ["h"],
                        "min_domains": 2,
                        "node_affinity_policy": "Honor",
                        "node_taints_policy": "Ignore",
                    }
                ]
            },
            {},
            {
                "topologySpreadConstraints": [
                    {
                        "maxSkew": 1,
                        "topologyKey": "zone",
                        "whenUnsatisfiable": "ScheduleAnyway",
                        "labelSelector": {"matchLabels": {"a": "b"}},
                        "matchLabelKeys": ["h"],
                        "minDomains": 2,
                        "nodeAffinityPolicy": "Honor",
                        "nodeTaintsPolicy": "Ignore",
                    }
                ]
            },
        ),
        (
            {"affinity": {"podAffinity": {}}},
            {"affinity": {"nodeAffinity": {"x": 1}}},
            {"affinity": None},
        ),
        ({"http_secret": "h" * 32}, {}, {"httpSecret": "h" * 32}),
        ({"http_secret": HTTP_SECRET}, {}, None),
        ({"rotate_http_secret": True}, {}, {"httpSecret": None}),
        ({"rotate_http_secret": True}, {"httpSecret": ""}, None),
        ({"unsupported_config_overrides": {"a": 1}}, {}, {"unsupportedConfigOverrides": {"a": 1}}),
    ],
    ids=str,
)
def test_the_patch_of_the_config(given: dict[str, Any], live: dict[str, Any], patch: dict[str, Any] | None) -> None:
    steps = planned(given, config(**live)).steps
    assert [step.body for step in steps] == ([{"spec": patch}] if patch else [])


def test_a_proxy_may_have_a_user() -> None:
    assert findings({"proxies": {"https": "http://user:a-secret-word@proxy.example.com:3128"}}, config()) == []
