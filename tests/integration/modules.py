# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the collection's modules from tests, with the real code and a real result."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sandbox.state import REPOSITORY

LIMIT_SECONDS = 90.0
_READ_BYTES = 65536


@dataclass(frozen=True)
class Outcome:
    """What a module left: its result, all that it printed, and when it ended (seconds since the epoch)."""

    result: dict[str, Any]
    output: str
    ended: float


class RunningModule:
    """A module that may still be running; the read end of the pipe that gets its answer."""

    def __init__(self, name: str, descriptor: int):
        self._name, self._descriptor = name, descriptor
        self._answer = b""
        self._process = int(self._line())

    def kill(self) -> None:
        """Kill the process, whatever it is doing, and wait for its end; one that has ended already is no error."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGKILL)
        while os.read(self._descriptor, _READ_BYTES):
            pass
        os.close(self._descriptor)

    def _line(self) -> bytes:
        """Read the first line of the answer, which the process writes as soon as it runs."""
        line = b""
        while not line.endswith(b"\n"):
            byte = os.read(self._descriptor, 1)
            if not byte:
                raise AssertionError(f"module {self._name} did not start")
            line += byte
        return line

    @property
    def is_running(self) -> bool:
        """Whether the module has not yet answered."""
        return not select.select([self._descriptor], [], [], 0)[0]

    def outcome(self, limit: float = LIMIT_SECONDS) -> Outcome:
        """Wait for the end; AssertionError when it takes longer than limit seconds or there is no result."""
        deadline = time.monotonic() + limit
        while True:
            left = max(0.0, deadline - time.monotonic())
            if not select.select([self._descriptor], [], [], left)[0]:
                raise AssertionError(f"module {self._name} did not end within {limit:g} s")
            chunk = os.read(self._descriptor, _READ_BYTES)
            if not chunk:
                break
            self._answer += chunk
        os.close(self._descriptor)
        answer = json.loads(self._answer)
        try:
            result = json.loads(answer["stdout"])
        except ValueError:
            raise AssertionError(f"module {self._name} gave no result:\n{answer['stdout']}{answer['stderr']}") from None
        return Outcome(result, answer["stdout"] + answer["stderr"], answer["ended"])

    def result(self, limit: float = LIMIT_SECONDS) -> dict[str, Any]:
        """Wait for the end and return the result."""
        return self.outcome(limit).result


class Modules:
    """The modules, connected to one cluster by default; a context manager that ends what it started.

    writer, reader: kubeconfigs of the accounts as which the writing modules and the information modules run;
    administrator: that of somebody who may impersonate others, with a context for each user of the sandbox.
    """

    def __init__(self, writer: Path, reader: Path, administrator: Path):
        self._writer, self._reader, self._administrator = str(writer), str(reader), str(administrator)

    def __enter__(self) -> Self:
        self._channel, other_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # Ordinary packages, as in the archive that Ansible sends to where a module runs.
        path = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / ".collections")])
        with other_end:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.module_server", str(other_end.fileno())],
                env={**_without_cluster(os.environ), "PYTHONPATH": path},
                pass_fds=[other_end.fileno()],
                start_new_session=True,
            )
        return self

    def __exit__(self, *_error: object) -> None:
        self._channel.close()
        os.killpg(self._server.pid, signal.SIGTERM)
        self._server.wait()

    def start(
        self,
        name: str,
        args: Mapping[str, Any],
        *,
        check: bool = False,
        diff: bool = True,
        environment: Mapping[str, str] | None = None,
    ) -> RunningModule:
        """Start a module; without a kubeconfig or host in args or environment it gets that of the sandbox."""
        args, environment = dict(args), dict(environment or {})
        if not {"kubeconfig", "host"} & set(args) and not environment:
            args["kubeconfig"] = self._account_for(name, args)
        args.update(_ansible_check_mode=check, _ansible_diff=diff)
        request = {"module": name, "args": args, "environment": environment}
        read_end, write_end = os.pipe()
        try:
            socket.send_fds(self._channel, [json.dumps(request).encode()], [write_end])
        finally:
            os.close(write_end)
        return RunningModule(name, read_end)

    def run(self, name: str, args: Mapping[str, Any], **how: Any) -> dict[str, Any]:
        """Run a module to its end and return its result."""
        return self.start(name, args, **how).result()

    def _account_for(self, name: str, args: Mapping[str, Any]) -> str:
        if {"context", "impersonate_user"} & set(args):
            return self._administrator
        return self._reader if name.endswith("_info") else self._writer


def _without_cluster(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment from which no other cluster's credentials can come."""
    return {name: value for name, value in environment.items() if name != "KUBECONFIG" and "K8S_AUTH" not in name}
