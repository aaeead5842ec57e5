# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox with the proxy in front of its API server, and a kubeconfig that leads through it."""

import contextlib
import json
import os
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import sandbox
from sandbox.certificates import write_certificates
from sandbox.state import StateDirectory
from tests.faults import outage
from tests.faults.proxy import Proxy
from tests.faults.storm import Kind, Script
from tests.integration import accounts, setups
from tests.integration.api import Api
from tests.integration.audit import ModuleLog
from tests.integration.lab import Lab
from tests.integration.modules import Modules

_PROCESSES = {Kind.API_SERVER: outage.API_SERVER, Kind.ETCD: outage.ETCD}
# Short enough for hundreds of rollouts, long enough for pods to be seen that are not ready.
_POD_READY_SECONDS = 0.1
_OUTAGE_LIMIT_SECONDS = 90.0


@dataclass
class Laboratory:
    """lab: the sandbox, seen and used directly. proxy, kubeconfig: the way through the faults."""

    state: StateDirectory
    lab: Lab
    proxy: Proxy
    kubeconfig: Path
    outages: list[threading.Thread]

    def begin(self, script: Script) -> None:
        """Let a script rule over what goes through the proxy."""
        self.proxy.follow(script)

    def settle(self) -> None:
        """Wait until processes that were killed serve again."""
        for thread in self.outages:
            thread.join(_OUTAGE_LIMIT_SECONDS)
            assert not thread.is_alive(), "a process of the sandbox did not come back"
        self.outages.clear()

    def through_proxy(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return options with which a module connects through the proxy."""
        return {**options, "kubeconfig": str(self.kubeconfig)}


@contextlib.contextmanager
def opened() -> Iterator[Lab]:
    """Use the sandbox of SANDBOX_STATE, or the default one, as administrator; it is started unless it runs."""
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    state = StateDirectory.default()
    sandbox.up(state, print)
    kubeconfig = sandbox.kubeconfig(state)
    with tempfile.TemporaryDirectory() as directory, Modules(kubeconfig, kubeconfig, kubeconfig) as modules:
        api = Api(kubeconfig, Path(directory))
        yield Lab(api, modules, ModuleLog(state.audit_log, api), state.load().s3_endpoint)


@contextlib.contextmanager
def furnished(lab: Lab, directory: Path) -> Iterator[Laboratory]:
    """Put a proxy in front of a sandbox in its clean state, and make what the desired states take for granted."""
    state = StateDirectory.default()
    sandbox.reset(state, sandbox.DEFAULT_PLATFORM, print)
    setups.add_bucket(lab)
    lab.set_knobs(podReadyDelay=_POD_READY_SECONDS)
    certificates: dict[Kind | None, Path] = {
        kind: directory / name for kind, name in ((None, "first"), (Kind.RENEWED, "renewed"), (Kind.UNTRUSTED, "alien"))
    }
    for path in certificates.values():
        write_certificates(path)
    trusted = directory / "trusted.crt"
    trusted.write_bytes(b"".join((certificates[kind] / "ca.crt").read_bytes() for kind in (None, Kind.RENEWED)))
    outages: list[threading.Thread] = []

    def disturb(kind: Kind) -> None:
        outages.append(threading.Thread(target=outage.restart, args=(state, _PROCESSES[kind])))
        outages[-1].start()

    with Proxy(lab.api.server, lab.api.authority, certificates, disturb) as proxy:
        kubeconfig = directory / "through-proxy"
        cluster = {"server": proxy.url, "certificate-authority": str(trusted)}
        kubeconfig.write_text(json.dumps(accounts.kubeconfig(lab.api, {"token": lab.api.token}, **cluster)))
        laboratory = Laboratory(state, lab, proxy, kubeconfig, outages)
        try:
            yield laboratory
        finally:
            laboratory.settle()
            lab.set_knobs(podReadyDelay=None)
