# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts: every one of them, with the words that a user reads."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import REGISTRY_PODS
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.admitted import ExpectedRoute
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import (
    DONE,
    Expected,
    Verdict,
    is_seen,
    judge,
)

from tests.unit.builders import (
    awaiting,
    conditions,
    config,
    credentials_file,
    deployment,
    generated_credentials,
    healthy,
    ingress,
    manifest,
    observed,
    pod,
    route,
)

case = pytest.param
FILE = {"credentials": credentials_file()}
UNSCHEDULABLE = conditions(PodScheduled=("False", "Unschedulable", "0/2 nodes are available"))
STALLED = conditions(Progressing=("False", "ProgressDeadlineExceeded", "timed out"))
UNFINISHED = conditions(Progressing=("True", "ReplicaSetUpdated", "still going"))
HOST = "registry.example.com"


def written(last_generation: int, **status: Any) -> dict[str, Any]:
    """Return a Config whose operator wrote the Deployment as of a generation."""
    generations = [
        {"resource": "daemonsets", "name": "node-ca", "lastGeneration": 77},
        {"resource": "deployments", "name": "image-registry", "lastGeneration": last_generation},
    ]
    return config(status={"generations": generations, **status})


LEAVING = manifest("Pod", "old", metadata={"deletionTimestamp": "2026-01-01T00:00:00Z"})


def serving(**seen: Any) -> Snapshot:
    """Return what a healthy registry of one replica looks like, with some of it replaced."""
    return observed(**({"config": config(), "deployment": deployment()} | seen))


def with_conditions(**by_type: tuple[str, ...]) -> dict[str, Any]:
    """Return a Config with some conditions replaced."""
    return config(status={"conditions": healthy(**by_type)})


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        case(awaiting(), serving(), id="serving"),
        case(awaiting({"spec": {"replicas": 1}}), serving(), id="declared fields hold"),
        case(awaiting({"spec": {"storage": {"emptyDir": None}}}), serving(), id="a removed field is absent"),
        case(awaiting(), serving(config=written(1)), id="the operator's last write is seen"),
        case(awaiting(), serving(config=config(replicas=0), deployment=deployment(0)), id="no replicas are wanted"),
        case(
            awaiting(),
            serving(
                config=config(replicas=0, status={"conditions": healthy(Available=("False", "NoReplicasAvailable"))}),
                deployment=deployment(0),
            ),
            id="no replicas are wanted, and the operator says so",
        ),
        case(
            awaiting(),
            serving(
                config=config(replicas=0),
                deployment=manifest(
                    "Deployment", "image-registry", spec={"replicas": 0}, status={"observedGeneration": 1}
                ),
            ),
            id="zeros are left out of a status",
        ),
        case(
            awaiting(),
            serving(config=config(replicas=0), deployment=deployment(0, conditions=UNFINISHED)),
            id="nothing is left to roll out",
        ),
        case(
            awaiting(),
            serving(config=with_conditions(Degraded=("False", "VerificationFailed"))),
            id="an error of the past",
        ),
        case(awaiting(), serving(deployment=deployment(conditions=[])), id="a Deployment without conditions"),
        case(
            awaiting(),
            serving(pods=[pod(conditions=UNSCHEDULABLE)]),
            id="a complete rollout with an old pod in trouble",
        ),
        case(
            awaiting(),
            serving(config=with_conditions(Degraded=("True", "RouteDegraded"))),
            id="another route is degraded",
        ),
        case(awaiting(routes=(ExpectedRoute("a"),)), serving(routes=[route("a", "h", ingress("h"))]), id="any host"),
        case(
            awaiting(routes=(ExpectedRoute("a", HOST, "PEM\n", "CA\n"),)),
            serving(routes=[route("a", HOST, ingress(HOST), certificate="PEM", caCertificate="CA")]),
            id="host and certificate",
        ),
        case(
            awaiting(routes=(ExpectedRoute("a"),)),
            serving(routes=[route("a", "h", ingress("h"), ingress("old", "False", "Moved"))]),
            id="a router still tells of the host before",
        ),
        case(awaiting(absent=("a",)), serving(routes=[route("b", "h")]), id="an absent route is gone"),
        case(awaiting(absent=("a",)), serving(routes=[manifest("Route", "a")]), id="somebody else's route stays"),
        case(awaiting(credentials=FILE), serving(credentials=generated_credentials()), id="credentials are passed on"),
        case(
            awaiting({"spec": {"managementState": "Removed"}}),
            observed(
                config(
                    managementState="Removed",
                    status={"conditions": conditions(Removed=("True",), Progressing=("False", "Removed"))},
                )
            ),
            id="removed",
        ),
        case(
            awaiting(),
            observed(
                config(managementState="Unmanaged", status={"conditions": conditions(Available=("True", "Unmanaged"))})
            ),
            id="unmanaged",
        ),
    ],
)
def test_done(expected: list[Expected], seen: Snapshot) -> None:
    assert judge(expected, seen) == DONE


