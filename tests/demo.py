# SPDX-License-Identifier: GPL-3.0-or-later
"""The demonstration: a registry goes from Removed to serving, a second run changes nothing, its status is printed."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.certificates import write_self_signed
from tests.sandbox import sandbox
from tests.sandbox.audit import requests_since
from tests.sandbox.cli import report
from tests.sandbox.state import StateDirectory

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
    return 0


def _title(text: str) -> None:
    print(f"\n== {text}", flush=True)


def _play(state: StateDirectory, *arguments: str) -> int:
    """Run a playbook, print what the API server saw of it; return the number of changed tasks."""
    mark = state.audit_log.stat().st_size if state.audit_log.exists() else None
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
    print(f"{time.monotonic() - started:.1f} s", end="")
    if mark is not None:  # a cluster of the user's own keeps its audit log to itself
        seen = requests_since(state.audit_log, mark)
        writes = sum(request.is_write for request in seen)
        print(f"; the audit log shows {len(seen)} requests of the modules, {writes} of them writes", end="")
    print(flush=True)
    return sum(int(count) for count in CHANGED.findall(done.stdout))


if __name__ == "__main__":
    raise SystemExit(main())
