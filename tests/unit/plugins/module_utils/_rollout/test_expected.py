# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts: every one of them, with the words that a user reads."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.config import RULES
from ansible_collections.okd.image_registry.plugins.module_utils._objects.certificates import Trust
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Forbidden
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLAIM,
    CLUSTER_CONFIG,
    OPERATOR_LEASE,
    OPERATOR_PODS,
    POD_EVENTS,
    REGISTRY_CERTIFICATES,
    REGISTRY_DEPLOYMENT,
    REGISTRY_PODS,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.admitted import Admitted, ExpectedRoute
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import (
    DONE,
    Expected,
    Verdict,
    is_seen,
    judge,
)
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.grown import Grown
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.passed_on import (
    CredentialsPassedOn,
    PodsRenewed,
    Trusted,
)
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.serving import Serving

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
BEGUN = conditions(Progressing=("True", "FoundNewReplicaSet", "found"))
UNFINISHED = conditions(Progressing=("True", "ReplicaSetUpdated", "still going"))
HOST = "registry.example.com"


def written(last_generation: int, **status: Any) -> dict[str, Any]:
    """Return a Config whose operator wrote the Deployment as of a generation."""
    generations = [
        {"resource": "daemonsets", "name": "node-ca", "lastGeneration": 77},
        {"resource": "deployments", "name": "image-registry", "lastGeneration": last_generation},
    ]
    return config(status={"generations": generations, **status})


def recreated(strategy: str | None = "Recreate") -> dict[str, Any]:
    """Return a Deployment of which no pod counts."""
    live = deployment(1, replicas=0, updatedReplicas=0, availableReplicas=0, readyReplicas=0)
    live["spec"]["strategy"] = {"type": strategy}
    return live


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
        case(
            awaiting(),
            serving(config=config(status={"observedGeneration": 2}), deployment=deployment(observedGeneration=2)),
            id="statuses from before a restore",
        ),
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
        case(
            awaiting(is_all=True),
            serving(routes=[manifest("Route", "a"), route("default-route", "h")]),
            id="of all the default route stays too",
        ),
        case(awaiting(credentials=FILE), serving(credentials=generated_credentials()), id="credentials are passed on"),
    ],
)
def test_done(expected: list[Expected], seen: Snapshot) -> None:
    assert judge(expected, seen) == DONE


@pytest.mark.parametrize(
    ("state", "reported", "why"),
    [
        ("Removed", {"Removed": ("True",), "Progressing": ("False", "Removed")}, "the registry is removed"),
        ("Unmanaged", {"Available": ("True", "Unmanaged")}, "the operator does not manage the registry any more"),
    ],
)
def test_where_nothing_is_rolled_out_nothing_is_said_to_serve(
    state: str, reported: dict[str, tuple[str, ...]], why: str
) -> None:
    live = config(managementState=state, status={"conditions": conditions(**reported)})
    assert judge(awaiting({"spec": {"managementState": state}}), observed(live)) == Verdict("done", why)


def test_a_route_that_no_router_takes_up_is_trouble_in_the_end() -> None:
    verdict = judge(awaiting(routes=(ExpectedRoute("a", HOST),)), serving(routes=[route("a", HOST, ingress("old"))]))
    assert verdict == Verdict("waiting", f"no router has admitted route a (host {HOST}) yet", True)
    assert verdict.patience == 120
    assert "namespaceSelector and routeSelector" in verdict.remedy


OPERATOR = "cluster-image-registry-operator-1"
UNOBSERVED = "the operator has not observed generation 1 of the Config"


def lease(holder: str) -> dict[str, Any]:
    """Return the lease by which the operator's pods agree on one of them."""
    spec = {"holderIdentity": f"{holder}_8f0c", "leaseDurationSeconds": 137, "renewTime": "2026-01-01T00:00:00.000000Z"}
    return manifest("Lease", "openshift-master-controllers", spec=spec)


