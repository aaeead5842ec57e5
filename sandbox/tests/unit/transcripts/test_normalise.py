# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between any two clusters is made equal, everything else is kept."""

from __future__ import annotations

from typing import Any

from sandbox.tests.transcripts.normalise import (
    DEPLOYMENT,
    PRUNER,
    Bases,
    Normaliser,
    observed_bases,
    recorded_bases,
)
from sandbox.tests.transcripts.transcript import CONFIG, Event, Fields, load

CHECKSUM = "imageregistry.operator.openshift.io/checksum"
REVISION = "deployment.kubernetes.io/revision"
BASES = Bases(config=20, pruner=3, deployment=8, revision=5)


def normalised(name: str, fields: Fields, **options: Any) -> Fields:
    return Normaliser(BASES, **options).fields(name, fields)


def test_generations_count_from_the_start() -> None:
    assert normalised(CONFIG, {"generation": 22, "observedGeneration": 21}) == {
        "generation": 2,
        "observedGeneration": 1,
    }


def test_a_generation_that_is_not_there_stays_so() -> None:
    assert normalised(CONFIG, {"observedGeneration": None}) == {"observedGeneration": None}


def test_the_generations_that_the_operator_remembers_are_told_apart() -> None:
    generations = [
        {"resource": "daemonsets", "name": "node-ca", "lastGeneration": 1},
        {"resource": "deployments", "name": "image-registry", "lastGeneration": 9},
    ]
    assert normalised(CONFIG, {"generations": generations}) == {
        "generations.daemonsets/node-ca": 1,
        "generations.deployments/image-registry": 1,
    }


def test_counts_and_revision_of_a_deployment_are_told_apart() -> None:
    fields = {"status": {"observedGeneration": 9, "replicas": 2}, "annotations": {REVISION: "6", "other": "x"}}
    shown = normalised(DEPLOYMENT, fields)
    assert shown["status.observedGeneration"] == 1
    assert shown["status.replicas"] == 2
    assert shown[f"annotations.{REVISION}"] == 1
    assert "annotations.other" not in shown


def test_a_deployment_that_is_created_anew_counts_from_zero() -> None:
    normaliser = Normaliser(BASES)
    normaliser.event(Event(0, DEPLOYMENT, None))
    created = normaliser.event(Event(1, DEPLOYMENT, {"generation": 1, "annotations": {REVISION: "1"}}))
    assert created.changed is not None
    assert (created.changed["generation"], created.changed[f"annotations.{REVISION}"]) == (1, 1)


def test_hashes_become_labels_and_a_change_back_shows() -> None:
    normaliser = Normaliser(BASES)
    field = f"annotations.{CHECKSUM}"
    values = [normaliser.fields(DEPLOYMENT, {"annotations": {CHECKSUM: value}})[field] for value in ("a", "b", "a")]
    assert values == [f"<{CHECKSUM} 1>", f"<{CHECKSUM} 2>", f"<{CHECKSUM} 1>"]


def test_the_secret_of_spec_and_environment_stays_the_same_one() -> None:
    normaliser = Normaliser(BASES)
    env = normaliser.fields(DEPLOYMENT, {"env": {"REGISTRY_HTTP_SECRET": "abc"}})["env"]
    spec = normaliser.fields(CONFIG, {"spec": {"httpSecret": "abc"}})["spec"]
    other = normaliser.fields(CONFIG, {"spec": {"httpSecret": "def"}})["spec"]
    assert env["REGISTRY_HTTP_SECRET"] == spec["httpSecret"] != other["httpSecret"]


def test_hashes_of_the_start_are_no_labels() -> None:
    normaliser = Normaliser(BASES)
    start = normaliser.start({CONFIG: {"generation": 20}, DEPLOYMENT: {"annotations": {CHECKSUM: "a"}}})
    assert start[DEPLOYMENT][f"annotations.{CHECKSUM}"] == "<at the start>"
    assert normaliser.fields(DEPLOYMENT, {"annotations": {CHECKSUM: "b"}})[f"annotations.{CHECKSUM}"].endswith(" 1>")


def test_conditions_of_the_pruner_are_told_apart_without_times() -> None:
    conditions = [{"type": "Degraded", "status": "False", "reason": "AsExpected", "lastTransitionTime": "now"}]
    shown = normalised(PRUNER, {"status": {"observedGeneration": 5, "conditions": conditions}})
    assert shown["status.observedGeneration"] == 2
    assert shown["status.cond.Degraded"] == ["False", "AsExpected", ""]
    assert shown["status.cond.Available"] is None


def test_times_and_what_is_asked_for_are_dropped_at_any_depth() -> None:
    ingress = [{"host": "h", "conditions": [{"status": "True", "lastTransitionTime": "now", "extra": 1}]}]
    shown = normalised("Route/a", {"ingress": ingress}, dropped=frozenset({"extra"}))
    assert shown == {"ingress": [{"host": "h", "conditions": [{"status": "True"}]}]}


def test_texts_are_replaced_wherever_they_are() -> None:
    shown = normalised("Route/a", {"spec": {"url": ["http://here/x"]}}, replaced={"http://here": "http://there"})
    assert shown == {"spec": {"url": ["http://there/x"]}}


def test_bases_of_a_recording_that_changes_a_deployment() -> None:
    assert recorded_bases(load("replicas-and-route")) == Bases(config=5, deployment=3, revision=3)


def test_bases_of_a_recording_that_creates_the_deployment() -> None:
    assert recorded_bases(load("deployment-edited-and-deleted")) == Bases(config=4)


def test_bases_of_a_recording_that_leaves_the_deployment_alone() -> None:
    assert recorded_bases(load("pruner")) == Bases(config=39, pruner=1, deployment=1)


def test_bases_of_a_replay() -> None:
    snapshot: dict[str, Fields] = {
        CONFIG: {"generation": 4},
        PRUNER: {"status": {"observedGeneration": 2}},
        DEPLOYMENT: {"generation": 3, "annotations": {REVISION: "2"}},
    }
    assert observed_bases(snapshot) == Bases(config=4, pruner=2, deployment=3, revision=2)
    assert observed_bases({CONFIG: {"generation": 1}}) == Bases(config=1)
