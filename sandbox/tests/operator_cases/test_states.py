# SPDX-License-Identifier: GPL-3.0-or-later
"""Management states, what the API refuses, and the knobs that have no case of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from sandbox.tests.operator_cases.watching import (
    BASELINE,
    CERTIFICATES,
    CLUSTER_OPERATOR,
    CLUSTER_ROLE,
    CRON_JOB,
    DEFAULT_HOST,
    JOBS,
    PRUNER,
    REMOVED,
    SERVICE,
    SERVICE_ACCOUNT,
    UNMANAGED_MESSAGE,
    conditions,
    exists,
    patch,
    reaches,
    reports,
    states,
    vanishes,
    version,
)
from tests.integration import api as paths
from tests.integration.lab import Lab
from tests.integration.setups import add_claim, add_secret, wait_served

JOB_MESSAGE = "Job has reached the specified backoff limit"
REGISTRY_OBJECTS = [
    paths.DEPLOYMENT,
    SERVICE,
    SERVICE_ACCOUNT,
    CLUSTER_ROLE,
    "/apis/policy/v1beta1/namespaces/openshift-image-registry/poddisruptionbudgets/image-registry",
    "/apis/networking.k8s.io/v1/namespaces/openshift-image-registry/networkpolicies/image-registry-networkpolicy",
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/registry-registry-role",
    paths.GENERATED_SECRET,
    f"{paths.SECRETS}/installation-pull-secrets",
    f"{paths.ROUTES}/default-route",
    f"{paths.ROUTES}/r",
]


def pruner_arguments(lab: Lab) -> list[str]:
    """Command line of the pruning job."""
    pod = exists(lab, CRON_JOB)["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    arguments: list[str] = pod["containers"][0]["args"]
    return arguments


def test_case_34_unmanaged(serving: Lab) -> None:
    before = exists(serving, paths.DEPLOYMENT)["spec"]
    patch(serving, managementState="Unmanaged", replicas=3, defaultRoute=True)
    unmanaged = {
        "Available": ("True", "Unmanaged", UNMANAGED_MESSAGE),
        "Progressing": ("False", "Unmanaged", UNMANAGED_MESSAGE),
        "Degraded": ("False", "Unmanaged", UNMANAGED_MESSAGE),
        "Removed": ("False", "", ""),
    }
    reaches(serving, unmanaged)
    assert exists(serving, paths.DEPLOYMENT)["spec"] == before
    assert serving.api.get(f"{paths.ROUTES}/default-route") is None


def test_case_35_removed_keeps_what_it_does_not_manage(serving: Lab) -> None:
    add_claim(serving, "mine")
    add_secret(serving, "image-registry-private-configuration-user", {"K": "V"})
    add_secret(serving, "tls", {"tls.crt": "C", "tls.key": "K"})
    routes = [{"name": "r", "hostname": "registry.example.com", "secretName": "tls"}]
    storage = {"emptyDir": None, "managementState": "Unmanaged", "pvc": {"claim": "mine"}}
    patch(serving, storage=storage, defaultRoute=True, routes=routes)
    wait_served(serving)
    for path in REGISTRY_OBJECTS:
        exists(serving, path)
    serving.api.wait_for(paths.IMAGE_CONFIG, lambda image: DEFAULT_HOST in str(image["status"]))
    since = version(serving)
    patch(serving, managementState="Removed")
    seen = states(serving, since, lambda config: REMOVED.items() <= conditions(config).items())
    assert "DeletingDeployment" in [conditions(config)["Progressing"][1] for config in seen]
    assert (seen[-1]["status"]["storage"], seen[-1]["status"]["readyReplicas"]) == ({}, 0)
    assert seen[-1]["spec"]["storage"]["pvc"] == {"claim": "mine"}
    for path in REGISTRY_OBJECTS:
        vanishes(serving, path)
    for kept in (f"{paths.CLAIMS}/mine", paths.USER_SECRET, f"{paths.SECRETS}/tls", CERTIFICATES, CRON_JOB):
        assert serving.api.get(kept) is not None
    serving.api.wait_for(paths.IMAGE_CONFIG, lambda image: image["status"] == {"imageStreamImportMode": "Legacy"})
    serving.api.wait_for(CRON_JOB, lambda _job: "--prune-registry=false" in pruner_arguments(serving))
    reports(serving, CLUSTER_OPERATOR, {"Degraded": ("False", "Removed", "Degraded: The registry is removed")})


def test_case_36_removed_deletes_the_claim_that_it_manages(serving: Lab) -> None:
    add_claim(serving, "mine")
    patch(serving, storage={"emptyDir": None, "managementState": "Managed", "pvc": {"claim": "mine"}})
    wait_served(serving)
    patch(serving, managementState="Removed")
    reaches(serving, REMOVED)
    vanishes(serving, f"{paths.CLAIMS}/mine")


def test_case_37_removed_and_back(serving: Lab) -> None:
    patch(serving, managementState="Removed")
    reaches(serving, REMOVED)
    add_claim(serving, "mine")
    storage = {"emptyDir": None, "managementState": "Unmanaged", "pvc": {"claim": "mine"}}
    patch(serving, managementState="Managed", storage=storage)
    wait_served(serving)
    reaches(serving, BASELINE)
    for path in REGISTRY_OBJECTS[:-2]:
        exists(serving, path)


def test_case_38_config_is_deleted(serving: Lab) -> None:
    before = serving.config()["metadata"]["uid"]
    serving.api.delete(paths.CONFIG)
    config = serving.api.wait_for(paths.CONFIG, lambda config: config if config["metadata"]["uid"] != before else None)
    assert config["spec"]["managementState"] == "Removed"
    reaches(serving, REMOVED)
    vanishes(serving, paths.DEPLOYMENT)


def test_cases_40_and_41_additional_authorities(serving: Lab) -> None:
    serving.api.patch(paths.IMAGE_CONFIG, {"spec": {"additionalTrustedCA": {"name": "cas"}}})
    problem = (
        "failed to update object *v1.ConfigMap, Namespace=openshift-image-registry, Name=image-registry-certificates: "
        'image-registry-certificates: configmap "cas" not found'
    )
    kind = "ImageRegistryCertificatesControllerDegraded"
    reports(serving, paths.CONFIG, {kind: ("True", "Error", problem)})
    reports(
        serving,
        CLUSTER_OPERATOR,
        {"Degraded": ("True", "ImageRegistryCertificatesControllerError", f"{kind}: {problem}")},
    )
    authorities = {"metadata": {"name": "cas"}, "data": {"lab.example.com..5000": "PEM"}}
    serving.api.create(paths.TRUSTED_CAS, authorities)
    serving.api.wait_for(CERTIFICATES, lambda found: (found.get("data") or {}).get("lab.example.com..5000") == "PEM")
    reports(serving, paths.CONFIG, {kind: ("False", "AsExpected", "")})
    serving.api.patch(paths.IMAGE_CONFIG, {"spec": {"additionalTrustedCA": None}})
    serving.api.wait_for(CERTIFICATES, lambda found: not found.get("data"))
    serving.api.delete(f"{paths.TRUSTED_CAS}/cas")


def test_case_42_pruner_settings(serving: Lab) -> None:
    settings = {"schedule": "*/15 * * * *", "suspend": True, "keepTagRevisions": 5, "keepYoungerThanDuration": "96h"}
    changed = serving.api.patch(PRUNER, {"spec": settings})
    suspended = ("False", "Suspended", "The pruner job has been suspended")
    pruner = reports(serving, PRUNER, {"Scheduled": suspended})
    assert pruner["status"]["observedGeneration"] == changed["metadata"]["generation"]
    job = exists(serving, CRON_JOB)["spec"]
    assert (job["schedule"], job["suspend"]) == ("*/15 * * * *", True)
    assert {"--keep-tag-revisions=5", "--keep-younger-than=96h0m0s"} <= set(pruner_arguments(serving))
    serving.api.patch(PRUNER, {"spec": {"schedule": "not a cron"}})

    def reason(found: dict[str, Any]) -> str | None:
        shown = conditions(found)["Degraded"][1]
        return None if shown == "AsExpected" else shown

    assert serving.api.wait_for(CLUSTER_OPERATOR, reason) == "ImagePrunerSyncError"
    serving.api.delete(PRUNER)
    reports(serving, CLUSTER_OPERATOR, {"Degraded": ("False", "AsExpected", "")})


def finish_job(lab: Lab, name: str, kind: str, when: str) -> None:
    """A Job of the registry's namespace that has ended; its condition is of that type."""
    pod = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}
    lab.api.create(JOBS, {"metadata": {"name": name}, "spec": {"template": {"spec": pod}}})
    condition = {"type": kind, "status": "True", "reason": "BackoffLimitExceeded", "message": JOB_MESSAGE}
    lab.api.patch(f"{JOBS}/{name}/status", {"status": {"conditions": [condition | {"lastTransitionTime": when}]}})


