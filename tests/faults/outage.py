# SPDX-License-Identifier: GPL-3.0-or-later
"""Kill etcd or the API server of a sandbox and start it again, with the data that it had."""

from pathlib import Path

from tests.sandbox import controlplane, process
from tests.sandbox.state import StateDirectory


def restart(state: StateDirectory, name: str) -> None:
    """Kill the process of that name (``etcd`` or ``kube-apiserver``), start it as it was and wait for the API."""
    with state.lock(print):
        running = state.load()
        record = running.processes[name]
        arguments = Path(f"/proc/{record.pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        process.end(record)
        command: list[str | Path] = [part.decode() for part in arguments]
        started = controlplane.start_recorded(state, running, name, command)
        wait_ready(state, name, started)


def wait_ready(state: StateDirectory, name: str, started: process.ProcessRecord) -> None:
    """Wait until the API server reports itself, and etcd behind it, as ready."""
    probe = controlplane.readiness_probe(state.load().server, state.certificates / "ca.crt")
    controlplane.wait_until(name, probe, started, state.log(name))