@pytest.mark.parametrize(
    ("expected", "seen", "why"),
    [
        case(
            awaiting(),
            serving(deployment=None),
            "the operator has not yet created the deployment",
            id="no Deployment",
        ),
        case(
            awaiting(),
            serving(config=written(2)),
            "the API server does not yet show the operator's last change of the deployment",
            id="the Deployment's watch lags",
        ),
        case(
            awaiting(),
            serving(deployment=deployment(observedGeneration=0)),
            "Kubernetes has not yet processed the last change of the deployment",
            id="the Deployment controller lags",
        ),
        case(
            awaiting(),
            serving(config=config(replicas=3)),
            "the deployment does not yet ask for 3 replicas",
            id="replicas were not passed on",
        ),
        case(
            awaiting(),
            serving(config=config(replicas=2), deployment=deployment(2, updatedReplicas=1, replicas=3)),
            "1 of 2 pods have the new configuration, 2 of 3 pods are available",
            id="half of the pods are new",
        ),
        case(
            awaiting(),
            serving(
                config=config(replicas=2),
                deployment=deployment(2, updatedReplicas=1, replicas=3),
                pods=[pod("p", phase="Failed", reason="Evicted")],
            ),
            "1 of 2 pods have the new configuration, 2 of 3 pods are available",
            id="half of the pods are new, one was evicted long ago",
        ),
        case(
            awaiting(),
            serving(config=config(replicas=2), deployment=deployment(2, readyReplicas=1)),
            "2 of 2 pods have the new configuration, 2 of 2 pods are available",
            id="not all are ready",
        ),
        case(
            awaiting(),
            serving(deployment=manifest("Deployment", "image-registry", spec={"replicas": 1})),
            "Kubernetes has not yet processed the last change of the deployment",
            id="a Deployment without a status",
        ),
        case(
            awaiting(),
            serving(deployment=deployment(conditions=UNFINISHED)),
            "1 of 1 pods have the new configuration, 1 of 1 pods are available",
            id="the Deployment controller is not done",
        ),
        case(
            awaiting(),
            serving(config=config(replicas=0), deployment=deployment(0, replicas=1)),
            "0 of 0 pods have the new configuration, 0 of 1 pods are available",
            id="the last pod is still there",
        ),
        case(
            awaiting(credentials=FILE),
            serving(),
            "the operator has not yet passed the new credentials on to the pods",
            id="no generated Secret",
        ),
        case(
            awaiting(credentials=FILE),
            serving(credentials=generated_credentials(secret_key="another")),
            "the operator has not yet passed the new credentials on to the pods",
            id="other credentials in the generated Secret",
        ),
        case(
            awaiting(credentials=FILE),
            serving(credentials=manifest("Secret", "image-registry-private-configuration")),
            "the operator has not yet passed the new credentials on to the pods",
            id="an empty generated Secret",
        ),
        case(
            awaiting(routes=(ExpectedRoute("a"),)),
            serving(),
            "the operator has not yet created route a",
            id="no Route",
        ),
        case(
            awaiting(routes=(ExpectedRoute("a"),)),
            serving(routes=[manifest("Route", "a", spec={"host": "h"})]),
            "the operator has not yet created route a",
            id="somebody else's Route of that name",
        ),
        case(
            awaiting(routes=(ExpectedRoute("a"),)),
            serving(routes=[route("a", None)]),
            "route a has host (none), not yet one",
            id="no host",
        ),
        case(
            awaiting(routes=(ExpectedRoute("a", HOST),)),
            serving(routes=[route("a", "old", ingress("old"))]),
            f"route a has host old, not yet {HOST}",
            id="the host before",
        ),
        case(
            awaiting(routes=(ExpectedRoute("a", HOST, "PEM", "NEW"),)),
            serving(routes=[route("a", HOST, ingress(HOST), certificate="PEM", caCertificate="OLD")]),
            "route a does not yet carry the declared caCertificate",
            id="the CA certificate before",
        ),
        case(
            awaiting(routes=(ExpectedRoute("a", None, "NEW"),)),
            serving(routes=[route("a", "h", ingress("h"), certificate="OLD")]),
            "route a does not yet carry the declared certificate",
            id="the certificate before",
        ),
        case(
            awaiting(routes=(ExpectedRoute("a", None, "NEW"),)),
            serving(routes=[route("a", "h", ingress("h"))]),
            "route a does not yet carry the declared certificate",
            id="no certificate",
        ),
        case(
            awaiting(routes=(ExpectedRoute("a", HOST),)),
            serving(routes=[route("a", HOST, ingress("old"))]),
            f"no router has admitted route a (host {HOST}) yet",
            id="admitted for the host before only",
        ),
        case(
            awaiting(),
            serving(
                config=config(replicas=2),
                deployment=deployment(2, updatedReplicas=1, availableReplicas=2, replicas=3),
                pods=[pod("p", conditions=UNSCHEDULABLE)],
            ),
            "1 of 2 pods have the new configuration, 2 of 3 pods are available; pod p cannot be scheduled: "
            "Unschedulable: 0/2 nodes are available",
            id="a new pod waits for the place of an old one",
        ),
        case(
            awaiting(),
            serving(
                config=config(replicas=2),
                deployment=deployment(2, availableReplicas=1),
                pods=[pod("p", conditions=UNSCHEDULABLE), LEAVING],
            ),
            "2 of 2 pods have the new configuration, 1 of 2 pods are available; pod p cannot be scheduled: "
            "Unschedulable: 0/2 nodes are available",
            id="a new pod waits for the place of one that ends",
        ),
        case(
            awaiting({"spec": {"managementState": "Removed"}}),
            observed(config=config(managementState="Removed", status={"observedGeneration": 0})),
            "the operator has not observed generation 1 of the Config",
            id="the operator is busy with deleting a bucket",
        ),
        case(
            awaiting(absent=("a",)),
            serving(routes=[route("a", "h")]),
            "route a still exists",
            id="a Route left",
        ),
        case(
            awaiting(),
            serving(config=with_conditions(Progressing=("True", "DeploymentNotCompleted", "not completed"))),
            "the operator reports DeploymentNotCompleted: not completed",
            id="the operator is at work",
        ),
        case(
            awaiting(),
            serving(config=with_conditions(Available=("False", "NoReplicasAvailable"))),
            "the operator reports NoReplicasAvailable",
            id="the operator sees no replica",
        ),
        case(
            awaiting(),
            serving(config=config(status={"conditions": []})),
            "the operator reports no reason",
            id="no conditions at all",
        ),
        case(
            awaiting(),
            serving(config=config(managementState="Unmanaged")),
            "the operator has not yet stopped managing the registry",
            id="not yet unmanaged",
        ),
        case(
            awaiting(),
            observed(config(managementState="Removed")),
            "the operator has not yet removed the registry",
            id="not yet removed",
        ),
        case(
            awaiting(),
            observed(
                config(
                    managementState="Removed",
                    status={"conditions": conditions(Removed=("True",), Progressing=("True", "D", "being removed"))},
                ),
            ),
            "being removed",
            id="the operator is removing",
        ),
        case(
            awaiting(),
            observed(
                config(managementState="Removed", status={"conditions": conditions(Removed=("True",))}), deployment()
            ),
            "the deployment still exists",
            id="removed but for the Deployment",
        ),
        case(
            awaiting(),
            observed(
                config(
                    managementState="Removed",
                    status={
                        "conditions": conditions(Removed=("True",), Progressing=("False", "Removed", "All removed"))
                    },
                ),
                deployment(),
            ),
            "the deployment still exists",
            id="the Deployment's watch lags behind its removal",
        ),
    ],
)
def test_waiting(expected: list[Expected], seen: Snapshot, why: str) -> None:
    assert judge(expected, seen) == Verdict("waiting", why)