def test_case_43_pruning_job_failed(serving: Lab) -> None:
    finish_job(serving, "failed", "Failed", "2026-01-01T00:00:00Z")
    failed = ("True", "BackoffLimitExceeded", JOB_MESSAGE)
    reports(serving, PRUNER, {"Failed": failed, "Degraded": ("True", "JobFailed", JOB_MESSAGE)})
    degraded = ("True", "ImagePrunerJobFailed", f"ImagePrunerDegraded: {JOB_MESSAGE}")
    reports(serving, CLUSTER_OPERATOR, {"Degraded": degraded})
    finish_job(serving, "succeeded", "Complete", "2026-01-02T00:00:00Z")
    reports(serving, PRUNER, {"Degraded": ("False", "AsExpected", "")})


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"rolloutStrategy": "Rolling"}, "spec.rolloutStrategy"),
        ({"storage": {"s3": {"chunkSizeMiB": 2}}}, "spec.storage.s3.chunkSizeMiB"),
        ({"managementState": "Off"}, "spec.managementState"),
        ({"storage": {"managementState": "Foo"}}, "spec.storage.managementState"),
        (
            {"storage": {"azure": {"networkAccess": {"type": "External", "internal": {}}}}},
            "spec.storage.azure.networkAccess",
        ),
    ],
)
def test_case_44_values_that_the_api_refuses(serving: Lab, spec: dict[str, Any], field: str) -> None:
    before = serving.config()
    response = requests.patch(
        serving.api.server + paths.CONFIG,
        json={"spec": spec},
        headers={"Authorization": f"Bearer {serving.api.token}", "Content-Type": "application/merge-patch+json"},
        verify=str(serving.api.authority),
        timeout=10,
    )
    assert response.status_code == 422
    assert field in response.json()["message"]
    assert serving.config() == before


