# SPDX-License-Identifier: GPL-3.0-or-later
"""Boot etcd and kube-apiserver for one sandbox."""

import json
import socket
import ssl
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from . import process
from .access import CONTROL_USER, STANDIN_USER, write_access
from .binaries import Binaries
from .certificates import write_certificates
from .errors import SandboxError
from .state import Running, StateDirectory
from .steps import LOG_TAIL_LINES, Report

# On a busy machine with two cores, on which the scenario `fleet` starts three at a time.
READY_LIMIT_SECONDS = 180.0
POLL_SECONDS = 0.1

# The log counts what users and tests send; the sandbox's own traffic and the server's talk with itself stay out.
AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [
        {"level": "None", "users": [CONTROL_USER, STANDIN_USER, "system:apiserver"]},
        {"level": "Metadata"},
    ],
}


def boot(state: StateDirectory, running: Running, binaries: Binaries, report: Report) -> None:
    """Start etcd and kube-apiserver on free loopback ports and wait until the API is ready.

    Each process is recorded in the state file as soon as it runs. Raises SandboxError with the last lines of the
    log when one of them ends or is not ready in time.
    """
    etcd_port, peer_port, api_port = free_ports(3)
    report("starting etcd")
    command = etcd_command(binaries.etcd, state, etcd_port, peer_port)
    etcd = start_recorded(state, running, "etcd", command)
    wait_until("etcd", lambda: _accepts(etcd_port), etcd, state.log("etcd"))

    report("starting kube-apiserver")
    server = f"https://127.0.0.1:{api_port}"
    write_certificates(state.certificates)
    write_access(state, server)
    policy = state.path / "audit-policy.json"
    policy.write_text(json.dumps(AUDIT_POLICY), encoding="utf-8")
    command = apiserver_command(binaries.kube_apiserver, state, etcd_port, api_port, policy)
    apiserver = start_recorded(state, running, "kube-apiserver", command)
    probe = readiness_probe(server, state.certificates / "ca.crt")
    wait_until("kube-apiserver", probe, apiserver, state.log("kube-apiserver"))


def start_recorded(
    state: StateDirectory,
    running: Running,
    name: str,
    command: Sequence[str | Path],
    environment: Mapping[str, str] | None = None,
) -> process.ProcessRecord:
    """Start a process and write it to the state file, so that a later `down` finds it whatever happens next."""
    with process.signals_held():
        try:
            running.processes[name] = process.start(command, state.log(name), environment)
        except OSError as error:
            raise SandboxError(f"cannot start {name} ({command[0]}): {error}") from error
        state.save(running)
    return running.processes[name]


def etcd_command(program: Path, state: StateDirectory, client_port: int, peer_port: int) -> list[str | Path]:
    """Return the command line of etcd."""
    client, peer = f"http://127.0.0.1:{client_port}", f"http://127.0.0.1:{peer_port}"
    return [
        program,
        "--name=sandbox",
        f"--data-dir={state.etcd_data}",
        # The data does not outlive the sandbox, so no write has to wait for the disk.
        "--unsafe-no-fsync",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=sandbox={peer}",
    ]


def apiserver_command(
    program: Path, state: StateDirectory, etcd_port: int, api_port: int, audit_policy: Path
) -> list[str | Path]:
    """Return the command line of kube-apiserver."""
    tls = state.certificates
    return [
        program,
        "--bind-address=127.0.0.1",
        f"--secure-port={api_port}",
        f"--tls-cert-file={tls / 'server.crt'}",
        f"--tls-private-key-file={tls / 'server.key'}",
        f"--etcd-servers=http://127.0.0.1:{etcd_port}",
        f"--token-auth-file={state.tokens}",
        f"--client-ca-file={tls / 'ca.crt'}",
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={tls / 'service-account.key'}",
        f"--service-account-signing-key-file={tls / 'service-account.key'}",
        "--service-cluster-ip-range=10.0.0.0/24",
        # Both need controllers that do not run here: one to make token secrets, without which every pod would be
        # refused, one to take the finalizer off a deleted claim.
        "--disable-admission-plugins=ServiceAccount,StorageObjectInUseProtection",
        # The Service `kubernetes` may not point to a loopback address.
        "--endpoint-reconciler-type=none",
        f"--audit-policy-file={audit_policy}",
        f"--audit-log-path={state.audit_log}",
    ]


def free_ports(count: int) -> list[int]:
    """Return different TCP ports that are free on the loopback interface at this moment."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _index in range(count)]
        return [listener.getsockname()[1] for listener in sockets]


def wait_until(name: str, ready: Callable[[], bool], running: process.ProcessRecord, log: Path) -> None:
    """Return when `ready` holds; SandboxError when the process ends before or the limit is reached."""
    deadline = time.monotonic() + READY_LIMIT_SECONDS
    while not ready():
        if not process.is_running(running):
            raise SandboxError(f"{name} ended before it was ready\n{log_tail(log)}")
        if time.monotonic() > deadline:
            raise SandboxError(f"{name} was not ready after {READY_LIMIT_SECONDS:.0f} s\n{log_tail(log)}")
        time.sleep(POLL_SECONDS)


def log_tail(log: Path) -> str:
    """Return the path of a log and its last lines."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_TAIL_LINES:]
    return "\n".join([f"  log: {log}", *(f"  | {line}" for line in lines)])


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def readiness_probe(server: str, authority: Path) -> Callable[[], bool]:
    """Return a function that tells whether the API server reports itself ready, bootstrap of RBAC included."""
    context = ssl.create_default_context(cafile=str(authority))

    def ready() -> bool:
        try:
            urllib.request.urlopen(f"{server}/readyz", timeout=5, context=context).close()
        except OSError:
            return False
        return True

    return ready
