# SPDX-License-Identifier: GPL-3.0-or-later
"""Run Molecule's scenarios one after another on one sandbox: `python -m hack.scenarios [NAME ...]`, all by default.

`molecule test --all` would end with the first scenario that fails, and tell no times.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from sandbox import sandbox
from sandbox.cli import heed_interrupts, report
from sandbox.state import REPOSITORY, StateDirectory

SCENARIOS = REPOSITORY / "extensions" / "molecule"
STATE = REPOSITORY / ".cache" / "molecule"
"""The state directories of the sandboxes, by host of the scenarios' inventories, and Molecule's own in `ansible`."""


class Outcome(NamedTuple):
    """How a scenario went."""

    name: str
    passed: bool
    seconds: float


def main(names: list[str]) -> int:
    """Run the scenarios of these names, or all; return the exit status."""
    known = available(SCENARIOS)
    if unknown := sorted(set(names) - set(known)):
        print(f"error: no scenario is called {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    heed_interrupts()
    try:
        _clear()
        outcomes = [_run(name) for name in names or known]
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    finally:
        _clear()
    print(*table(outcomes), sep="\n")
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def available(directory: Path) -> list[str]:
    """Return the names of the scenarios in a directory, `default` first."""
    names = (path.parent.name for path in directory.glob("*/molecule.yml"))
    return sorted(names, key=lambda name: (name != "default", name))


def table(outcomes: list[Outcome]) -> list[str]:
    """Return the lines that tell how long each scenario took, and which have failed."""
    lines = [_line(name, seconds, "passed" if passed else "FAILED") for name, passed, seconds in outcomes]
    passed = sum(outcome.passed for outcome in outcomes)
    total = sum(outcome.seconds for outcome in outcomes)
    return ["", *lines, _line("together", total, f"{passed} of {len(outcomes)} passed")]


def _line(name: str, seconds: float, result: str) -> str:
    return f"{name:<16}{seconds:>7.1f} s  {result}"


def _run(name: str) -> Outcome:
    started = time.monotonic()
    # The first scenario starts the sandbox, and it stays for the next ones.
    command = ["molecule", "test", "--scenario-name", name, "--destroy", "never"]
    environment = {**os.environ, "ANSIBLE_HOME": str(STATE / "ansible")}
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, check=False)
    return Outcome(name, done.returncode == 0, time.monotonic() - started)


def _clear() -> None:
    """Stop the sandboxes, and forget what Molecule keeps of its scenarios."""
    for running in STATE.glob("*/state.json"):
        sandbox.down(StateDirectory(running.parent), report)
    shutil.rmtree(STATE, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
