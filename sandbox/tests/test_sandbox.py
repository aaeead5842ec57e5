# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox as its users have it: its commands, what a failed one leaves behind, a cluster that is not ours."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import controlplane, inventory, process
from sandbox.binaries import find_binaries
from sandbox.state import Running, StateDirectory
from sandbox.tests.sandboxes import Sandbox, contents, resource, wait_for


class Started(Sandbox):
    """What two commands printed that brought it up at once, and their statuses."""

    outputs: list[tuple[str, str]]
    statuses: list[int]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    sandbox = Started(tmp_path_factory.mktemp("sandbox"))
    first, second = sandbox.start("up"), sandbox.start("up")
    sandbox.outputs = [command.communicate(timeout=900) for command in (first, second)]
    sandbox.statuses = [first.returncode, second.returncode]
    yield sandbox
    sandbox.run("down")
    assert sandbox.processes() == []


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox of its own for a test that breaks it."""
    sandbox = Sandbox(tmp_path / "state")
    yield sandbox
    sandbox.run("down")
    assert sandbox.processes() == []


# The command line


def test_up_twice_at_once_starts_one_of_each_process(sandbox: Started) -> None:
    assert sandbox.statuses == [0, 0], sandbox.outputs
    said = sorted((output for output, _errors in sandbox.outputs), key=len)
    assert "waiting for another command on this sandbox to end" in said[0]
    assert "ready, was running before: https://127.0.0.1:" in said[0]
    assert "starting kube-apiserver" in said[1]
    programs = {(entry / "cmdline").read_bytes().split(b"\0")[0].decode() for entry in sandbox.processes()}
    assert {Path(program).name for program in programs} >= {"etcd", "kube-apiserver"}
    assert len(sandbox.processes()) == 5
    assert list(sandbox.state.load().processes) == ["guard", "etcd", "kube-apiserver", "s3", "starter", "standins"]


def test_up_again_changes_nothing(sandbox: Started) -> None:
    before = sandbox.state.load()
    assert "was running before" in sandbox.succeed("up")
    assert sandbox.state.load() == before


def test_status_and_kubeconfig_say_where_everything_is(sandbox: Started) -> None:
    printed = sandbox.succeed("status")
    running = sandbox.state.load()
    for part in (running.server, running.s3_endpoint, str(sandbox.state.kubeconfig), str(sandbox.state.audit_log)):
        assert part in printed
    for name, record in running.processes.items():
        assert f"{name:<16}running  pid {record.pid}, log {sandbox.state.log(name)}" in printed
    assert sandbox.succeed("kubeconfig") == f"{sandbox.state.kubeconfig}\n"


def test_everything_listens_on_the_loopback_interface_only(sandbox: Started) -> None:
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


def test_commands_without_a_sandbox_say_how_to_start_it(apart: Sandbox) -> None:
    for command in (["status"], ["kubeconfig"], ["reset"], ["knobs"]):
        status, _output, errors = apart.run(*command)
        assert status == 1
        assert errors == "error: the sandbox is not running; start it: python -m sandbox up\n"


def test_knobs_are_set_in_the_config_map_and_taken_back(sandbox: Started) -> None:
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
def assets(tmp_path: Path) -> Path:
    """Programs to use instead of the real ones: etcd is real, the API server is the script that the test writes."""
    directory = tmp_path / "assets"
    directory.mkdir()
    (directory / "etcd").symlink_to(find_binaries(print).etcd)
    return directory


def write_apiserver(assets: Path, script: str) -> None:
    (assets / "kube-apiserver").write_text(f"#!/bin/sh\n{script}\n")
    (assets / "kube-apiserver").chmod(0o755)


def test_failed_up_leaves_no_process_and_shows_the_end_of_the_log(apart: Sandbox, assets: Path) -> None:
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
def test_interrupted_up_leaves_no_process(apart: Sandbox, assets: Path, request_to_end: signal.Signals) -> None:
    write_apiserver(assets, "exec tail -f /dev/null")
    command = apart.start("up", KUBEBUILDER_ASSETS=str(assets))
    assert command.stdout
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


def test_up_starts_anew_after_one_that_was_killed_half_way(apart: Sandbox, assets: Path) -> None:
    write_apiserver(assets, "exec tail -f /dev/null")
    command = apart.start("up", KUBEBUILDER_ASSETS=str(assets))
    assert command.stdout
    assert any(line == "starting kube-apiserver\n" for line in command.stdout)
    wait_for(lambda: "kube-apiserver" in apart.state.load().processes)
    command.kill()
    command.communicate()
    left = apart.state.load().processes

    write_apiserver(assets, "exit 1")
    status, output, _errors = apart.run("up", KUBEBUILDER_ASSETS=str(assets))

    assert status == 1
    assert "starting etcd" in output
    assert not any(process.is_running(record) for record in left.values())


def test_down_ends_everything_and_deletes_its_data(apart: Sandbox) -> None:
    apart.succeed("up")
    recorded = apart.state.load().processes
    assert apart.succeed("down") == "stopped\n"
    assert [name for name, record in recorded.items() if process.is_running(record)] == []
    left = sorted(str(path.relative_to(apart.state.path)) for path in apart.state.path.rglob("*"))
    assert left == ["lock", "log"]


def test_a_sandbox_whose_directory_is_deleted_ends(apart: Sandbox) -> None:
    apart.succeed("up")
    running = apart.state.load().processes.values()
    assert all(process.is_running(record) for record in running)
    subprocess.run(["rm", "-r", str(apart.state.path)], check=True)
    wait_for(lambda: not any(process.is_running(record) for record in running), seconds=30)


def test_up_recovers_from_processes_that_were_killed(apart: Sandbox) -> None:
    apart.succeed("up")
    killed = apart.state.load().processes["kube-apiserver"]
    os.kill(killed.pid, signal.SIGKILL)
    wait_for(lambda: not process.is_running(killed))
    status, output, _errors = apart.run("status")
    assert status == 1
    assert f"kube-apiserver  ended    pid {killed.pid}" in output
    assert "starting kube-apiserver" in apart.succeed("up")
    apart.succeed("status")


# An existing cluster


def test_existing_openshift_is_left_alone(sandbox: Started, apart: Sandbox) -> None:
    sandbox.succeed("reset")
    client = sandbox.client()
    # The namespace is the sign that the stand-ins may run on a cluster.
    sign = [resource(client, "Namespace").get(name="sandbox").to_dict()]
    inventory.apply(client, inventory.Difference(delete=sign, create=[], replace=[]))
    before = contents(client)

    output = apart.succeed("up", SANDBOX_KUBECONFIG=str(sandbox.state.kubeconfig))

    assert "nothing is installed on it" in output
    assert f"export KUBECONFIG={sandbox.state.kubeconfig}" in output
    assert apart.state.load().processes == {}
    assert contents(client) == before
    status, _output, errors = apart.run("reset")
    assert status == 1
    assert "refused on a cluster of yours" in errors
    apart.succeed("down")
    sandbox.succeed("reset")


def test_bare_cluster_gets_everything_but_an_api_server(apart: Sandbox, tmp_path: Path) -> None:
    bare = StateDirectory(tmp_path / "bare")
    running = Running()
    with bare.lock(print):
        controlplane.boot(bare, running, find_binaries(print), print)
    try:
        external = {"SANDBOX_KUBECONFIG": str(bare.kubeconfig)}
        for _time in ("first", "again, after a `down` that leaves the CRDs there"):
            apart.succeed("up", **external)
            assert list(apart.state.load().processes) == ["guard", "s3", "starter", "standins"]
            apart.succeed("down")
    finally:
        Sandbox(bare.path).run("down")