def test_lost_edits(serving: Lab, knobs: Callable[..., None]) -> None:
    knobs(conflict=1)
    since = version(serving)
    patch(serving, replicas=2)
    seen = states(
        serving, since, lambda config: config["metadata"]["generation"] == config["status"]["observedGeneration"]
    )
    assert [config["spec"]["replicas"] for config in (seen[0], seen[-1])] == [2, 1]
    patch(serving, replicas=2)
    wait_served(serving)
    assert reaches(serving, BASELINE)["spec"]["replicas"] == 2


def test_paused_operator(serving: Lab, knobs: Callable[..., None]) -> None:
    knobs(operatorPaused=True)
    generation = patch(serving, replicas=2)["metadata"]["generation"]
    # The router is not paused: once it has answered, the operator would have, too.
    foreign = {"metadata": {"name": "foreign"}, "spec": {"to": {"name": "image-registry"}}}
    serving.api.create(paths.ROUTES, {"apiVersion": "route.openshift.io/v1", "kind": "Route"} | foreign)
    serving.api.wait_for(f"{paths.ROUTES}/foreign", lambda route: (route.get("status") or {}).get("ingress"))
    assert serving.config()["status"]["observedGeneration"] == generation - 1
    knobs(operatorPaused=None)
    wait_served(serving)
    serving.api.delete(f"{paths.ROUTES}/foreign")
