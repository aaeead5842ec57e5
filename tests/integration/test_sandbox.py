# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox as its users have it: the command line, the state that it brings back, the API server behind it."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from kubernetes.config import new_client_from_config
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ConflictError, DynamicApiError, ForbiddenError

from tests.sandbox import controlplane, inventory, process
from tests.sandbox.access import CONTEXTS
from tests.sandbox.binaries import find_binaries
from tests.sandbox.platforms import bootstrap_config
from tests.sandbox.state import REPOSITORY, Running, StateDirectory

MERGE = "application/merge-patch+json"
NAMESPACE = "openshift-image-registry"


class Sandbox:
    """One state directory and the commands on it."""

    def __init__(self, path):
        self.state = StateDirectory(path)
        self.environment = {**os.environ, "SANDBOX_STATE": str(path)}
        self.environment.pop("SANDBOX_KUBECONFIG", None)

    def start(self, *arguments, **environment):
        return subprocess.Popen(
            [sys.executable, "-m", "tests.sandbox", *arguments],
            cwd=REPOSITORY,
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments, **environment):
        command = self.start(*arguments, **environment)
        output, errors = command.communicate(timeout=120)
        return command.returncode, output, errors

    def succeed(self, *arguments, **environment):
        status, output, errors = self.run(*arguments, **environment)
        assert status == 0, errors
        return output

    def client(self, context="sandbox"):
        cache = self.state.path / f"discovery-{context}.json"
        client = new_client_from_config(str(self.state.kubeconfig), context=context)
        return DynamicClient(client, cache_file=str(cache))

    def processes(self):
        """Ids of the processes that have this state directory on their command line."""
        return [entry for entry in Path("/proc").iterdir() if entry.name.isdigit() and self._mentioned_by(entry)]

    def _mentioned_by(self, entry):
        try:
            return f"{self.state.path}/".encode() in (entry / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return False


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox"))
    first, second = sandbox.start("up"), sandbox.start("up")
    sandbox.outputs = [command.communicate(timeout=900) for command in (first, second)]
    sandbox.statuses = [first.returncode, second.returncode]
    yield sandbox
    sandbox.run("down")
    assert sandbox.processes() == []


@pytest.fixture
def apart(tmp_path):
    """A sandbox of its own for a test that breaks it."""
    sandbox = Sandbox(tmp_path / "state")
    yield sandbox
    sandbox.run("down")
    assert sandbox.processes() == []


def resource(client, kind, api_version="v1"):
    return client.resources.get(api_version=api_version, kind=kind)


def wait_for(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def configs(client):
    return resource(client, "Config", "imageregistry.operator.openshift.io/v1")


def contents(client):
    """Everything on the server without what differs from one creation to the next."""
    text = {inventory.key(document): json.dumps(inventory.content(document)) for document in inventory.read_all(client)}
    return {name: without_times(json.loads(document)) for name, document in text.items()}


def without_times(value):
    if isinstance(value, list):
        return [without_times(item) for item in value]
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items() if key != "lastTransitionTime"}
    return value


# The command line


def test_up_twice_at_once_starts_one_of_each_process(sandbox):
    assert sandbox.statuses == [0, 0], sandbox.outputs
    said = sorted((output for output, _errors in sandbox.outputs), key=len)
    assert "waiting for another command on this sandbox to end" in said[0]
    assert "ready, was running before: https://127.0.0.1:" in said[0]
    assert "starting kube-apiserver" in said[1]
    programs = {(entry / "cmdline").read_bytes().split(b"\0")[0].decode() for entry in sandbox.processes()}
    assert {Path(program).name for program in programs} >= {"etcd", "kube-apiserver"}
    assert len(sandbox.processes()) == 3
    assert list(sandbox.state.load().processes) == ["etcd", "kube-apiserver", "s3", "standins"]


def test_up_again_changes_nothing(sandbox):
    before = sandbox.state.load()
    assert "was running before" in sandbox.succeed("up")
    assert sandbox.state.load() == before


def test_status_and_kubeconfig_say_where_everything_is(sandbox):
    printed = sandbox.succeed("status")
    running = sandbox.state.load()
    for part in (running.server, running.s3_endpoint, str(sandbox.state.kubeconfig), str(sandbox.state.audit_log)):
        assert part in printed
    for name, record in running.processes.items():
        assert f"{name:<16}running  pid {record.pid}, log {sandbox.state.log(name)}" in printed
    assert sandbox.succeed("kubeconfig") == f"{sandbox.state.kubeconfig}\n"


def test_everything_listens_on_the_loopback_interface_only(sandbox):
    ours = {record.pid for record in sandbox.state.load().processes.values()}
    inodes = {
        link.rsplit("[", 1)[1].rstrip("]")
        for pid in ours
        for descriptor in Path(f"/proc/{pid}/fd").iterdir()
        if (link := os.readlink(descriptor)).startswith("socket:")
    }
    listening = [
        fields[1]
        for table in ("tcp", "tcp6")
        for fields in map(str.split, Path(f"/proc/net/{table}").read_text().splitlines()[1:])
        if fields[3] == "0A" and fields[9] in inodes
    ]
    assert len(listening) == 4  # etcd for clients and peers, the API server, S3
    assert {address.split(":")[0] for address in listening} == {"0100007F"}


def test_commands_without_a_sandbox_say_how_to_start_it(apart):
    for command in (["status"], ["kubeconfig"], ["reset"], ["knobs"]):
        status, _output, errors = apart.run(*command)
        assert status == 1
        assert errors == "error: the sandbox is not running; start it: python -m tests.sandbox up\n"


def test_knobs_are_set_in_the_config_map_and_taken_back(sandbox):
    config_map = resource(sandbox.client(), "ConfigMap")
    sandbox.succeed("knobs", "podReadyDelay=3", "podOutcome=crash")
    assert config_map.get(name="knobs", namespace="sandbox").to_dict()["data"] == {
        "podReadyDelay": "3",
        "podOutcome": "crash",
    }
    assert sandbox.succeed("knobs", "podOutcome=") == "podReadyDelay=3\n"
    assert sandbox.run("knobs", "podReadyDelay=never")[0] == 1
    assert sandbox.succeed("knobs") == "podReadyDelay=3\n"
    assert "all knobs have their defaults" in sandbox.succeed("knobs", "podReadyDelay=")


# Nothing is left behind


@pytest.fixture
def assets(tmp_path):
    """Programs to use instead of the real ones: etcd is real, the API server is the script that the test writes."""
    directory = tmp_path / "assets"
    directory.mkdir()
    (directory / "etcd").symlink_to(find_binaries(print).etcd)
    return directory


def write_apiserver(assets, script):
    (assets / "kube-apiserver").write_text(f"#!/bin/sh\n{script}\n")
    (assets / "kube-apiserver").chmod(0o755)


def test_failed_up_leaves_no_process_and_shows_the_end_of_the_log(apart, assets):
    write_apiserver(assets, "echo cannot do that; exit 1")
    status, output, errors = apart.run("up", KUBEBUILDER_ASSETS=str(assets))
    assert status == 1
    assert "starting kube-apiserver" in output
    assert errors.startswith("error: kube-apiserver ended before it was ready\n")
    assert f"log: {apart.state.log('kube-apiserver')}" in errors
    assert "| cannot do that" in errors
    assert apart.processes() == []
    assert apart.state.load() == Running()


@pytest.mark.parametrize("request_to_end", [signal.SIGTERM, signal.SIGINT])
def test_interrupted_up_leaves_no_process(apart, assets, request_to_end):
    write_apiserver(assets, "exec tail -f /dev/null")
    command = apart.start("up", KUBEBUILDER_ASSETS=str(assets))
    for line in command.stdout:
        if line == "starting kube-apiserver\n":
            break
    etcd = apart.state.load().processes["etcd"]
    command.send_signal(request_to_end)
    command.communicate(timeout=30)
    assert command.returncode == 130
    assert not process.is_running(etcd)
    assert apart.processes() == []
    assert apart.state.load() == Running()


def test_down_ends_everything_and_deletes_its_data(apart):
    apart.succeed("up")
    recorded = apart.state.load().processes
    assert apart.succeed("down") == "stopped\n"
    assert [name for name, record in recorded.items() if process.is_running(record)] == []
    left = sorted(str(path.relative_to(apart.state.path)) for path in apart.state.path.rglob("*"))
    assert left == ["lock", "log"]


def test_up_recovers_from_processes_that_were_killed(apart):
    apart.succeed("up")
    killed = apart.state.load().processes["kube-apiserver"]
    os.kill(killed.pid, signal.SIGKILL)
    wait_for(lambda: not process.is_running(killed))
    status, output, _errors = apart.run("status")
    assert status == 1
    assert f"kube-apiserver  ended    pid {killed.pid}" in output
    assert "starting kube-apiserver" in apart.succeed("up")
    apart.succeed("status")


# reset


def make_a_mess(client):
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


def test_reset_brings_the_clean_state_back_in_less_than_five_seconds(sandbox):
    sandbox.succeed("reset")
    client = sandbox.client()
    clean = contents(client)
    bucket = f"{sandbox.state.load().s3_endpoint}/images"
    urllib.request.urlopen(urllib.request.Request(bucket, method="PUT")).close()
    sandbox.succeed("knobs", "podReadyDelay=7")
    make_a_mess(client)

    started = time.monotonic()
    sandbox.succeed("reset")
    took = time.monotonic() - started

    assert contents(client) == clean
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(bucket)
    assert took < 5


def test_reset_copes_with_a_rollout_that_is_under_way(sandbox):
    sandbox.succeed("reset")
    client = sandbox.client()
    clean = contents(client)
    for _round in range(3):
        configs(client).patch(
            name="cluster",
            body={"spec": {"managementState": "Managed", "defaultRoute": True, "storage": {"emptyDir": {}}}},
            content_type=MERGE,
        )
        for event in resource(client, "Deployment", "apps/v1").watch(namespace=NAMESPACE, timeout=30):
            if event["raw_object"]["metadata"]["name"] == "image-registry":
                break
        sandbox.succeed("reset")
        assert contents(client) == clean


def test_reset_starts_stand_ins_that_have_ended(sandbox):
    standins = sandbox.state.load().processes["standins"]
    os.kill(standins.pid, signal.SIGKILL)
    sandbox.succeed("reset")
    sandbox.succeed("status")


@pytest.mark.parametrize("platform", ["AWS", "OpenStack", "Libvirt", "VSphere"])
def test_reset_to_another_platform_bootstraps_as_on_it(sandbox, platform):
    sandbox.succeed("reset", "--platform", platform)
    client = sandbox.client()
    infrastructure = resource(client, "Infrastructure", "config.openshift.io/v1").get(name="cluster").to_dict()
    assert infrastructure["status"]["platformStatus"]["type"] == platform
    found = configs(client).get(name="cluster").to_dict()["spec"]
    wanted = bootstrap_config(platform)["spec"]
    for field in ("managementState", "replicas", "rolloutStrategy"):
        assert found[field] == wanted[field]
    assert set(found["storage"]) - {"managementState"} == set(wanted["storage"])


# An existing cluster


def test_existing_openshift_is_left_alone(sandbox, apart):
    sandbox.succeed("reset")
    before = contents(sandbox.client())
    external = {"SANDBOX_KUBECONFIG": str(sandbox.state.kubeconfig)}
    resource(sandbox.client(), "Namespace").delete(name="sandbox")  # the sign that the stand-ins may run there
    resource(sandbox.client(), "Namespace").patch(
        name="sandbox", body={"metadata": {"finalizers": None}}, content_type=MERGE
    )
    body = resource(sandbox.client(), "Namespace").get(name="sandbox").to_dict()
    body["spec"]["finalizers"] = []
    resource(sandbox.client(), "Namespace").subresources["finalize"].replace(body=body, name="sandbox")

    output = apart.succeed("up", **external)

    assert "nothing is installed on it" in output
    assert f"export KUBECONFIG={sandbox.state.kubeconfig}" in output
    assert apart.state.load().processes == {}
    after = contents(sandbox.client())
    assert {name: after.get(name) for name in before if name[3] != "sandbox"} == {
        name: document for name, document in before.items() if name[3] != "sandbox"
    }
    status, _output, errors = apart.run("reset")
    assert status == 1
    assert "refused on a cluster of yours" in errors
    apart.succeed("down")
    sandbox.succeed("reset")


def test_bare_cluster_gets_everything_but_an_api_server(apart, tmp_path):
    bare = StateDirectory(tmp_path / "bare")
    running = Running()
    with bare.lock(print):
        controlplane.boot(bare, running, find_binaries(print), print)
    try:
        external = {"SANDBOX_KUBECONFIG": str(bare.kubeconfig)}
        for _time in ("first", "again, after a `down` that leaves the CRDs there"):
            apart.succeed("up", **external)
            assert list(apart.state.load().processes) == ["s3", "standins"]
            apart.succeed("down")
    finally:
        Sandbox(bare.path).run("down")


# The API server


def test_audit_log_has_the_requests_of_users_and_no_others(sandbox):
    sandbox.succeed("reset")
    already_logged = len(sandbox.state.audit_log.read_text())
    configs(sandbox.client()).get(name="cluster")
    sandbox.succeed("reset")
    events = [json.loads(line) for line in sandbox.state.audit_log.read_text()[already_logged:].splitlines()]
    assert {event["user"]["username"] for event in events} <= {"admin", "system:anonymous"}
    assert [event["verb"] for event in events if event.get("objectRef", {}).get("resource") == "configs"] == ["get"]
    assert {event["stage"] for event in events} <= {"ResponseComplete", "ResponseStarted"}


def test_each_context_has_the_rights_of_its_user(sandbox):
    assert list(CONTEXTS) == ["sandbox", "sandbox-viewer", "sandbox-nobody"]
    resource(sandbox.client(), "Secret").get(namespace=NAMESPACE)
    viewer = sandbox.client("sandbox-viewer")
    configs(viewer).get(name="cluster")
    resource(viewer, "Pod").get(namespace=NAMESPACE)
    with pytest.raises(ForbiddenError):
        resource(viewer, "Secret").get(namespace=NAMESPACE)
    with pytest.raises(ForbiddenError):
        configs(viewer).patch(name="cluster", body={"spec": {"replicas": 2}}, content_type=MERGE, dry_run="All")
    with pytest.raises(ForbiddenError):
        configs(sandbox.client("sandbox-nobody")).get(name="cluster")


def apply_spec(sandbox, spec, kind="Config", api_version="imageregistry.operator.openshift.io/v1"):
    """The spec that a merge patch would lead to, nothing being written."""
    patched = resource(sandbox.client(), kind, api_version).patch(
        name="cluster", body={"spec": spec}, content_type=MERGE, dry_run="All"
    )
    return patched.to_dict()["spec"]


def refusal(sandbox, spec, *kind):
    with pytest.raises(DynamicApiError) as caught:
        apply_spec(sandbox, spec, *kind)
    assert caught.value.status == 422
    return json.loads(caught.value.body)["message"]


NOT_A_QUANTITY = {"resources": {"requests": {"memory": "a lot"}}}
CLOUD_FRONT = {"baseURL": "https://cdn.example.com", "keypairID": "id"}


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            {"rolloutStrategy": "Rolling"},
            'spec.rolloutStrategy: Invalid value: "Rolling": spec.rolloutStrategy in body should match '
            "'^(RollingUpdate|Recreate)$'",
        ),
        ({"rolloutStrategy": ""}, 'spec.rolloutStrategy: Invalid value: ""'),
        (
            {"managementState": "Off"},
            'spec.managementState: Invalid value: "Off": spec.managementState in body should match '
            "'^(Managed|Unmanaged|Force|Removed)$'",
        ),
        (
            {"storage": {"managementState": "Foo"}},
            'spec.storage.managementState: Invalid value: "Foo": spec.storage.managementState in body should match '
            "'^(Managed|Unmanaged)$'",
        ),
        (
            {"storage": {"s3": {"chunkSizeMiB": 2}}},
            "spec.storage.s3.chunkSizeMiB: Invalid value: 2: spec.storage.s3.chunkSizeMiB in body should be greater "
            "than or equal to 5",
        ),
        ({"storage": {"s3": {"chunkSizeMiB": 5121}}}, "should be less than or equal to 5120"),
        (
            {"storage": {"azure": {"networkAccess": {"type": "External", "internal": {"vnetName": "net"}}}}},
            '"spec.storage.azure.networkAccess" must validate at least one schema',
        ),
        ({"replicas": "two"}, 'spec.replicas in body must be of type integer: "string"'),
        ({"replicas": None}, "spec.replicas: Required value"),
        (
            {"logLevel": "Loud"},
            'spec.logLevel: Unsupported value: "Loud": supported values: "", "Normal", "Debug", "Trace", "TraceAll"',
        ),
        ({"operatorLogLevel": "Loud"}, 'spec.operatorLogLevel: Unsupported value: "Loud"'),
        (
            {"storage": {"azure": {"container": "UPPER"}}},
            'spec.storage.azure.container: Invalid value: "UPPER": spec.storage.azure.container in body should match '
            "'^[0-9a-z]+(-[0-9a-z]+)*$'",
        ),
        (
            {"storage": {"azure": {"container": "ab"}}},
            "spec.storage.azure.container in body should be at least 3 chars",
        ),
        ({"storage": {"azure": {"networkAccess": {"type": "Open"}}}}, 'Unsupported value: "Open"'),
        (
            {"storage": {"s3": {"trustedCA": {"name": "Not_A_Name"}}}},
            "spec.storage.s3.trustedCA.name in body should match",
        ),
        ({"storage": {"s3": {"cloudFront": {"baseURL": "u"}}}}, "spec.storage.s3.cloudFront.keypairID: Required value"),
        ({"storage": {"s3": {"cloudFront": {**CLOUD_FRONT, "privateKey": {}}}}}, "privateKey.key: Required value"),
        (
            {"storage": {"ibmcos": {"serviceInstanceCRN": "x"}}},
            "spec.storage.ibmcos.serviceInstanceCRN in body should match",
        ),
        ({"storage": {"oss": {"encryption": {"method": "KMS"}}}}, "must validate at least one schema"),
        ({"storage": {"oss": {"encryption": {"kms": {"keyID": "k"}}}}}, "must validate at least one schema"),
        ({"storage": {"oss": {"endpointAccessibility": "Open"}}}, 'Unsupported value: "Open"'),
        ({"requests": {"read": {"maxWaitInQueue": "soon"}}}, "must be of type duration"),
        ({"routes": [{"hostname": "a.example.com"}]}, "spec.routes.name: Required value"),
        ({"topologySpreadConstraints": [{"maxSkew": 1}]}, "spec.topologySpreadConstraints.topologyKey: Required value"),
        (NOT_A_QUANTITY, 'spec.resources.requests.memory: Invalid value: "a lot"'),
        ({"resources": {"claims": [{"request": "r"}]}}, "spec.resources.claims.name: Required value"),
        ({"readOnly": "yes"}, 'spec.readOnly in body must be of type boolean: "string"'),
        ({"nodeSelector": {"a": True}}, "spec.nodeSelector.a in body must be of type string"),
    ],
)
def test_bad_values_get_the_servers_own_refusal(sandbox, spec, message):
    said = refusal(sandbox, spec)
    assert said.startswith('Config.imageregistry.operator.openshift.io "cluster" is invalid: ')
    assert message in said


