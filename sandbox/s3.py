# SPDX-License-Identifier: GPL-3.0-or-later
"""The S3 server, moto, in its own virtual environment: it wants another python-dateutil than the Kubernetes client."""

import fcntl
import shutil
import sys
import urllib.request
from pathlib import Path

from . import controlplane
from .errors import SandboxError
from .state import REPOSITORY, Running, StateDirectory
from .steps import Report, Steps

REQUIREMENTS = Path(__file__).with_name("s3-requirements.txt")
ENVIRONMENT = REPOSITORY / ".venv-s3"


def prepare(state: StateDirectory, report: Report) -> None:
    """Make the virtual environment unless there is one with these requirements; SandboxError names a failed step."""
    # Written last, so it stands for an environment that is complete.
    installed = ENVIRONMENT / "installed-requirements.txt"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    with REQUIREMENTS.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if installed.exists() and installed.read_text(encoding="utf-8") == wanted:
            return
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        steps = Steps(state.path / "log", report)
        steps.run("create virtual environment of the S3 server", [sys.executable, "-m", "venv", ENVIRONMENT])
        pip: list[str | Path] = [ENVIRONMENT / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check"]
        steps.run("install the S3 server", [*pip, "--requirement", REQUIREMENTS])
        installed.write_text(wanted, encoding="utf-8")


def start(state: StateDirectory, running: Running) -> None:
    """Start the server on a free loopback port and record its address; it is not ready yet when this returns."""
    (port,) = controlplane.free_ports(1)
    running.s3_endpoint = f"http://127.0.0.1:{port}"
    program = ENVIRONMENT / "bin" / "python"
    command: list[str | Path] = [program, "-m", "moto.server", "--host=127.0.0.1", f"--port={port}"]
    controlplane.start_recorded(state, running, "s3", command)


def wait(state: StateDirectory, running: Running) -> None:
    """Return when the server answers; SandboxError when it ends or is not ready in time."""
    controlplane.wait_until(
        "the S3 server", lambda: _answers(running.s3_endpoint), running.processes["s3"], state.log("s3")
    )


def empty(endpoint: str) -> None:
    """Delete every bucket and object."""
    request = urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")
    try:
        urllib.request.urlopen(request, timeout=10).close()
    except OSError as error:
        raise SandboxError(f"cannot empty the S3 server at {endpoint}: {error}") from error


def _answers(endpoint: str) -> bool:
    try:
        urllib.request.urlopen(endpoint, timeout=5).close()
    except OSError:
        return False
    return True