@pytest.mark.parametrize(
    ("expected", "seen", "why"),
    [
        case(
            awaiting(),
            serving(config=config(status={"observedGeneration": 0})),
            "the operator has not observed generation 1 of the Config",
            id="the operator has not looked",
        ),
        case(
            awaiting(),
            serving(config=manifest("Config", "cluster", spec={"managementState": "Managed"})),
            "the operator has not observed generation 1 of the Config",
            id="the operator never looked",
        ),
        case(
            awaiting(),
            serving(
                config=config(status={"observedGeneration": 0}, requests={"read": {"maxWaitInQueue": "1d"}}),
            ),
            "the operator has not observed generation 1 of the Config, because it cannot decode "
            "spec.requests.read.maxWaitInQueue: 1d (no Go duration)",
            id="the operator cannot decode what it should look at",
        ),
        case(
            awaiting(),
            serving(config=with_conditions(Progressing=("True", "Error", "Unable to apply resources: no PVC"))),
            "the operator reports Error: Unable to apply resources: no PVC",
            id="the operator tries again and again",
        ),
        case(
            awaiting(),
            observed(
                config(
                    managementState="Removed",
                    status={"conditions": conditions(Progressing=("True", "Error", "Unable to remove"))},
                )
            ),
            "the operator reports Error: Unable to remove",
            id="the operator cannot remove",
        ),
        case(
            awaiting(),
            serving(
                config=config(replicas=2),
                deployment=deployment(2, availableReplicas=1),
                pods=[pod("p", conditions=UNSCHEDULABLE)],
            ),
            "2 of 2 pods have the new configuration, 1 of 2 pods are available; pod p cannot be scheduled: "
            "Unschedulable: 0/2 nodes are available",
            id="a pod cannot be scheduled",
        ),
        case(
            awaiting(routes=(ExpectedRoute("a", HOST),)),
            serving(routes=[route("a", HOST, ingress(HOST, "False", "HostAlreadyClaimed", "taken"))]),
            f"router default does not admit route a (host {HOST}): HostAlreadyClaimed: taken",
            id="a router refuses",
        ),
        case(
            awaiting(routes=(ExpectedRoute("a", HOST),)),
            serving(routes=[route("a", HOST, ingress(HOST), ingress(HOST, "False", "RouteNotAdmitted", "", "second"))]),
            f"router second does not admit route a (host {HOST}): RouteNotAdmitted",
            id="one of two routers refuses",
        ),
        case(
            awaiting(routes=(ExpectedRoute("a", HOST),)),
            serving(routes=[route("a", HOST, {"host": HOST})]),
            f"router unknown does not admit route a (host {HOST}): no reason",
            id="a router without a reason",
        ),
        case(
            awaiting(),
            serving(deployment=deployment(availableReplicas=0, conditions=STALLED)),
            "the rollout timed out: ProgressDeadlineExceeded: timed out",
            id="the rollout timed out",
        ),
        case(
            awaiting(),
            serving(
                deployment=deployment(availableReplicas=0, conditions=STALLED),
                pods=[pod("p", conditions=UNSCHEDULABLE)],
            ),
            "the rollout timed out: pod p cannot be scheduled: Unschedulable: 0/2 nodes are available",
            id="the rollout timed out because of a pod",
        ),
        case(
            awaiting(),
            serving(
                deployment=deployment(availableReplicas=0, conditions=STALLED),
                pods=[pod("p", phase="Failed", reason="Evicted", message="low on disk")],
            ),
            "the rollout timed out: pod p failed: Evicted: low on disk",
            id="the rollout timed out because pods are evicted",
        ),
    ],
)
def test_waiting_in_trouble(expected: list[Expected], seen: Snapshot, why: str) -> None:
    assert judge(expected, seen) == Verdict("waiting", why, is_troubled=True)


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        case(observed(None), "the Config does not exist any more", id="no Config"),
        case(
            serving(config=with_conditions(Degraded=("True", "VerificationFailed", "Error: replicas"))),
            "the operator reports VerificationFailed: Error: replicas",
            id="refused by the operator",
        ),
        case(
            serving(config=with_conditions(Degraded=("True", "StorageNotConfigured", "Error: no storage"))),
            "the operator reports StorageNotConfigured: Error: no storage",
            id="no storage",
        ),
        case(
            serving(
                config=config(
                    managementState="Removed",
                    status={"conditions": conditions(Degraded=("True", "VerificationFailed", "two routes a"))},
                )
            ),
            "the operator reports VerificationFailed: two routes a",
            id="refused while it is removed",
        ),
    ],
)
def test_failed(seen: Snapshot, why: str) -> None:
    assert judge(awaiting(), seen) == Verdict("failed", why)