@pytest.mark.parametrize(
    ("kind", "spec", "message"),
    [
        ("ImagePruner", {"keepYoungerThanDuration": "soon"}, "must be of type duration"),
        ("ImagePruner", {"logLevel": "Loud"}, 'spec.logLevel: Unsupported value: "Loud"'),
        ("ImagePruner", {"suspend": "yes"}, "spec.suspend in body must be of type boolean"),
        (
            "Image",
            {"registrySources": {"allowedRegistries": ["a.example.com"], "blockedRegistries": ["b.example.com"]}},
            '"spec.registrySources" must not validate the schema (not)',
        ),
        ("Image", {"registrySources": {"insecureRegistries": ["a.example.com/b:tag"]}}, "in body should match"),
        ("Image", {"registrySources": {"containerRuntimeSearchRegistries": []}}, "should have at least 1 items"),
        (
            "Image",
            {"registrySources": {"containerRuntimeSearchRegistries": ["a.example.com", "a.example.com"]}},
            'Duplicate value: "a.example.com"',
        ),
        ("Image", {"additionalTrustedCA": {}}, "spec.additionalTrustedCA.name: Required value"),
        ("Image", {"imageStreamImportMode": "New"}, 'Unsupported value: "New"'),
    ],
)
def test_bad_values_of_the_other_kinds_are_refused_too(sandbox, kind, spec, message):
    group = "config.openshift.io" if kind == "Image" else "imageregistry.operator.openshift.io"
    assert message in refusal(sandbox, spec, kind, f"{group}/v1")


