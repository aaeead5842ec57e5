# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that lack what they may lack: null or absent fields break nothing off."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects import pods
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    REGISTRY_DEPLOYMENT,
    REGISTRY_ROUTES,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._report.summary import summary
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.admitted import ExpectedRoute
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import judge

from tests.unit.builders import (
    HTTP_SECRET,
    awaiting,
    claim,
    conditions,
    config,
    credentials_file,
    deployment,
    expected,
    findings,
    generated_credentials,
    ingress,
    manifest,
    observed,
    pod,
    route,
    secret,
    storage_class,
    user_credentials,
)
from tests.unit.certificates import CERTIFICATE, HOST, KEY_PEM

# What the API server guarantees of every object, condition, container and listed route.
GUARANTEED = {"kind", "metadata", "spec", "name", "namespace", "uid", "resourceVersion", "generation", "type", "status"}

PVC = {"pvc": {"claim": "c"}, "managementState": "Managed"}
BUCKET = {"s3": {"bucket": "images", "region": "r", "trustedCA": {"name": "ca"}}, "managementState": "Managed"}
SPEC = {
    "routes": [{"name": "a", "hostname": HOST, "secretName": "cert"}],
    "resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "1"}},
    "nodeSelector": {"a": "b"},
    "affinity": {"nodeAffinity": {"a": {"b": "c"}}},
    "tolerations": [{"key": "k"}],
    "requests": {"read": {"maxRunning": 1, "maxWaitInQueue": "1s"}, "write": {}},
}
STATUS = {
    "generations": [{"resource": "deployments", "name": "image-registry", "lastGeneration": 1}],
    "storageManaged": True,
}
OBJECTS = {
    "Config on a claim": config(storage=PVC, used=PVC, status=STATUS, **SPEC),
    "Config on a bucket": config(storage=BUCKET, used=BUCKET, status=STATUS, **SPEC),
    "claim": claim("c", "1Gi"),
    "class": storage_class("standard", default=True),
    "certificate": secret("cert", {"tls.crt": CERTIFICATE, "tls.key": KEY_PEM, "tls.cacrt": CERTIFICATE}),
    "credentials": user_credentials(),
    "minted": secret("installer-cloud-credentials", {"aws_access_key_id": "A", "aws_secret_access_key": "S"}),
    "CA": manifest("ConfigMap", "ca", metadata={"namespace": "openshift-config"}, data={"ca-bundle.crt": CERTIFICATE}),
    "other route": manifest(
        "Route",
        "web",
        metadata={"namespace": "shop", "annotations": {"a": "b"}},
        spec={"host": "web.example.com", "path": "/"},
    ),
}
OPTIONS = [
    {"management_state": "Removed"},
    {"management_state": "Managed", "replicas": 2, "rollout_strategy": "Recreate", "default_route": True},
    {"storage": {"pvc": {"claim": "c", "size": "2Gi", "access_mode": "ReadWriteMany", "storage_class": "standard"}}},
    {"storage": {"s3": {"bucket": "images", "trusted_ca": "ca"}}, "credentials": {"state": "absent"}},
    {"storage": {"s3": {"bucket": "images"}}, "credentials": {"s3": {"access_key": "A", "secret_key": "S"}}},
    {"storage": {"azure": {"network_access": {"type": "External"}}}},
    {"routes": [{"name": "a", "secret_name": "cert", "hostname": HOST}, {"name": "b", "hostname": "web.example.com"}]},
    {"resources": {"requests": {"cpu": 2}}, "node_selector": {"x": "y"}, "affinity": {"nodeAffinity": {}}},
    {"requests": {"read": {"max_running": 2}}, "tolerations": [], "rotate_http_secret": True},
]


def variants(whole: Any) -> Iterator[tuple[str, Any]]:
    """Yield a value with one of its fields null, or absent, and the path of that field."""
    for path in _paths(whole):
        # A whole status is never null.
        for lacking in ("absent",) if path == ("status",) else ("null", "absent"):
            changed = copy.deepcopy(whole)
            holder = changed
            for key in path[:-1]:
                holder = holder[key]
            if lacking == "null":
                holder[path[-1]] = None
            else:
                del holder[path[-1]]
            yield f"{'.'.join(map(str, path))} {lacking}", changed


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        if not isinstance(value, list) and (key not in GUARANTEED or (*path, key) == ("status",)):
            yield (*path, key)
        yield from _paths(below, (*path, key))


@pytest.mark.parametrize("given", OPTIONS, ids=lambda given: ", ".join(given))
@pytest.mark.parametrize("odd", OBJECTS)
def test_planning_and_checking(odd: str, given: dict[str, Any]) -> None:
    live = "Config on a claim" if odd != "Config on a bucket" else odd
    for _what, changed in variants(OBJECTS[odd]):
        cluster = {name: entry for name, entry in OBJECTS.items() if not name.startswith("Config") or name == live}
        objects = (cluster | {odd: changed}).values()
        assert HTTP_SECRET not in repr(findings(given, *objects))
        assert HTTP_SECRET not in repr(expected(given, *objects))


EXPECTED = awaiting(
    {"spec": {"replicas": 1}},
    routes=(ExpectedRoute("a", HOST, CERTIFICATE),),
    absent=("b",),
    credentials={"credentials": credentials_file()},
)
IN_TROUBLE = conditions(PodScheduled=("False", "Unschedulable", "no node"))
CRASHED = [
    {
        "name": "registry",
        "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}},
        "lastState": {"terminated": {"exitCode": 1, "reason": "Error"}},
    }
]
SEEN = {
    "config": OBJECTS["Config on a bucket"],
    "deployment": deployment(),
    "route": route("a", HOST, ingress(HOST), certificate=CERTIFICATE),
    "credentials": generated_credentials(),
    "pod": pod(conditions=IN_TROUBLE, containerStatuses=CRASHED, phase="Failed", reason="Evicted"),
}


@pytest.mark.parametrize("odd", SEEN)
def test_judging(odd: str) -> None:
    for what, changed in variants(SEEN[odd]):
        seen = SEEN | {odd: changed}
        objects = observed(seen["config"], seen["deployment"], [seen["route"]], seen["credentials"], [seen["pod"]])
        assert judge(EXPECTED, objects).state in {"done", "waiting", "failed", "lost"}, what


@pytest.mark.parametrize("odd", SEEN)
def test_reporting(odd: str) -> None:
    for _what, changed in variants(SEEN[odd]):
        seen = SEEN | {odd: changed}
        objects = {
            CLUSTER_CONFIG: seen["config"],
            REGISTRY_DEPLOYMENT: seen["deployment"],
            REGISTRY_ROUTES: {"items": [seen["route"]]},
        }
        assert summary(Snapshot(objects))["replicas"]["wanted"] in {1, None}
        pods.trouble([seen["pod"]])
