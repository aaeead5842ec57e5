# SPDX-License-Identifier: GPL-3.0-or-later
"""The demonstration: a registry goes from Removed to serving, a second run changes nothing, its status is printed."""

import os
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from kubernetes.config import new_client_from_config

from sandbox import rest, sandbox
from sandbox.audit import AuditLog, Request
from sandbox.cli import report
from sandbox.pem import write_self_signed
from sandbox.state import StateDirectory

REPOSITORY = Path(__file__).resolve().parent.parent
CHANGED = re.compile(r"\bchanged=(\d+)")


def main() -> int:
    """Run the demonstration; return the exit status."""
    state = StateDirectory.default()
    certificates = state.path / "demo-tls"
    write_self_signed(certificates, "registry.example.com")
    _title("The registry of a fresh bare-metal cluster: Removed")
    sandbox.reset(state, sandbox.DEFAULT_PLATFORM, report)
    setup = ["okd.image_registry.setup", "-e", "@playbooks/vars/demo.yml", "-e", f"demo_tls={certificates}"]
    _title("First run: to serving on a claim, with two replicas, two routes and credentials")
    _play(state, *setup)
    _title("Second run: nothing to change")
    changed = _play(state, *setup)
    if changed:
        print(f"error: the second run reports changed={changed}", file=sys.stderr)
        return 1
    _title("Status")
    _play(state, "okd.image_registry.status")
    _title("The sandbox goes on running")
    print(f"its kubeconfig is {sandbox.kubeconfig(state)}; `make down` stops it")
    return 0


def _title(text: str) -> None:
    print(f"\n== {text}", flush=True)


def _play(state: StateDirectory, *arguments: str) -> int:
    """Run a playbook, print what the API server saw of it; return the number of changed tasks."""
    log = _audit_log(state)
    mark = log.mark()
    started = time.monotonic()
    environment = {
        **os.environ,
        "K8S_AUTH_KUBECONFIG": str(sandbox.kubeconfig(state)),
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
    }
    command = ["ansible-playbook", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout)
    if done.returncode:
        raise SystemExit(done.returncode)
    seconds, seen = time.monotonic() - started, [request for request in log.since(mark) if request.is_of_module]
    print(f"{seconds:.1f} s; the audit log shows {_told(seen)}", flush=True)
    return sum(int(count) for count in CHANGED.findall(done.stdout))


def _audit_log(state: StateDirectory) -> AuditLog:
    client = new_client_from_config(str(sandbox.kubeconfig(state)))
    return AuditLog(state.audit_log, lambda path: rest.send(client, "GET", path))


def _told(requests: list[Request]) -> str:
    modules = Counter(request.agent for request in requests)
    counts = ", ".join(f"{count} requests of {module}" for module, count in sorted(modules.items()))
    return f"{counts or 'no request'}; {sum(request.is_write for request in requests)} writes"


if __name__ == "__main__":
    raise SystemExit(main())
