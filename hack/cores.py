# SPDX-License-Identifier: GPL-3.0-or-later
"""Run tests/integration/hosts on each supported ansible-core: python -m hack.cores [VERSION ...].

Each has a virtual environment of its own in .cache/cores, that is kept, and is what `ansible-playbook` means to the
tests. A version whose Python this machine does not have is named and left out.
"""

import os
import subprocess
import sys
from pathlib import Path

import ansible_collections.kubernetes

from hack.lint import pythons
from sandbox.state import REPOSITORY

# Each with one of its Pythons (3.x); together they are all that a controller of today may have.
CORES = {"2.16": 10, "2.18": 11, "2.19": 11, "2.20": 12, "2.21": 13}
TESTS = "tests/integration/hosts"
_PLACE = REPOSITORY / ".cache" / "cores"
_COLLECTION = Path(next(iter(ansible_collections.kubernetes.__path__)))


def main(chosen: list[str]) -> int:
    """Run the tests on the chosen versions, or all; return the exit status."""
    if unknown := sorted(set(chosen) - set(CORES)):
        print(f"error: no such version: {', '.join(unknown)}; there are {', '.join(CORES)}", file=sys.stderr)
        return 2
    found = pythons.find()
    failed = []
    for core in chosen or CORES:
        python = found.get(CORES[core])
        if python is None:
            print(f"ansible-core {core}: left out, it needs Python 3.{CORES[core]}", flush=True)
            continue
        print(f"ansible-core {core} on Python 3.{CORES[core]}", flush=True)
        path = f"{_environment(core, python) / 'bin'}{os.pathsep}{os.environ['PATH']}"
        command = [sys.executable, "-m", "pytest", "--quiet", TESTS]
        if subprocess.run(command, cwd=REPOSITORY, env={**os.environ, "PATH": path}, check=False).returncode:
            failed.append(core)
    print(f"failed: {', '.join(failed)}" if failed else "all passed")
    return bool(failed)


def _environment(core: str, python: Path) -> Path:
    """Return a virtual environment with that ansible-core, kubernetes and the collection kubernetes.core."""
    venv = _PLACE / core
    if not (venv / "bin" / "ansible-playbook").exists():
        subprocess.run([python, "-m", "venv", "--clear", venv], check=True)
        requirements: list[str | Path] = [f"ansible-core=={core}.*", "-r", REPOSITORY / "requirements.txt"]
        subprocess.run([venv / "bin" / "pip", "install", "--quiet", *requirements], check=True)
    (packages,) = venv.glob("lib/python*/site-packages")
    collections = packages / "ansible_collections"
    collections.mkdir(exist_ok=True)
    if not (collections / "kubernetes").exists():
        (collections / "kubernetes").symlink_to(_COLLECTION)
    return venv


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
