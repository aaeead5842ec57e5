# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands on a sandbox as a whole, in the order of their steps."""

import os
from pathlib import Path

from . import controlplane, manifests, process
from .binaries import find_binaries
from .client import connect_dynamic
from .errors import SandboxError
from .state import Running, StateDirectory
from .steps import Report

STOP_GRACE_SECONDS = 3.0


def up(state: StateDirectory, report: Report) -> None:
    """Start what is not running and wait until it is ready; on any failure leave no process behind."""
    with state.lock(report):
        running = state.load()
        if running.processes and all(process.is_running(record) for record in running.processes.values()):
            report(f"ready, was running before: {running.server}")
            return
        _stop_all(running)
        state.clear()
        running = Running()
        try:
            controlplane.boot(state, running, find_binaries(report), report)
            report("installing CRDs and manifests")
            manifests.install(connect_dynamic(state, state.control_kubeconfig))
        except BaseException:
            _stop_all(running)
            state.save(Running())
            raise
        report(f"ready: {running.server}")
        report(f"export KUBECONFIG={state.kubeconfig}")


def down(state: StateDirectory, report: Report) -> None:
    """Stop everything that `up` started and delete its data."""
    with state.lock(report):
        _stop_all(state.load())
        state.clear()
        report("stopped")


def kubeconfig(state: StateDirectory) -> Path:
    """Return the kubeconfig for users: of the cluster named by SANDBOX_KUBECONFIG, else of this sandbox."""
    if external := os.environ.get("SANDBOX_KUBECONFIG"):
        return Path(external)
    if not state.kubeconfig.exists():
        raise SandboxError("the sandbox is not running; start it: python -m tests.sandbox up")
    return state.kubeconfig


def _stop_all(running: Running) -> None:
    for record in reversed(running.processes.values()):
        process.stop(record, STOP_GRACE_SECONDS)
