# SPDX-License-Identifier: GPL-3.0-or-later
"""`reset` brings the clean state back whatever was done before, and the audit log knows nothing of it."""

import json
import os
import signal
import time
import urllib.error
import urllib.request

import pytest
from kubernetes.dynamic import DynamicClient

from sandbox.platforms import bootstrap_config
from sandbox.state import StateDirectory
from sandbox.tests.sandboxes import MERGE, NAMESPACE, Sandbox, configs, contents, resource


@pytest.fixture
def sandbox(state: StateDirectory) -> Sandbox:
    return Sandbox(state.path)


def make_a_mess(client: DynamicClient) -> None:
    resource(client, "Namespace").create(body={"metadata": {"name": "mine"}})
    held = {"metadata": {"name": "held", "namespace": "mine", "finalizers": ["example.com/held"]}}
    resource(client, "ConfigMap").create(body=held, namespace="mine")
    claim = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}}
    resource(client, "PersistentVolumeClaim").create(
        body={"metadata": {"name": "registry"}, "spec": claim}, namespace=NAMESPACE
    )
    configs(client).patch(
        name="cluster",
        body={
            "spec": {
                "managementState": "Managed",
                "replicas": 2,
                "defaultRoute": True,
                "storage": {"managementState": "Unmanaged", "pvc": {"claim": "registry"}},
            }
        },
        content_type=MERGE,
    )
    resource(client, "Infrastructure", "config.openshift.io/v1").status.patch(
        name="cluster", body={"status": {"infrastructureName": "other"}}, content_type=MERGE
    )
    resource(client, "Image", "config.openshift.io/v1").delete(name="cluster")
    resource(client, "ImagePruner", "imageregistry.operator.openshift.io/v1").patch(
        name="cluster", body={"spec": {"suspend": True}}, content_type=MERGE
    )
    resource(client, "ClusterRole", "rbac.authorization.k8s.io/v1").patch(
        name="registry-viewer", body={"rules": []}, content_type=MERGE
    )
    resource(client, "StorageClass", "storage.k8s.io/v1").delete(name="fixed")
    resource(client, "Deployment", "apps/v1").delete(
        name="cluster-image-registry-operator", namespace=NAMESPACE, body={"propagationPolicy": "Foreground"}
    )
    resource(client, "Namespace").delete(name="openshift-config")


def test_reset_brings_the_clean_state_back_in_less_than_five_seconds(sandbox: Sandbox) -> None:
    sandbox.succeed("reset")
    client = sandbox.client()
    clean = contents(client)
    bucket = f"{sandbox.state.load().s3_endpoint}/images"
    took: list[float] = []
    # Three times, because the machine may be busy with something else as well.
    for _attempt in range(3):
        urllib.request.urlopen(urllib.request.Request(bucket, method="PUT")).close()
        sandbox.succeed("knobs", "podReadyDelay=7")
        make_a_mess(client)

        started = time.monotonic()
        sandbox.succeed("reset")
        took.append(time.monotonic() - started)

        assert contents(client) == clean
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(bucket)
        if took[-1] < 5:
            break
    assert min(took) < 5


def test_reset_copes_with_a_rollout_that_is_under_way(sandbox: Sandbox) -> None:
    sandbox.succeed("reset")
    client = sandbox.client()
    clean = contents(client)
    configs(client).patch(
        name="cluster",
        body={"spec": {"managementState": "Managed", "defaultRoute": True, "storage": {"emptyDir": {}}}},
        content_type=MERGE,
    )
    deployments = resource(client, "Deployment", "apps/v1").watch(namespace=NAMESPACE, timeout=30)
    assert any(event["raw_object"]["metadata"]["name"] == "image-registry" for event in deployments)
    sandbox.succeed("reset")
    assert contents(client) == clean


def test_reset_starts_stand_ins_that_have_ended(sandbox: Sandbox) -> None:
    standins = sandbox.state.load().processes["standins"]
    os.kill(standins.pid, signal.SIGKILL)
    sandbox.succeed("reset")
    sandbox.succeed("status")


@pytest.mark.parametrize("platform", ["AWS", "OpenStack", "Libvirt", "VSphere"])
def test_reset_to_another_platform_bootstraps_as_on_it(sandbox: Sandbox, platform: str) -> None:
    sandbox.succeed("reset", "--platform", platform)
    client = sandbox.client()
    infrastructure = resource(client, "Infrastructure", "config.openshift.io/v1").get(name="cluster").to_dict()
    assert infrastructure["status"]["platformStatus"]["type"] == platform
    found = configs(client).get(name="cluster").to_dict()["spec"]
    wanted = bootstrap_config(platform)["spec"]
    for field in ("managementState", "replicas", "rolloutStrategy"):
        assert found[field] == wanted[field]
    assert set(found["storage"]) - {"managementState"} == set(wanted["storage"])


def test_reset_gives_the_cluster_a_name(sandbox: Sandbox) -> None:
    infrastructure = resource(sandbox.client(), "Infrastructure", "config.openshift.io/v1")
    before = infrastructure.get(name="cluster").status.infrastructureName
    sandbox.succeed("reset", "--name", "north-x7k2p")
    assert infrastructure.get(name="cluster").status.infrastructureName == "north-x7k2p"
    sandbox.succeed("reset")
    assert infrastructure.get(name="cluster").status.infrastructureName == before


def test_audit_log_has_the_requests_of_users_and_no_others(sandbox: Sandbox) -> None:
    sandbox.succeed("reset")
    already_logged = len(sandbox.state.audit_log.read_text())
    configs(sandbox.client()).get(name="cluster")
    sandbox.succeed("reset")
    events = [json.loads(line) for line in sandbox.state.audit_log.read_text()[already_logged:].splitlines()]
    assert {event["user"]["username"] for event in events} <= {"admin", "system:anonymous"}
    assert [event["verb"] for event in events if event.get("objectRef", {}).get("resource") == "configs"] == ["get"]
    assert {event["stage"] for event in events} <= {"ResponseComplete", "ResponseStarted"}
