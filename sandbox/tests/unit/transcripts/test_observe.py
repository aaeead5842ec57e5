# SPDX-License-Identifier: GPL-3.0-or-later
"""A live object is told in the recordings' form."""

from __future__ import annotations

import pytest

from sandbox.tests.transcripts import transcript
from sandbox.tests.transcripts.cluster import refusal
from sandbox.tests.transcripts.observe import Object, difference, fields, identity
from sandbox.tests.transcripts.start import plan

DEPLOYMENT: Object = {
    "kind": "Deployment",
    "metadata": {"name": "image-registry", "generation": 3, "annotations": {"a": "b"}},
    "spec": {
        "replicas": 2,
        "strategy": {"type": "Recreate"},
        "template": {
            "spec": {
                "containers": [{"name": "registry", "env": [{"name": "A", "value": "1"}], "resources": {}}],
                "volumes": [{"name": "v"}],
                "nodeSelector": {"n": "1"},
            }
        },
    },
    "status": {"observedGeneration": 3, "replicas": 2, "conditions": []},
}


def test_fields_of_a_deployment() -> None:
    shown = fields(DEPLOYMENT)
    assert shown["env"] == {"A": "1"}
    assert shown["strategy"] == {"type": "Recreate"}
    assert shown["tolerations"] is None
    assert shown["status"] == {
        "observedGeneration": 3,
        "replicas": 2,
        "updatedReplicas": None,
        "readyReplicas": None,
        "availableReplicas": None,
        "unavailableReplicas": None,
    }


def test_fields_of_a_config() -> None:
    item: Object = {
        "kind": "Config",
        "metadata": {"name": "cluster", "generation": 2},
        "spec": {"replicas": 1, "observedConfig": None, "unsupportedConfigOverrides": None},
        "status": {"storage": {}, "conditions": [{"type": "Degraded", "status": "False"}]},
    }
    shown = fields(item)
    assert shown["spec"] == {"replicas": 1}
    assert shown["cond.Degraded"] == ["False", "", ""]
    assert shown["status.storage"] == {}


def test_only_the_keys_of_a_secret_are_seen() -> None:
    secret = {"kind": "Secret", "metadata": {"name": "s"}, "data": {"b": "eA==", "a": "eA=="}}
    assert (identity(secret), fields(secret)) == ("Secret/s", {"keys": ["a", "b"]})


@pytest.mark.parametrize("name", transcript.names())
def test_every_recorded_field_is_observed(name: str) -> None:
    samples: dict[str, Object] = {
        "Config": {"kind": "Config", "metadata": {"generation": 1}, "spec": {}},
        "ClusterOperator": {"kind": "ClusterOperator"},
        "ConfigMap": {"kind": "ConfigMap"},
        "Deployment": DEPLOYMENT,
        "Image": {"kind": "Image", "spec": {}},
        "ImagePruner": {"kind": "ImagePruner", "spec": {}},
        "PersistentVolumeClaim": {"kind": "PersistentVolumeClaim", "metadata": {}, "spec": {}},
        "Route": {"kind": "Route", "metadata": {}, "spec": {}},
        "Secret": {"kind": "Secret"},
    }
    for event in transcript.load(name).events:
        kind = event.object.split("/")[0]
        recorded = {field for field in event.changed or {} if not field.startswith("cond.")}
        conditions = {"Available", "Progressing", "Degraded"} if kind == "ClusterOperator" else set()
        assert recorded <= fields(samples[kind]).keys() | conditions


def test_a_change_has_whole_values_and_what_is_gone() -> None:
    before = {"spec": {"a": 1, "b": 2}, "cond.X": ["True", "", ""], "generation": 1}
    after = {"spec": {"a": 1, "b": 3}, "generation": 1}
    assert difference(before, after) == {"spec": {"a": 1, "b": 3}, "cond.X": None}
    assert difference(None, after) == after


def test_one_cause_is_told_in_the_same_line() -> None:
    causes = [{"field": "spec.replicas", "message": "must be more"}]
    status = {"details": {"kind": "Config", "name": "cluster", "causes": causes}}
    assert refusal(status) == 'The Config "cluster" is invalid: spec.replicas: must be more'


def test_several_causes_are_listed() -> None:
    causes = [{"field": "a", "message": "x"}, {"field": "b", "message": "y"}]
    status = {"details": {"kind": "Config", "name": "cluster", "causes": causes}}
    assert refusal(status) == 'The Config "cluster" is invalid: \n* a: x\n* b: y'


def test_start_of_a_recording_on_a_fresh_cluster() -> None:
    start = plan(transcript.load("setup-removed-to-serving"))
    assert not (start.serves or start.served_before or start.node_ca or start.deployment_was_changed)
    assert start.claims == ()


def test_start_of_a_recording_on_a_serving_registry() -> None:
    start = plan(transcript.load("workload-settings"))
    assert start.serves and start.node_ca and start.deployment_was_changed
    assert start.claims == ("rwo",)
    assert start.conditions["StorageTagged"][1] == "Tagging Successful"


def test_start_of_a_recording_after_a_removal() -> None:
    start = plan(transcript.load("deployment-edited-and-deleted"))
    assert start.served_before and not start.serves
    assert start.claims == ("registry",)


def test_a_step_has_its_events_and_the_refusal() -> None:
    steps = transcript.load("invalid-specs").steps
    assert steps[1].rejected is not None and "rolloutStrategy" in steps[1].rejected
    assert [event.object for event in steps[1].events] == []
    assert [event.object for event in steps[0].events] == [
        "Config/cluster",
        "Config/cluster",
        "ClusterOperator/image-registry",
    ]