HELD = "Lease openshift-master-controllers is held by {}, which renewed it at 2026-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("held", "its_pods", "words"),
    [
        (None, [], []),
        (OPERATOR, [(OPERATOR, "True")], [HELD.format(OPERATOR)]),
        (
            "crashed",
            [(OPERATOR, "True")],
            [
                HELD.format("crashed") + " and does not run any more: another pod takes over 137 seconds after that",
                f"pod {OPERATOR} runs and waits for the lease",
            ],
        ),
        (None, [(OPERATOR, "False")], [f"pod {OPERATOR} is not ready"]),
    ],
)
def test_an_operator_that_does_nothing_is_given_time_and_is_looked_at(
    held: str | None, its_pods: list[tuple[str, str]], words: list[str]
) -> None:
    live = config(status={"observedGeneration": 0})
    found = [manifest("Pod", name, status={"conditions": conditions(Ready=(ready,))}) for name, ready in its_pods]
    others: dict[Any, Any] = {OPERATOR_LEASE: lease(held) if held else None, OPERATOR_PODS: {"items": found}}
    before = judge(awaiting(), serving(config=live))
    after = judge(awaiting(), serving(config=live, others=others))
    assert before == Verdict("waiting", UNOBSERVED, True)
    assert before.explained_by == set(others)
    assert after == Verdict("waiting", "; ".join([UNOBSERVED, *words]), True)
    assert after.patience == 180
    assert "oc logs" in after.remedy


@pytest.mark.parametrize("ref", [OPERATOR_LEASE, OPERATOR_PODS], ids=str)
def test_lease_and_pods_of_the_operator_tell_something_together_only(ref: Ref) -> None:
    live = config(status={"observedGeneration": 0})
    assert judge(awaiting(), serving(config=live, others={ref: None})) == Verdict("waiting", UNOBSERVED, True)


def test_what_the_operator_cannot_decode_needs_no_patience() -> None:
    live = config(status={"observedGeneration": 0}, requests={"read": {"maxWaitInQueue": "1d"}})
    verdict = judge(awaiting(), serving(config=live))
    assert "cannot decode" in verdict.why
    assert (verdict.is_troubled, verdict.patience, verdict.explained_by) == (True, 0, frozenset())


def event(reason: str, second: int, kind: str = "Warning", pod_name: str = "p") -> dict[str, Any]:
    """Return something that happened to a pod."""
    about = {"kind": "Pod", "uid": f"uid-of-{pod_name}"}
    return manifest(
        "Event",
        f"{pod_name}-{second}",
        involvedObject=about,
        type=kind,
        reason=reason,
        message="as the kubelet has it",
        lastTimestamp=f"2026-01-01T00:00:{second:02}Z",
    )


CREATING = {"phase": "Pending", "startTime": "2026-01-01T00:00:00Z", "containerStatuses": []}
STARTING = "1 of 1 pods have the new configuration, 0 of 1 pods are available"


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([], ""),
        ([event("Scheduled", 1, "Normal")], ""),
        (
            [event("FailedMount", 2), event("Scheduled", 1, "Normal")],
            "; pod p on node worker-0 has not started since 2026-01-01T00:00:00Z: FailedMount: as the kubelet has it",
        ),
        ([event("FailedMount", 2), event("Pulling", 3, "Normal")], ""),
        ([event("FailedMount", 2, pod_name="another")], ""),
    ],
)
def test_a_pod_that_does_not_start_is_explained_by_what_happened_to_it(
    events: list[dict[str, Any]], words: str
) -> None:
    waiting = {**pod("p", **CREATING), "spec": {"nodeName": "worker-0"}}
    seen = serving(
        deployment=deployment(1, availableReplicas=0), pods=[waiting], others={POD_EVENTS: {"items": events}}
    )
    verdict = judge(awaiting(), seen)
    assert verdict == Verdict("waiting", f"{STARTING}{words}", bool(words))
    assert verdict.explained_by == {POD_EVENTS}


