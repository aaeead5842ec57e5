# SPDX-License-Identifier: GPL-3.0-or-later
"""Descriptions: the fields of an object that are shown, and that nothing else comes along."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._report import describe

from tests.unit import builders
from tests.unit.builders import Manifest, condition, conditions, encoded, ingress, manifest

case = pytest.param
CREATED = "2026-01-15T10:00:00Z"
MOVED = "2026-01-15T10:05:00Z"
PASSWORD = "h0rse-battery-staple"


def made(kind: str, name: str, **content: Any) -> Manifest:
    """Return an object that the API server created at CREATED."""
    return manifest(kind, name, metadata={"creationTimestamp": CREATED} | content.pop("metadata", {}), **content)


def waiting(reason: str, message: str) -> Manifest:
    """Return the status of a pod whose container waits."""
    container = {"name": "registry", "restartCount": 4, "state": {"waiting": {"reason": reason, "message": message}}}
    return {
        "phase": "Pending",
        "startTime": MOVED,
        "conditions": [condition("Ready", "False", "ContainersNotReady", "containers with unready status: [registry]")],
        "containerStatuses": [container],
    }


DEPLOYMENT = made(
    "Deployment",
    "image-registry",
    metadata={"generation": 3, "annotations": {"release.openshift.io/version": "4.22.0"}},
    spec={
        "replicas": 2,
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}},
        "template": {
            "spec": {
                "containers": [
                    {"name": "a", "image": "registry.example.com/a:1", "env": [{"name": "SECRET", "value": PASSWORD}]},
                    {"name": "b", "image": "registry.example.com/b:1"},
                    {"name": "c", "image": "registry.example.com/a:1"},
                ]
            }
        },
    },
    status={
        "observedGeneration": 2,
        "replicas": 3,
        "updatedReplicas": 1,
        "readyReplicas": 2,
        "availableReplicas": 2,
        "conditions": [condition("Progressing", "True", "ReplicaSetUpdated", "m") | {"lastTransitionTime": MOVED}],
    },
)
SPARSE_DEPLOYMENT = made("Deployment", "image-registry", spec={"template": {}})
REPLICA_SET = made(
    "ReplicaSet",
    "image-registry-1",
    metadata={
        "annotations": {"deployment.kubernetes.io/revision": "12"},
        "ownerReferences": [{"name": "bystander"}, {"name": "image-registry", "controller": True}],
    },
    spec={"replicas": 2, "template": {"spec": {"containers": [{"name": "a", "image": "registry.example.com/a:1"}]}}},
    status={"replicas": 2, "readyReplicas": 1, "availableReplicas": 1},
)
SERVICE = made(
    "Service",
    "image-registry",
    spec={
        "type": "ClusterIP",
        "clusterIP": "172.30.1.2",
        "ports": [{"name": "5000-tcp", "port": 5000, "targetPort": 5000, "protocol": "TCP"}],
    },
)
CLAIM = made(
    "PersistentVolumeClaim",
    "registry",
    spec={
        "accessModes": ["ReadWriteMany"],
        "resources": {"requests": {"storage": "200Gi"}},
        "storageClassName": "standard",
        "volumeName": "pv-1",
    },
    status={"phase": "Bound", "capacity": {"storage": "100Gi"}, "conditions": conditions(Resizing=("True",))},
)
PRUNER = made(
    "ImagePruner",
    "cluster",
    spec={"suspend": True},
    status={"observedGeneration": 1, "conditions": conditions(Scheduled=("False", "Suspended"))},
)


@pytest.mark.parametrize(
    ("show", "source", "shown"),
    [
        case(
            describe.deployment,
            DEPLOYMENT,
            {
                "name": "image-registry",
                "created": CREATED,
                "version": "4.22.0",
                "images": ["registry.example.com/a:1", "registry.example.com/b:1"],
                "strategy": "RollingUpdate",
                "generation": 3,
                "observed_generation": 2,
                "replicas": {"wanted": 2, "current": 3, "updated": 1, "ready": 2, "available": 2},
                "conditions": {
                    "Progressing": {
                        "status": "True",
                        "reason": "ReplicaSetUpdated",
                        "message": "m",
                        "last_transition_time": MOVED,
                    }
                },
            },
            id="deployment",
        ),
        case(
            describe.deployment,
            SPARSE_DEPLOYMENT,
            {
                "name": "image-registry",
                "created": CREATED,
                "version": None,
                "images": [],
                "strategy": None,
                "generation": 1,
                "observed_generation": None,
                "replicas": {"wanted": 0, "current": 0, "updated": 0, "ready": 0, "available": 0},
                "conditions": {},
            },
            id="deployment that nobody has looked at yet",
        ),
        case(
            describe.replica_set,
            REPLICA_SET,
            {
                "name": "image-registry-1",
                "created": CREATED,
                "deployment": "image-registry",
                "revision": 12,
                "images": ["registry.example.com/a:1"],
                "replicas": {"wanted": 2, "current": 2, "ready": 1, "available": 1},
            },
            id="replica set",
        ),
        case(
            describe.service,
            SERVICE,
            {
                "name": "image-registry",
                "type": "ClusterIP",
                "cluster_ip": "172.30.1.2",
                "ports": [{"name": "5000-tcp", "port": 5000, "target_port": 5000, "protocol": "TCP"}],
            },
            id="service",
        ),
        case(
            describe.claim,
            CLAIM,
            {
                "name": "registry",
                "phase": "Bound",
                "size": {"requested": "200Gi", "actual": "100Gi"},
                "access_modes": ["ReadWriteMany"],
                "storage_class": "standard",
                "volume": "pv-1",
                "conditions": {
                    "Resizing": {"status": "True", "reason": "", "message": "", "last_transition_time": None}
                },
            },
            id="claim that is growing",
        ),
        case(
            describe.secret,
            builders.secret("public-tls", {"tls.key": PASSWORD, "tls.crt": "c"}, type="kubernetes.io/tls"),
            {"name": "public-tls", "type": "kubernetes.io/tls", "data_keys": ["tls.crt", "tls.key"]},
            id="secret",
        ),
        case(
            describe.secret,
            manifest("Secret", "empty", type="Opaque"),
            {"name": "empty", "type": "Opaque", "data_keys": []},
            id="secret without data",
        ),
        case(
            describe.image_config,
            manifest(
                "Image", "cluster", spec={}, status={"internalRegistryHostname": "", "externalRegistryHostnames": None}
            ),
            {"internal_registry_hostname": None, "external_registry_hostnames": []},
            id="image config while the registry is Removed",
        ),
        case(
            describe.image_config,
            manifest(
                "Image",
                "cluster",
                spec={"externalRegistryHostnames": ["declared.example.com"]},
                status={"internalRegistryHostname": "svc:5000", "externalRegistryHostnames": ["a.example.com"]},
            ),
            {"internal_registry_hostname": "svc:5000", "external_registry_hostnames": ["a.example.com"]},
            id="image config",
        ),
        case(
            describe.image_pruner,
            PRUNER,
            {
                "spec": {"suspend": True},
                "generation": 1,
                "observed_generation": 1,
                "conditions": {
                    "Scheduled": {"status": "False", "reason": "Suspended", "message": "", "last_transition_time": None}
                },
            },
            id="image pruner",
        ),
        case(
            describe.cluster_operator,
            manifest(
                "ClusterOperator",
                "image-registry",
                spec={},
                status={"versions": [{"name": "operator", "version": "4.22.0"}]},
            ),
            {"conditions": {}, "versions": {"operator": "4.22.0"}},
            id="cluster operator",
        ),
    ],
)
def test_shown_fields(show: Callable[[Manifest], Manifest], source: Manifest, shown: Manifest) -> None:
    assert show(source) == shown


@pytest.mark.parametrize(
    ("status", "metadata", "why"),
    [
        case({"phase": "Running", "conditions": conditions(Ready=("True",))}, {}, None, id="ready"),
        case(
            {"phase": "Running", "conditions": conditions(Ready=("True",))},
            {"deletionTimestamp": MOVED},
            "it is being deleted",
            id="ready, but about to go",
        ),
        case(
            waiting("ImagePullBackOff", "Back-off pulling image"),
            {},
            "container registry of pod image-registry-1: ImagePullBackOff: Back-off pulling image",
            id="image cannot be pulled",
        ),
        case(
            waiting("ContainerCreating", ""),
            {},
            "containers with unready status: [registry]",
            id="on its way",
        ),
        case(
            {"phase": "Pending", "conditions": conditions(PodScheduled=("False", "Unschedulable", "0/2 nodes"))},
            {},
            "pod image-registry-1 cannot be scheduled: Unschedulable: 0/2 nodes",
            id="no node",
        ),
        case({"conditions": conditions(Ready=("False", "PodFailed"))}, {}, "PodFailed", id="reason without words"),
        case({}, {}, "it has not been started yet", id="no status"),
    ],
)
def test_why_a_pod_is_not_ready(status: Manifest, metadata: Manifest, why: str | None) -> None:
    shown = describe.pod(made("Pod", "image-registry-1", metadata=metadata, spec={}, status=status))
    assert (shown["ready"], shown["why_not_ready"]) == (why is None, why)


def test_pod_counts_the_restarts_of_all_its_containers() -> None:
    status = {"phase": "Running", "startTime": MOVED, "conditions": conditions(Ready=("True",))}
    status["containerStatuses"] = [{"name": "a", "restartCount": 2}, {"name": "b", "restartCount": 3}]
    assert describe.pod(made("Pod", "p", spec={"nodeName": "worker-0"}, status=status)) == {
        "name": "p",
        "node": "worker-0",
        "phase": "Running",
        "ready": True,
        "why_not_ready": None,
        "restarts": 5,
        "created": CREATED,
        "started": MOVED,
    }


def test_route_tells_what_each_router_says() -> None:
    refusal = ingress("r.example.com", "False", "HostAlreadyClaimed", "taken", router="internal")
    shown = describe.route(
        builders.route("public", "r.example.com", ingress("r.example.com"), refusal, certificate="c")
    )
    assert shown == {
        "name": "public",
        "host": "r.example.com",
        "service": "image-registry",
        "termination": "reencrypt",
        "has_certificate": True,
        "operator_owned": True,
        "set_by_others": {"annotations": [], "labels": [], "fields": []},
        "admission": [
            {
                "router": "default",
                "host": "r.example.com",
                "admitted": True,
                "reason": "",
                "message": "",
                "last_transition_time": None,
            },
            {
                "router": "internal",
                "host": "r.example.com",
                "admitted": False,
                "reason": "HostAlreadyClaimed",
                "message": "taken",
                "last_transition_time": None,
            },
        ],
    }


def test_route_tells_what_others_put_on_it_without_the_values() -> None:
    source = builders.route("public", "r.example.com")
    source["metadata"]["labels"] = {"router": "internal"}
    source["metadata"]["annotations"] |= {
        "haproxy.router.openshift.io/timeout": "5m",
        "imageregistry.operator.openshift.io/checksum": "sha256:1",
        "kubectl.kubernetes.io/last-applied-configuration": "{}",
        "openshift.io/host.generated": "true",
    }
    assert describe.route(source)["set_by_others"] == {
        "annotations": ["haproxy.router.openshift.io/timeout"],
        "labels": ["router"],
        "fields": [],
    }
    source["spec"]["tls"]["insecureEdgeTerminationPolicy"] = "Redirect"
    assert describe.route(source)["set_by_others"]["fields"] == ["spec.tls.insecureEdgeTerminationPolicy"]


def test_route_of_somebody_else_without_tls() -> None:
    shown = describe.route(manifest("Route", "own", spec={"to": {"name": "other"}}))
    assert (shown["operator_owned"], shown["termination"], shown["has_certificate"]) == (False, None, False)
    assert (shown["host"], shown["admission"]) == (None, [])


def test_config_keeps_the_shape_of_the_api() -> None:
    source = builders.config(replicas=2, storage={"pvc": {"claim": "registry"}})
    source["apiVersion"] = "imageregistry.operator.openshift.io/v1"
    source["metadata"] |= {"managedFields": [{"manager": "kubectl"}], "finalizers": ["f"], "labels": {"a": "b"}}
    shown = describe.config(source)
    assert shown["metadata"] == {
        "name": "cluster",
        "uid": "uid-of-cluster",
        "resourceVersion": "100",
        "generation": 1,
        "finalizers": ["f"],
        "labels": {"a": "b"},
    }
    assert shown["spec"] == source["spec"] | {"httpSecret": "<hidden>"}
    assert shown["status"] == source["status"]


def test_config_tells_whether_there_is_an_http_secret() -> None:
    source = builders.removed_config() | {"apiVersion": "v1"}
    assert describe.config(source)["spec"]["httpSecret"] == ""


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        case(
            f"http://user:{PASSWORD}@proxy.example.com:3128",
            "http://user:<hidden>@proxy.example.com:3128",
            id="password",
        ),
        case("http://proxy.example.com:3128", "http://proxy.example.com:3128", id="no password"),
    ],
)
def test_config_shows_no_password_of_a_proxy(url: str, shown: str) -> None:
    source = builders.config(proxy={"http": url, "noProxy": "a.example.com,10.0.0.0/8"}) | {"apiVersion": "v1"}
    assert describe.config(source)["spec"]["proxy"] == {"http": shown, "noProxy": "a.example.com,10.0.0.0/8"}
    assert source["spec"]["proxy"]["http"] == url


@pytest.mark.parametrize(
    ("show", "source"),
    [
        case(describe.config, builders.config(httpSecret=PASSWORD) | {"apiVersion": "v1"}, id="config"),
        case(describe.deployment, DEPLOYMENT, id="deployment"),
        case(describe.replica_set, made("ReplicaSet", "r", spec=DEPLOYMENT["spec"]), id="replica set"),
        case(describe.pod, made("Pod", "p", spec=DEPLOYMENT["spec"]["template"]["spec"]), id="pod"),
        case(describe.service, SERVICE, id="service"),
        case(
            describe.route,
            manifest("Route", "r", spec={"tls": {"termination": "edge", "key": PASSWORD, "certificate": "c"}}),
            id="route",
        ),
        case(
            describe.secret,
            manifest("Secret", "s", data={"k": encoded(PASSWORD)}, stringData={"k": PASSWORD}),
            id="secret",
        ),
        case(describe.claim, CLAIM, id="claim"),
        case(describe.image_pruner, PRUNER, id="image pruner"),
        case(describe.image_config, manifest("Image", "cluster", spec={}), id="image config"),
        case(describe.cluster_operator, manifest("ClusterOperator", "image-registry", spec={}), id="cluster operator"),
    ],
)
def test_no_secret_comes_along(show: Callable[[Manifest], Manifest], source: Manifest) -> None:
    applied = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps({"spec": {"httpSecret": PASSWORD}})}
    metadata = source["metadata"] | {"annotations": source["metadata"].get("annotations", {}) | applied}
    metadata["managedFields"] = [{"manager": PASSWORD}]
    shown = json.dumps(show(source | {"metadata": metadata}))
    assert PASSWORD not in shown
    assert encoded(PASSWORD) not in shown