@pytest.mark.parametrize(
    ("declared", "live", "fields"),
    [
        case({"replicas": 2}, {"replicas": 1}, "spec.replicas", id="another value"),
        case({"storage": {"emptyDir": None}}, {"storage": {"emptyDir": {}}}, "spec.storage.emptyDir", id="came back"),
        case(
            {"replicas": 2, "routes": [{"name": "a"}]}, {}, "spec.replicas, spec.routes", id="several fields, in order"
        ),
    ],
)
def test_overwritten_fields_are_lost(declared: dict[str, Any], live: dict[str, Any], fields: str) -> None:
    assert judge(awaiting({"spec": declared}), serving(config=config(**live))) == Verdict("lost", fields)


@pytest.mark.parametrize(
    ("before", "verdict"),
    [
        case("sha256:old", DONE, id="the pods were started with others"),
        case(
            "sha256:new",
            Verdict("waiting", "the pods do not yet have the new credentials or certificates"),
            id="the same",
        ),
        case(None, DONE, id="nothing has to change"),
    ],
)
def test_the_pods_must_be_started_with_the_new_credentials(before: str | None, verdict: Verdict) -> None:
    annotations = {"imageregistry.operator.openshift.io/dependencies-checksum": "sha256:new"}
    started = deployment()
    started["spec"]["template"] = {"metadata": {"annotations": annotations}}
    seen = serving(deployment=started, credentials=generated_credentials())
    assert judge(awaiting(credentials=FILE, checksum_before=before), seen) == verdict