@pytest.mark.parametrize(("strategy", "is_blocked"), [("Recreate", True), ("RollingUpdate", False), (None, False)])
def test_a_pod_that_does_not_end_is_trouble_where_it_keeps_others_from_beginning(
    strategy: str | None, is_blocked: bool
) -> None:
    further = manifest("Pod", "further", metadata={"deletionTimestamp": "2026-01-01T00:00:01Z"})
    its_pods = [{**LEAVING, "spec": {"nodeName": "worker-0"}}, further]
    verdict = judge(awaiting(), serving(deployment=recreated(strategy), pods=its_pods))
    words = "; pod old on node worker-0 has not ended, for which it had time until 2026-01-01T00:00:00Z"
    progress = "0 of 1 pods have the new configuration, 0 of 0 pods are available"
    assert verdict == Verdict("waiting", progress + words * is_blocked, is_blocked)
    assert (verdict.subject, verdict.patience) == (("old", 180) if is_blocked else ("", 0))
    assert ("oc get nodes" in verdict.remedy) == is_blocked
    assert verdict.explained_by == {POD_EVENTS}


def test_credentials_of_which_nobody_can_tell_the_effect_leave_a_doubt() -> None:
    live = deployment()
    annotations = {"imageregistry.operator.openshift.io/dependencies-checksum": "1"}
    live["spec"]["template"] = {"metadata": {"annotations": annotations}}
    verdict = PodsRenewed("1", is_certain=False).verdict(serving(deployment=live))
    assert verdict.state == "waiting"
    assert "[credentials-unproven]" in verdict.doubt
    assert PodsRenewed("1").verdict(serving(deployment=live)).doubt == ""
    assert PodsRenewed("0", is_certain=False).verdict(serving(deployment=live)) == DONE


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ({"capacity": {"storage": "2Ti"}}, None),
        ({"capacity": {"storage": "2048Gi"}}, None),
        ({"phase": "Pending"}, None),
        ({"capacity": {"storage": "1Ti"}}, "has 1Ti, not yet 2Ti"),
        (
            {
                "capacity": {"storage": "1Ti"},
                "conditions": conditions(FileSystemResizePending=("True", "", "Waiting for user to start a pod")),
            },
            "has 1Ti, not yet 2Ti: Waiting for user to start a pod",
        ),
        (
            {"capacity": {"storage": "1Ti"}, "conditions": conditions(Resizing=("True",))},
            "has 1Ti, not yet 2Ti: Resizing",
        ),
        (
            {"capacity": {"storage": "1Ti"}, "conditions": conditions(Resizing=("False", "Ended"))},
            "has 1Ti, not yet 2Ti",
        ),
    ],
)
def test_a_claim_has_grown_when_its_volume_has(status: dict[str, Any], text: str | None) -> None:
    seen = Snapshot({CLAIM("c"): manifest("PersistentVolumeClaim", "c", status=status)})
    verdict = Grown(CLAIM("c"), "2Ti").verdict(seen)
    if text is None:
        assert verdict == DONE
    else:
        assert verdict == Verdict("waiting", f"the volume of {CLAIM('c')} {text}")
        assert f"{text}. See" in verdict.doubt
        assert "[claim-not-grown]" in verdict.doubt


def test_a_claim_that_may_not_be_read_is_no_reason_to_wait() -> None:
    hidden = Forbidden("GET", str(CLAIM("c")), 403, "Forbidden", "no right")
    assert Grown(CLAIM("c"), "2Ti").verdict(Snapshot({CLAIM("c"): hidden})) == DONE
    assert not Grown(CLAIM("c"), "2Ti").needed()


