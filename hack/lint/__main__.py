# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the gates: python -m hack.lint [gate or group ...].

Prints what each of them took, and what the failed ones said.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

from hack.lint.gates import FIRST, GATES, GROUPS, OF_THE_SOURCE
from hack.lint.paths import BIN, COLLECTIONS, REPOSITORY, WORK


def main(names: list[str]) -> int:
    """Run the gates and groups of gates that are named, or all gates, and return how many failed."""
    chosen = set().union(*(GROUPS.get(name, {name}) for name in names))
    unknown = chosen - {FIRST, *GATES}
    if unknown:
        sys.exit(f"no such gate: {', '.join(unknown)}; there are {', '.join([*GROUPS, FIRST, *GATES])}")
    WORK.mkdir(parents=True, exist_ok=True)
    wanted = {name: commands for name, commands in GATES.items() if not chosen or name in chosen}
    needs_artifact = FIRST in chosen or not OF_THE_SOURCE.issuperset(wanted)
    if needs_artifact and not _passed(FIRST, ["python -m hack.lint.artifact"]):
        return 1
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        begun = [pool.submit(_passed, name, commands) for name, commands in wanted.items()]
        failed = sum(not gate.result() for gate in as_completed(begun))
    print(f"{len(wanted) + needs_artifact - failed} gates passed, {failed} failed")
    return failed


def _passed(name: str, commands: list[str]) -> bool:
    began = time.monotonic()
    # The collections are those of the installed artifact; there is no other place where they could come from.
    env = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)}
    for command in commands:
        done = subprocess.run(
            command.split(),
            cwd=REPOSITORY,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            print(f"{name}: FAILED in {time.monotonic() - began:.1f} s: {command}\n{done.stdout}", flush=True)
            return False
    print(f"{name}: passed in {time.monotonic() - began:.1f} s", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
