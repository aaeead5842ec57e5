# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module in a process of its own, for what it finds as it starts and for what it sees of the disk."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sandbox.state import REPOSITORY

MODULES = "ansible_collections.okd.image_registry.plugins.modules"
LIMIT_SECONDS = 60.0
# A view of the file system that ends with the process; nothing outside of it changes.
NAMESPACE = ("unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)))


def run(directory: Path, args: Mapping[str, Any], environment: Mapping[str, str], changes: str = "") -> dict[str, Any]:
    """Run registry_info and return its result.

    directory: a scratch directory. environment: nothing but PATH is added to it. changes: a shell script that changes
    the file system as the module sees it, run in `directory`; the test is skipped where that is not permitted.
    """
    if changes:
        _need_namespaces()
    arguments = directory / "arguments.json"
    arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": dict(args)}), encoding="utf-8")
    module = [sys.executable, "-m", f"{MODULES}.registry_info", str(arguments)]
    script = f'set -e; {changes}; exec "$@"'
    done = subprocess.run(
        [*NAMESPACE, "sh", "-c", script, "sh", *module] if changes else module,
        cwd=directory,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY / ".collections"), **environment},
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    assert done.stdout, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _need_namespaces() -> None:
    try:
        subprocess.run([*NAMESPACE, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"this system does not let the user have a mount namespace (unshare --mount): {error}")
