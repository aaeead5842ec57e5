# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands on a sandbox as a whole, in the order of their steps."""

import json
import os
import sys
from pathlib import Path

from kubernetes.dynamic import DynamicClient

from . import cleanstate, controlplane, inventory, manifests, process, s3, starter
from .binaries import find_binaries
from .client import connect
from .errors import SandboxError
from .platforms import platform_status
from .state import REPOSITORY, Running, StateDirectory
from .steps import Report

CLEANING_ROUNDS = 10
DEFAULT_PLATFORM = "None"
NOT_RUNNING = "the sandbox is not running; start it: python -m sandbox up"


def up(state: StateDirectory, report: Report) -> None:
    """Start what is not running and wait until it is ready; on any failure leave no process behind.

    With SANDBOX_KUBECONFIG no API server is started: the cluster that it names is used.
    """
    external = os.environ.get("SANDBOX_KUBECONFIG", "")
    with state.lock(report):
        running = state.load()
        before = ""
        if _is_up(running) and running.external == external:
            before = ", was running before"
        else:
            _end_all(running)
            state.clear()
            running = Running(external=external)
            try:
                _start_everything(state, running, report)
            except BaseException:
                _end_all(running)
                state.save(Running())
                raise
        report(f"ready{before}: {running.server}")
        report(f"export KUBECONFIG={kubeconfig(state)}")


def _start_everything(state: StateDirectory, running: Running, report: Report) -> None:
    if not running.external:
        _start_guard(state, running)
        controlplane.boot(state, running, find_binaries(report), report)
    client = connect(state, Path(running.external or state.control_kubeconfig))
    if running.external and _has_operator(client):
        report("the cluster has a registry operator: nothing is installed on it")
    else:
        if running.external:
            _start_guard(state, running)
        _furnish(client, state, running, report)
    # Recorded last: an `up` that was killed half-way has left no server to find.
    running.server = client.configuration.host
    state.save(running)


def _furnish(client: DynamicClient, state: StateDirectory, running: Running, report: Report) -> None:
    """Make a bare API server look like OpenShift, with an S3 server and the stand-ins beside it."""
    s3.prepare(state, report)
    report("starting the S3 server")
    s3.start(state, running)
    report("installing CRDs and manifests")
    manifests.install(client)
    state.baseline.write_text(json.dumps(inventory.read_all(client)), encoding="utf-8")
    report("starting the stand-ins")
    start_standins(state, running)
    cleanstate.wait(client, DEFAULT_PLATFORM, state, running.processes["standins"])
    s3.wait(state, running)


def _has_operator(client: DynamicClient) -> bool:
    """Tell a cluster with the real operator from a bare one and from one that an earlier `up` has furnished."""
    served = client.resources.search(group="imageregistry.operator.openshift.io", kind="Config")
    namespaces = client.resources.get(api_version="v1", kind="Namespace").get().items
    return bool(served) and not any(namespace.metadata.name == "sandbox" for namespace in namespaces)


def down(state: StateDirectory, report: Report) -> None:
    """Stop everything that `up` started and delete its data."""
    with state.lock(report):
        _end_all(state.load())
        state.clear()
        report("stopped")


def reset(state: StateDirectory, platform: str, report: Report, name: str = "") -> None:
    """Bring back the state right after `up`, or that of a fresh cluster on another platform.

    name: what the cluster is called, by its Infrastructure; as after `up` if it is empty.

    The stand-ins are ended first and started anew: nothing writes while objects are deleted, and nothing that they
    keep in memory lives on. Refused on a cluster that is not ours.
    """
    with state.lock(report):
        running = state.load()
        if external := running.external or os.environ.get("SANDBOX_KUBECONFIG"):
            raise SandboxError(f"reset deletes objects, so it is refused on a cluster of yours ({external})")
        # Stand-ins that have ended by themselves are no obstacle.
        standins = running.processes.pop("standins", None)
        if not _is_up(running):
            raise SandboxError(NOT_RUNNING)
        if standins:
            process.end(standins)
        client = connect(state, state.control_kubeconfig)
        _bring_back(client, _as_cluster(json.loads(state.baseline.read_text(encoding="utf-8")), platform, name))
        s3.empty(running.s3_endpoint)
        start_standins(state, running)
        cleanstate.wait(client, platform, state, running.processes["standins"])
        report(f"clean: {running.server}")


def _bring_back(client: DynamicClient, baseline: list[inventory.Document]) -> None:
    # A request that a stand-in had sent before its end may still take effect, so one comparison is not enough.
    for _round in range(CLEANING_ROUNDS):
        change = inventory.difference(baseline, inventory.read_all(client))
        if not change:
            return
        inventory.apply(client, change)
    left = [inventory.key(document) for document in (*change.delete, *change.create, *change.replace)]
    raise SandboxError(f"objects still differ from the clean state after {CLEANING_ROUNDS} rounds: {left}")


def _as_cluster(baseline: list[inventory.Document], platform: str, name: str) -> list[inventory.Document]:
    for document in baseline:
        if document["kind"] == "Infrastructure":
            document["status"]["platformStatus"] = platform_status(platform)
            document["status"]["infrastructureName"] = name or document["status"]["infrastructureName"]
    return baseline


def kubeconfig(state: StateDirectory) -> Path:
    """Return the kubeconfig for users of what `up` has made ready; SandboxError when nothing runs."""
    running = state.load()
    if not _is_up(running):
        raise SandboxError(NOT_RUNNING)
    return Path(running.external or state.kubeconfig)


def status(state: StateDirectory, report: Report) -> None:
    """Print what runs and where it listens; SandboxError unless all of it runs."""
    running = state.load()
    for name, record in running.processes.items():
        word = "running" if process.is_running(record) else "ended"
        report(f"{name:<16}{word:<9}pid {record.pid}, log {state.log(name)}")
    user_file = kubeconfig(state)
    report(f"{'API server':<16}{running.server}")
    report(f"{'S3 endpoint':<16}{running.s3_endpoint or 'none'}")
    report(f"{'kubeconfig':<16}{user_file}")
    if not running.external:
        report(f"{'audit log':<16}{state.audit_log}")


def start_standins(state: StateDirectory, running: Running) -> None:
    """Start the stand-ins, after those before have ended, and note them in the state file."""
    if "starter" not in running.processes:
        credentials = running.external or state.standin_kubeconfig
        _start_python(state, running, "starter", "sandbox.standins", credentials, state.path)

    def start() -> bool:
        with process.signals_held():
            try:
                running.processes["standins"] = starter.start(state.path)
            except OSError:
                return False
            state.save(running)
            return True

    controlplane.wait_until("the stand-ins", start, running.processes["starter"], state.log("starter"))


def _start_guard(state: StateDirectory, running: Running) -> None:
    _start_python(state, running, "guard", "sandbox.guard", state.path)


def _start_python(state: StateDirectory, running: Running, name: str, module: str, *arguments: str | Path) -> None:
    command = [Path(sys.executable), "-m", module, *arguments]
    controlplane.start_recorded(state, running, name, command, {"PYTHONPATH": str(REPOSITORY)})


def _is_up(running: Running) -> bool:
    return bool(running.server) and all(process.is_running(record) for record in running.processes.values())


def _end_all(running: Running) -> None:
    for record in reversed(running.processes.values()):
        process.end(record)
