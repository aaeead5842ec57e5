# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory in which the variants run, and the environment that they run in."""

import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from sandbox.state import REPOSITORY

from .ground import Ground, server
from .process import Run, run
from .variant import Access, Peak, Variant

_PEAK = Path(__file__).with_name("peak.py")


class Workplace:
    """Runs variants.

    directory: empty; what the variants keep, such as what they discovered of the API, stays below it.
    """

    def __init__(self, directory: Path, ground: Ground, variants: Iterable[Variant]):
        self._directory, self._ground = directory, ground
        self._notes, self._python = directory / "peaks", directory / "python"
        for name in ("home", "tmp"):
            (directory / name).mkdir()
        for variant in variants:
            for name, text in variant.files.items():
                (directory / name).write_text(text, encoding="utf-8")
        command = shlex.join(self._noting([sys.executable]))
        self._python.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
        self._python.chmod(0o700)

    def run(
        self, variant: Variant, port: int, level: str, wait: bool, meanwhile: Callable[[int], None] | None = None
    ) -> Run:
        """Run a variant against the API server as it is reached on a port; RunFailed unless it succeeds.

        meanwhile: called with the process id once it has started.
        """
        environment = self._environment(variant, port)
        with tempfile.TemporaryDirectory(dir=self._directory) as empty:
            if variant.is_new:
                environment["TMPDIR"] = empty
            return run(variant.command(level, wait), environment, self._directory, meanwhile)

    def peak(self, variant: Variant, port: int, level: str, wait: bool) -> int:
        """Do the same; return the peak in bytes of the process that the variant names."""
        self._notes.unlink(missing_ok=True)
        command = variant.command(level, wait)
        if variant.peak is Peak.MODULE:
            # An interpreter of its own makes a module process of what would run inside Ansible's worker.
            command += ["--extra-vars", f"ansible_python_interpreter={self._python}"]
        else:
            command = self._noting(command)
        run(command, self._environment(variant, port), self._directory)
        return max(int(line) for line in self._notes.read_text(encoding="utf-8").split())

    def _noting(self, command: list[str]) -> list[str]:
        return [sys.executable, str(_PEAK), str(self._notes), *command]

    def _environment(self, variant: Variant, port: int) -> dict[str, str]:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._directory / "home"),
            "TMPDIR": str(self._directory / "tmp"),
            "LC_ALL": "C.UTF-8",
            "NO_PROXY": "127.0.0.1",
            "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / ".collections"),
            "ANSIBLE_LOCALHOST_WARNING": "False",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
            **variant.environment,
        }
        if variant.access is Access.KUBECONFIG:
            kubeconfig = self._directory / f"kubeconfig-{port}"
            kubeconfig.write_text(self._ground.kubeconfig(port), encoding="utf-8")
            return {**environment, "KUBECONFIG": str(kubeconfig)}
        if variant.access is Access.FILES:
            return environment
        # What AWX puts into the environment of a job whose credential is an API bearer token.
        return {
            **environment,
            "K8S_AUTH_HOST": server(port),
            "K8S_AUTH_API_KEY": self._ground.token,
            "K8S_AUTH_SSL_CA_CERT": str(self._ground.authority),
            "K8S_AUTH_VERIFY_SSL": "True",
        }