@pytest.mark.parametrize(
    "expected",
    [
        Admitted((ExpectedRoute("a"),)),
        Admitted((), ("left",)),
        Admitted((), is_all=True),
        CredentialsPassedOn(FILE),
        Trusted(Trust("PEM")),
        PodsRenewed("1"),
    ],
    ids=lambda entry: type(entry).__name__,
)
@pytest.mark.parametrize("state", ["Managed", "Removed", "Unmanaged", "Force", None])
def test_only_of_a_managed_registry_more_is_awaited_than_its_state(expected: Expected, state: str | None) -> None:
    started = deployment()
    annotations = {"imageregistry.operator.openshift.io/dependencies-checksum": "1"}
    started["spec"]["template"] = {"metadata": {"annotations": annotations}}
    others: dict[Ref, Any] = {REGISTRY_CERTIFICATES: manifest("ConfigMap", "image-registry-certificates")}
    seen = observed(config(managementState=state), started, routes=[route("left", "h")], others=others)
    assert (expected.verdict(seen) == DONE) == (state != "Managed")


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
            serving(config=config(replicas=1), deployment=deployment(3)),
            "the deployment does not yet ask for 1 replicas",
            id="fewer replicas were not passed on",
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
            serving(deployment=deployment(conditions=BEGUN)),
            "1 of 1 pods have the new configuration, 1 of 1 pods are available",
            id="the Deployment controller has begun",
        ),
        case(
            awaiting(),
            serving(deployment=recreated()),
            "0 of 1 pods have the new configuration, 0 of 0 pods are available",
            id="all pods have ended, none has begun",
        ),
        case(
            awaiting(),
            serving(deployment=recreated(), pods=[pod("p", conditions=UNSCHEDULABLE), LEAVING]),
            "0 of 1 pods have the new configuration, 0 of 0 pods are available; pod p cannot be scheduled: "
            "Unschedulable: 0/2 nodes are available",
            id="a new pod has begun though an old one has not ended",
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
        *(
            case(
                awaiting(routes=(ExpectedRoute("a", HOST),)),
                serving(routes=[route("a", host, ingress(host))]),
                f"route a has host {host}, not yet {HOST}",
                id=f"the host before, {host}",
            )
            for host in ("old", "the-old")
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
            awaiting(is_all=True),
            serving(routes=[route("a", "h")]),
            "route a still exists",
            id="one of an earlier change, a Route left",
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
            serving(config=config(managementState="Unmanaged", status={"conditions": []})),
            "the operator has not yet stopped managing the registry",
            id="not yet unmanaged, of unknown condition",
        ),
        case(
            awaiting(),
            observed(config(managementState="Removed")),
            "the operator has not yet removed the registry",
            id="not yet removed",
        ),
        case(
            awaiting(),
            observed(config(managementState="Removed", status={"conditions": []})),
            "the operator has not yet removed the registry",
            id="not yet removed, of unknown condition",
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
            awaiting({"spec": {"managementState": "Unmanaged"}}),
            observed(config(managementState="Unmanaged", status={"observedGeneration": 0})),
            "the operator has not observed generation 1 of the Config",
            id="the operator has not looked, and has little to do",
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


def test_what_is_awaited_twice_is_kept_once() -> None:
    entries = awaiting({"spec": {"replicas": 1}}, (ExpectedRoute("a"),), ("b",), FILE, "1")
    assert list(dict.fromkeys([*entries, *entries])) == entries


def test_pods_are_watched_and_need_not_be_seen() -> None:
    assert Serving(RULES).refs() == {CLUSTER_CONFIG, REGISTRY_DEPLOYMENT, REGISTRY_PODS}
    assert Serving(RULES).needed() == {CLUSTER_CONFIG, REGISTRY_DEPLOYMENT}


def test_what_serves_already_is_seen_without_its_pods() -> None:
    live = {ref: serving()[ref] for entry in awaiting() for ref in entry.refs() - {REGISTRY_PODS}}
    assert is_seen(awaiting(), Snapshot(live))
    assert not is_seen(awaiting({"spec": {"replicas": 2}}), Snapshot(live))
