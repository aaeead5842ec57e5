# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operator takes into the pods as it is: when it is tried, and what a refusal says of the options."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.trial import Trial
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import ApiError, Forbidden
from ansible_collections.okd.image_registry.plugins.module_utils._plan.refusals import trial_refusals

from tests.unit.builders import Manifest, config, removed_config, worked_out
from tests.unit.cases import CONFIG

SPREAD = {"maxSkew": 0, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}
OVERRIDES = {"deployment": {"annotations": {"a": "b"}, "runtimeClassName": "kata"}}


def trials(given: dict[str, Any], live: Manifest) -> list[Trial]:
    """Return what a task tries besides its steps."""
    found = worked_out(given, [live])
    return found.desired.trials(found.change)


def told(given: dict[str, Any], live: Manifest, *causes: tuple[str, str], status: int = 422) -> list[tuple[str, ...]]:
    """Return option, severity and found of each finding about an answer with these causes (field, message)."""
    (trial,) = trials(given, live)
    listed = [{"field": field, "message": message} for field, message in causes]
    answer = ApiError("POST", str(trial.ref), status, "Invalid", "is invalid", listed)
    found = list(trial_refusals(trial, answer))
    assert {finding.subject for finding in found} <= {CONFIG}
    return [(finding.field, finding.severity, finding.found) for finding in found]


def test_every_part_is_where_the_operator_puts_it() -> None:
    affinity: dict[str, Any] = {"nodeAffinity": {}}
    given = {
        "resources": {"requests": {"cpu": "1"}},
        "node_selector": {"a": "b"},
        "tolerations": [{"key": "k"}],
        "affinity": {**affinity, "podAffinity": {"x": "y"}},
        "topology_spread_constraints": [
            {"max_skew": 1, "topology_key": "zone", "when_unsatisfiable": "DoNotSchedule"},
        ],
        "unsupported_config_overrides": OVERRIDES,
    }
    (trial,) = trials(given, config())
    template = trial.body["template"]
    (container,) = template["spec"].pop("containers")
    assert container.pop("resources") == {"requests": {"cpu": "1"}}
    assert template["metadata"] == {"annotations": {"a": "b"}}
    assert template["spec"] == {
        "nodeSelector": {"a": "b"},
        "tolerations": [{"key": "k"}],
        "affinity": {"podAffinity": {"x": "y"}},
        "topologySpreadConstraints": [{**SPREAD, "maxSkew": 1}],
        "runtimeClassName": "kata",
    }


@pytest.mark.parametrize(
    ("given", "live", "tried"),
    [
        ({"node_selector": {"a": "b"}}, config(), True),
        ({"node_selector": {"a": "b"}}, removed_config(), True),
        ({"node_selector": {"a": "b"}}, config(nodeSelector={"a": "b"}), False),
        ({"replicas": 2}, config(nodeSelector={"a": "b"}), False),
        ({"replicas": 2}, config(), False),
        ({"node_selector": {}}, config(nodeSelector={"a": "b"}), False),
        ({"management_state": "Managed"}, removed_config(nodeSelector={"a": "b"}), True),
        ({"management_state": "Managed"}, removed_config(), False),
    ],
)
def test_only_what_a_task_brings_about_is_tried(given: dict[str, Any], live: Manifest, tried: bool) -> None:
    assert bool(trials(given, live)) is tried


def test_a_part_that_was_there_is_a_warning() -> None:
    given, live = {"node_selector": {"a b": ""}}, config(tolerations=[{}])
    causes = ("template.spec.nodeSelector", "bad key"), ("template.spec.tolerations[0].operator", "must be Exists")
    assert told(given, live, *causes) == [
        ("node_selector", "error", "a refused value (bad key)"),
        ("tolerations[0].operator", "warning", "a refused value (must be Exists)"),
    ]


@pytest.mark.parametrize(
    ("given", "field", "option"),
    [
        (
            {"resources": {"requests": {"memory": "-1"}}},
            "template.spec.containers[0].resources.requests[memory]",
            "resources.requests[memory]",
        ),
        (
            {"tolerations": [{"key": "k", "toleration_seconds": 5}]},
            "template.spec.tolerations[0].tolerationSeconds",
            "tolerations[0].toleration_seconds",
        ),
        (
            {"topology_spread_constraints": [{"max_skew": 0, "topology_key": "", "when_unsatisfiable": "Never"}]},
            "template.spec.topologySpreadConstraints[1].{topologyKey, whenUnsatisfiable}",
            "topology_spread_constraints[1].{topology_key, when_unsatisfiable}",
        ),
        (
            {"affinity": {"nodeAffinity": {"a": "b"}}},
            "template.spec.affinity.nodeAffinity.x[0].weight",
            "affinity.nodeAffinity.x[0].weight",
        ),
        (
            {"unsupported_config_overrides": OVERRIDES},
            "template.spec.runtimeClassName",
            "unsupported_config_overrides.deployment.runtimeClassName",
        ),
        (
            {"unsupported_config_overrides": OVERRIDES},
            "template.annotations",
            "unsupported_config_overrides.deployment.annotations",
        ),
    ],
)
def test_a_refusal_names_the_option(given: dict[str, Any], field: str, option: str) -> None:
    for constraint in given.get("topology_spread_constraints", []):
        constraint["when_unsatisfiable"] = "DoNotSchedule"
    assert told(given, config(), (field, "no")) == [(option, "error", "a refused value (no)")]


def test_what_is_said_twice_of_an_option_is_one_finding_without_structures_of_go() -> None:
    given = {"tolerations": [{"key": "k", "operator": "Exists", "value": "v"}]}
    field = "template.spec.tolerations[0].operator"
    words = 'Invalid value: core.Toleration{Key:"k", Seconds:(*int64)(nil)}: value must be empty'
    assert told(given, config(), (field, words), (field, "and more")) == [
        ("tolerations[0].operator", "error", "a refused value (Invalid value: value must be empty; and more)")
    ]


def test_only_what_is_said_of_the_values_counts() -> None:
    given = {"node_selector": {"a": "b"}}
    assert told(given, config(), ("template.spec.restartPolicy", "no")) == []
    for status in (400, 500):
        assert told(given, config(), ("template.spec.nodeSelector", "a policy"), status=status) == []
    (trial,) = trials(given, config())
    assert list(trial_refusals(trial, None)) == []
    forbidden = Forbidden("POST", "", 403, "Forbidden", 'cannot create resource "podtemplates"')
    assert list(trial_refusals(trial, forbidden)) == []