def test_a_permanent_error_is_reported_only_for_the_generation_that_it_is_about() -> None:
    error = healthy(Degraded=("True", "VerificationFailed", "Error: replicas"))
    stale = config(status={"observedGeneration": 0, "conditions": error})
    assert judge(awaiting(), serving(config=stale)).state == "waiting"


@pytest.mark.parametrize(
    ("states", "told"),
    [
        (["done", "done"], "done"),
        (["waiting", "failed", "lost"], "lost"),
        (["waiting", "failed"], "failed"),
        (["done", "waiting"], "waiting"),
        ([], "done"),
    ],
    ids=", ".join,
)
def test_what_was_overwritten_counts_most_and_what_only_takes_time_least(states: list[str], told: str) -> None:
    class Stub(Expected):
        def __init__(self, state: str):
            self._state = state

        def verdict(self, seen: Snapshot) -> Verdict:
            return DONE if self._state == "done" else Verdict(self._state)

    assert judge([Stub(state) for state in states], serving()).state == told


def test_the_first_of_several_reasons_to_wait_is_told() -> None:
    expected = awaiting(routes=(ExpectedRoute("a"),), credentials=FILE)
    assert judge(expected, serving(deployment=None)).why == "the operator has not yet created the deployment"
    assert judge(expected, serving()).why == "the operator has not yet created route a"


def test_what_serves_already_is_seen_without_its_pods() -> None:
    live = {ref: serving()[ref] for entry in awaiting() for ref in entry.refs() - {REGISTRY_PODS}}
    assert is_seen(awaiting(), Snapshot(live))
    assert not is_seen(awaiting({"spec": {"replicas": 2}}), Snapshot(live))
