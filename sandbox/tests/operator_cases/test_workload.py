# SPDX-License-Identifier: GPL-3.0-or-later
"""Replicas, settings of the pods, rollouts, and hands other than the operator's on the Deployment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.tests.operator_cases.watching import (
    BASELINE,
    BUDGET,
    CLUSTER_OPERATOR,
    NO_REPLICAS,
    conditions,
    environment,
    exists,
    patch,
    reaches,
    reports,
    retrying,
    states,
    version,
)
from tests.integration import api as paths
from tests.integration.lab import Lab
from tests.integration.setups import wait_served

NOT_COMPLETED = ("True", "DeploymentNotCompleted", "The deployment has not completed")


def test_case_23_negative_replicas(serving: Lab) -> None:
    before = exists(serving, paths.DEPLOYMENT)["metadata"]["generation"]
    patch(serving, replicas=-1)
    problem = "unable to complete resource: replicas must be greater than or equal to 0"
    reaches(
        serving,
        {
            "Available": BASELINE["Available"],
            "Progressing": ("False", "Error", f"Unable to apply resources: {problem}"),
            "Degraded": ("True", "VerificationFailed", f"Error: {problem}"),
        },
    )
    assert exists(serving, paths.DEPLOYMENT)["metadata"]["generation"] == before
    degraded = ("True", "VerificationFailed", f"Degraded: Error: {problem}")
    reports(serving, CLUSTER_OPERATOR, {"Degraded": degraded})


def test_case_24_no_replicas(serving: Lab, knobs: Callable[..., None]) -> None:
    before = exists(serving, paths.DEPLOYMENT)["metadata"]["generation"]
    patch(serving, replicas=0)
    refusal = (
        "Unable to apply resources: unable to apply objects: failed to update object *v1.Deployment, "
        "Namespace=openshift-image-registry, Name=image-registry: "
        'Deployment.apps "image-registry" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: -1: '
        "must be greater than or equal to 0"
    )
    reaches(serving, {"Available": BASELINE["Available"], "Progressing": ("True", "Error", refusal)})
    assert exists(serving, paths.DEPLOYMENT)["metadata"]["generation"] == before

    patch(serving, rolloutStrategy="Recreate")
    reaches(serving, {"Available": NO_REPLICAS, "Degraded": ("False", "", "")})
    assert exists(serving, paths.DEPLOYMENT)["spec"]["replicas"] == 0
    assert exists(serving, BUDGET)["spec"]["minAvailable"] == 0
    knobs(inertia=0.1)
    reaches(serving, {"Available": NO_REPLICAS, "Degraded": ("True", "Unavailable", NO_REPLICAS[2])})


SETTINGS: list[tuple[dict[str, Any], dict[str, Any], dict[str, str]]] = [
    ({"readOnly": True}, {"readOnly": False}, {"REGISTRY_STORAGE_MAINTENANCE_READONLY": "{enabled: true}"}),
    ({"disableRedirect": True}, {"disableRedirect": None}, {"REGISTRY_STORAGE_REDIRECT_DISABLE": "true"}),
    (
        {"proxy": {"http": "http://p", "https": "http://s", "noProxy": "n"}},
        {"proxy": {"http": None, "https": "", "noProxy": None}},
        {"HTTP_PROXY": "http://p", "HTTPS_PROXY": "http://s", "NO_PROXY": "n"},
    ),
    (
        {"requests": {"read": {"maxRunning": 1, "maxInQueue": 2, "maxWaitInQueue": "90s"}}},
        {"requests": None},
        {
            "REGISTRY_OPENSHIFT_REQUESTS_READ_MAXRUNNING": "1",
            "REGISTRY_OPENSHIFT_REQUESTS_READ_MAXINQUEUE": "2",
            "REGISTRY_OPENSHIFT_REQUESTS_READ_MAXWAITINQUEUE": "1m30s",
        },
    ),
]


@pytest.mark.parametrize(("wanted", "undone", "variables"), SETTINGS, ids=[next(iter(case[0])) for case in SETTINGS])
def test_case_31_settings(
    serving: Lab, wanted: dict[str, Any], undone: dict[str, Any], variables: dict[str, str]
) -> None:
    plain = environment(exists(serving, paths.DEPLOYMENT))
    patch(serving, **wanted)
    wait_served(serving)
    reaches(serving, BASELINE)
    assert environment(exists(serving, paths.DEPLOYMENT)) == plain | variables
    patch(serving, **undone)
    wait_served(serving)
    assert environment(exists(serving, paths.DEPLOYMENT)) == plain


def test_case_32_rollout_that_is_held(serving: Lab, knobs: Callable[..., None]) -> None:
    knobs(holdRollout=True)
    patch(serving, readOnly=True)
    # The old pod serves on beside the new one.
    reaches(serving, {"Progressing": NOT_COMPLETED, "Degraded": ("False", "", "")})
    assert conditions(serving.config())["Available"][1] in ("MinimumAvailability", "Ready")
    knobs(holdRollout=None)
    wait_served(serving)
    reaches(serving, BASELINE)


def test_case_32_rollout_that_misses_its_deadline(serving: Lab, knobs: Callable[..., None]) -> None:
    knobs(holdRollout=True, progressDeadline=0.3)
    patch(serving, readOnly=True)

    def timed_out(config: dict[str, Any]) -> bool:
        status, reason, message = conditions(config)["Degraded"]
        prefix = "Registry deployment has timed out progressing: "
        return (status, reason) == ("True", "ProgressDeadlineExceeded") and message.startswith(prefix)

    config = serving.api.wait_for(paths.CONFIG, lambda config: config if timed_out(config) else None)
    assert conditions(config)["Progressing"] == NOT_COMPLETED


def test_case_33_scale_up_does_not_show_in_progressing(serving: Lab) -> None:
    since = version(serving)
    patch(serving, replicas=3)
    seen = states(serving, since, lambda config: config["status"]["readyReplicas"] == 3)
    assert {conditions(config)["Progressing"] for config in seen} == {BASELINE["Progressing"]}
    assert "MinimumAvailability" in [conditions(config)["Available"][1] for config in seen]
    counts = [config["status"]["readyReplicas"] for config in seen]
    assert counts == sorted(counts)
    assert counts[0] == 1
    reaches(serving, BASELINE)


def test_conditions_lag_behind_the_observed_generation(serving: Lab) -> None:
    """The trap for everybody who waits: observed, Ready, and yet the old pods."""
    since = version(serving)
    patch(serving, readOnly=True)
    seen = states(serving, since, lambda config: conditions(config)["Progressing"] == NOT_COMPLETED)
    stale = [config for config in seen if config["metadata"]["generation"] == config["status"]["observedGeneration"]]
    assert BASELINE["Progressing"] in [conditions(config)["Progressing"] for config in stale]


def test_case_39_deployment_is_edited(serving: Lab) -> None:
    before = exists(serving, paths.DEPLOYMENT)
    serving.api.patch(paths.DEPLOYMENT, {"spec": {"replicas": 5, "template": {"metadata": {"labels": {"a": "b"}}}}})

    def is_reverted(deployment: dict[str, Any]) -> bool:
        newer = deployment["metadata"]["generation"] >= before["metadata"]["generation"] + 2
        return bool(newer and deployment["spec"] == before["spec"])

    serving.api.wait_for(paths.DEPLOYMENT, is_reverted)
    wait_served(serving)
    generation = exists(serving, paths.DEPLOYMENT)["metadata"]["generation"]
    (entry,) = [entry for entry in serving.config()["status"]["generations"] if entry["resource"] == "deployments"]
    assert entry["lastGeneration"] == generation


def test_case_39_deployment_is_deleted(serving: Lab) -> None:
    before = exists(serving, paths.DEPLOYMENT)["metadata"]["uid"]
    serving.api.delete(paths.DEPLOYMENT)
    made = serving.api.wait_for(
        paths.DEPLOYMENT, lambda deployment: deployment if deployment["metadata"]["uid"] != before else None
    )
    assert made["spec"]["replicas"] == 1
    wait_served(serving)
    reaches(serving, BASELINE)


def test_case_45_states_that_nobody_acts_on(clean: Lab) -> None:
    waiting = ("True", "WaitingForDeployment")
    for state in ("Force", None):
        patch(clean, managementState=state, storage={"emptyDir": {}})
        config = reaches(clean, {"Available": ("False", "DeploymentNotFound", "The deployment does not exist")})
        assert conditions(config)["Progressing"][:2] == waiting
        assert "httpSecret" not in config["spec"]
        assert clean.api.get(paths.DEPLOYMENT) is None


def test_case_46_negative_limit_of_requests(serving: Lab) -> None:
    before = exists(serving, paths.DEPLOYMENT)["metadata"]["generation"]
    patch(serving, requests={"read": {"maxRunning": -1}})
    problem = (
        "unable to apply objects: failed to update object *v1.Deployment, Namespace=openshift-image-registry, "
        "Name=image-registry: Requests.Read.MaxRunning must be positive number"
    )
    reaches(serving, {"Progressing": retrying(problem)})
    assert exists(serving, paths.DEPLOYMENT)["metadata"]["generation"] == before


def test_overrides_that_the_operator_cannot_read(serving: Lab) -> None:
    before = exists(serving, paths.DEPLOYMENT)["metadata"]["generation"]
    patch(serving, unsupportedConfigOverrides={"deployment": "x"})
    problem = (
        "unable to apply objects: failed to update object *v1.Deployment, Namespace=openshift-image-registry, "
        "Name=image-registry: invalid unsupportedConfigOverrides: json: cannot unmarshal string into Go struct field "
        "ConfigOverrides.deployment of type resource.DeploymentOverrides"
    )
    reaches(serving, {"Progressing": retrying(problem)})
    assert exists(serving, paths.DEPLOYMENT)["metadata"]["generation"] == before
    patch(serving, unsupportedConfigOverrides={"deployment": {"annotations": {"example.com/a": "b"}}})
    serving.api.wait_for(
        paths.DEPLOYMENT,
        lambda item: item["spec"]["template"]["metadata"]["annotations"].get("example.com/a") == "b",
    )
    reaches(serving, BASELINE)


def test_case_47_http_secret_is_emptied(serving: Lab) -> None:
    before = serving.spec()["httpSecret"]
    patch(serving, httpSecret="")

    def other(config: dict[str, Any]) -> str | None:
        secret: str | None = config["spec"].get("httpSecret")
        return None if secret == before else secret

    made = serving.api.wait_for(paths.CONFIG, other)
    wait_served(serving)
    reaches(serving, BASELINE)
    assert len(made) == 128
    assert environment(exists(serving, paths.DEPLOYMENT))["REGISTRY_HTTP_SECRET"] == made


def test_duration_that_go_refuses_stops_the_operator_without_a_word(serving: Lab) -> None:
    before = serving.config()
    generation = before["metadata"]["generation"]
    since = version(serving)
    patch(serving, requests={"read": {"maxRunning": 5, "maxWaitInQueue": "1d"}})
    # Another object that the operator acts on shows that it had its chance to see the Config.
    serving.api.patch(paths.IMAGE_CONFIG, {"spec": {"imageStreamImportMode": "PreserveOriginal"}})
    serving.api.wait_for(
        paths.IMAGE_CONFIG, lambda image: image["status"].get("imageStreamImportMode") == "PreserveOriginal"
    )
    assert serving.config()["status"] == before["status"]
    patch(serving, requests={"read": {"maxWaitInQueue": "10s"}})
    seen = states(serving, since, lambda config: config["status"]["observedGeneration"] > generation)
    assert seen[-1]["status"]["observedGeneration"] == generation + 2
    serving.api.patch(paths.IMAGE_CONFIG, {"spec": {"imageStreamImportMode": None}})
    wait_served(serving)
