# SPDX-License-Identifier: GPL-3.0-or-later
"""Kill etcd or the API server of a sandbox and start it again, with the data that it had."""

from pathlib import Path

from sandbox import controlplane, process, sandbox
from sandbox.process import ProcessRecord
from sandbox.state import Running, StateDirectory

ETCD, API_SERVER, STANDINS = "etcd", "kube-apiserver", "standins"


def restart(state: StateDirectory, name: str) -> None:
    """Kill the process of that name (ETCD or API_SERVER), start it as it was and wait for the API.

    With the API server the stand-ins are started anew, as an operator is that lost its leader election meanwhile:
    kopf gives up the kinds that an API server does not serve yet when it begins to answer.
    """
    with state.lock(print):
        running = state.load()
        _again(state, running, name)
        _wait_ready(state, name, running.processes[name])
        if name == API_SERVER:
            process.end(running.processes[STANDINS])
            sandbox.start_standins(state, running)


def _again(state: StateDirectory, running: Running, name: str) -> None:
    record = running.processes[name]
    command, environment = _command(record), _environment(record)
    process.end(record)
    controlplane.start_recorded(state, running, name, command, environment)


def _command(record: ProcessRecord) -> list[str | Path]:
    return list(_strings(record, "cmdline"))


def _environment(record: ProcessRecord) -> dict[str, str]:
    return dict(entry.split("=", 1) for entry in _strings(record, "environ") if "=" in entry)


def _strings(record: ProcessRecord, file: str) -> list[str]:
    return Path(f"/proc/{record.pid}/{file}").read_bytes().decode().rstrip("\0").split("\0")


def _wait_ready(state: StateDirectory, name: str, started: ProcessRecord) -> None:
    probe = controlplane.readiness_probe(state.load().server, state.certificates / "ca.crt")
    controlplane.wait_until(name, probe, started, state.log(name))
