# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the sandbox itself share: its commands, and everything that is on its API server."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kubernetes.config import new_client_from_config
from kubernetes.dynamic import DynamicClient, Resource

from sandbox import inventory
from sandbox.state import REPOSITORY, StateDirectory

MERGE = "application/merge-patch+json"
NAMESPACE = "openshift-image-registry"


class Sandbox:
    """One state directory and the commands on it."""

    def __init__(self, path: Path) -> None:
        self.state = StateDirectory(path)
        self.environment = {**os.environ, "SANDBOX_STATE": str(path)}
        self.environment.pop("SANDBOX_KUBECONFIG", None)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "sandbox", *arguments],
            cwd=REPOSITORY,
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        command = self.start(*arguments, **environment)
        output, errors = command.communicate(timeout=120)
        return command.returncode, output, errors

    def succeed(self, *arguments: str, **environment: str) -> str:
        status, output, errors = self.run(*arguments, **environment)
        assert status == 0, errors
        return output

    def client(self, context: str = "sandbox") -> DynamicClient:
        cache = self.state.path / f"discovery-{context}.json"
        client = new_client_from_config(str(self.state.kubeconfig), context=context)
        return DynamicClient(client, cache_file=str(cache))

    def processes(self) -> list[Path]:
        """Ids of the processes that have this state directory on their command line."""
        return [entry for entry in Path("/proc").iterdir() if entry.name.isdigit() and self._mentioned_by(entry)]

    def _mentioned_by(self, entry: Path) -> bool:
        try:
            arguments = (entry / "cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            return False
        path = os.fsencode(self.state.path)
        return any(argument == path or path + b"/" in argument for argument in arguments)


def resource(client: DynamicClient, kind: str, api_version: str = "v1") -> Resource:
    return client.resources.get(api_version=api_version, kind=kind)


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def configs(client: DynamicClient) -> Resource:
    return resource(client, "Config", "imageregistry.operator.openshift.io/v1")


_OF_THE_MOMENT = {"lastTransitionTime", "acquireTime", "renewTime", "holderIdentity"}


def contents(client: DynamicClient) -> dict[inventory.Key, Any]:
    """Everything on the server without what differs from one creation to the next."""
    text = {inventory.key(document): json.dumps(inventory.content(document)) for document in inventory.read_all(client)}
    return {name: lasting(json.loads(document)) for name, document in text.items()}


def lasting(value: Any) -> Any:
    if isinstance(value, list):
        return [lasting(item) for item in value]
    if isinstance(value, dict):
        return {key: lasting(item) for key, item in value.items() if key not in _OF_THE_MOMENT}
    return value