@pytest.mark.parametrize(
    "spec",
    [
        {"replicas": -1},
        {"storage": {"emptyDir": {}, "pvc": {"claim": "a"}}},
        {"routes": [{"name": "a"}, {"name": "a"}]},
        {"requests": {"read": {"maxWaitInQueue": "1d", "maxRunning": -1}}},
        {"logLevel": ""},
        {"storage": {"s3": {"trustedCA": {"name": ""}}}},
        {"resources": {"limits": {"cpu": 1, "memory": "0.5Gi"}}},
        {"observedConfig": None, "unsupportedConfigOverrides": None},
        {"unsupportedConfigOverrides": {"deployment": {"annotations": {"a": "b"}}}},
    ],
)
def test_what_only_the_operator_judges_is_accepted_by_the_server(sandbox, spec):
    found = apply_spec(sandbox, spec)
    for field, value in spec.items():
        if isinstance(value, dict):
            assert {name: found[field][name] for name in value} == value
        elif value is not None:
            assert found[field] == value


def test_unknown_fields_are_pruned_at_every_depth(sandbox):
    spec = {
        "nosuchfield": 1,
        "storage": {"pvc": {"claim": "a", "claimName": "b"}},
        "tolerations": [{"operator": "Exists", "unknown": True}],
        "affinity": {
            "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "k", "x": 1}]}
        },
    }
    found = apply_spec(sandbox, spec)
    assert "nosuchfield" not in found
    assert found["storage"]["pvc"] == {"claim": "a"}
    assert found["tolerations"] == [{"operator": "Exists"}]
    assert found["affinity"] == {
        "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "k"}]}
    }


@pytest.mark.parametrize(
    ("backend", "given", "filled"),
    [
        ("azure", {}, {"networkAccess": {"type": "External"}}),
        ("azure", {"networkAccess": {}}, {"networkAccess": {"type": "External"}}),
        ("oss", {}, {"endpointAccessibility": "Internal"}),
        ("oss", {"encryption": {}}, {"endpointAccessibility": "Internal", "encryption": {"method": "AES256"}}),
        (
            "s3",
            {"cloudFront": {**CLOUD_FRONT, "privateKey": {"key": "k"}}},
            {"cloudFront": {**CLOUD_FRONT, "privateKey": {"key": "k", "name": ""}}},
        ),
    ],
)
def test_defaults_are_filled_in(sandbox, backend, given, filled):
    assert apply_spec(sandbox, {"storage": {backend: given}})["storage"][backend] == filled


def test_log_levels_default_to_normal(sandbox):
    found = apply_spec(sandbox, {"logLevel": None, "operatorLogLevel": None})
    assert (found["logLevel"], found["operatorLogLevel"]) == ("Normal", "Normal")


def test_status_is_written_only_through_its_subresource_and_moves_no_generation(sandbox):
    client = sandbox.client()
    before = configs(client).get(name="cluster").to_dict()
    after = configs(client).patch(name="cluster", body={"status": {"readyReplicas": 9}}, content_type=MERGE).to_dict()
    assert after["status"] == before["status"]
    dry = configs(client).status.patch(
        name="cluster", body={"status": {"readyReplicas": 9}}, content_type=MERGE, dry_run="All"
    )
    assert dry.to_dict()["status"]["readyReplicas"] == 9
    assert dry.to_dict()["metadata"]["generation"] == before["metadata"]["generation"]


def test_stale_replace_is_a_conflict(sandbox):
    config = configs(sandbox.client()).get(name="cluster").to_dict()
    config["metadata"]["resourceVersion"] = "1"
    with pytest.raises(ConflictError):
        configs(sandbox.client()).replace(body=config)


@pytest.mark.parametrize(("storage_class", "grows"), [("standard", True), ("fixed", False)])
def test_claim_grows_only_where_its_class_allows_it(sandbox, storage_class, grows):
    claims = resource(sandbox.client(), "PersistentVolumeClaim")
    name = f"on-{storage_class}"
    claims.create(
        body={
            "metadata": {"name": name},
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": storage_class,
                "resources": {"requests": {"storage": "1Gi"}},
            },
        },
        namespace=NAMESPACE,
    )
    wait_for(lambda: claims.get(name=name, namespace=NAMESPACE).status.phase == "Bound")
    larger = {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}
    if grows:
        claims.patch(name=name, namespace=NAMESPACE, body=larger, content_type=MERGE)
    else:
        with pytest.raises(ForbiddenError, match="the storageclass that provisions the pvc must support resize"):
            claims.patch(name=name, namespace=NAMESPACE, body=larger, content_type=MERGE)
