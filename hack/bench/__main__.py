# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: measure, print the tables, write everything to a file."""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Collection
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.pem import self_signed
from sandbox.state import StateDirectory

from . import machine, report
from .course import PARTS, Course
from .delay import DelayProxy
from .fleet import Cluster, fleet_variants, waiting_variants
from .ground import Ground, server
from .process import RunFailed
from .results import FAR, NEAR
from .state import HOSTNAME, DesiredState
from .variants import all_variants
from .workplace import Workplace


def main() -> int:
    """Run the bench; return the exit status."""
    state = StateDirectory.default()
    parser = argparse.ArgumentParser(
        prog="python -m hack.bench",
        description="Bring the registry of the sandbox to a declared state in several ways; compare what that takes.",
        epilog="The sandbox must be running (python -m sandbox up) and is left in some state of the bench.",
    )
    parser.add_argument("--rounds", type=int, default=11, help="how often everything is measured, by default 11 times")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=f"of {', '.join(PARTS)}"
    )
    parser.add_argument(
        "--json",
        type=Path,
        default=state.path / "bench.json",
        metavar="FILE",
        help="for the results, by default %(default)s",
    )
    options = parser.parse_args()
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        print("error: kubectl was not found; on Debian it is in the package kubernetes-client", file=sys.stderr)
        return 1
    try:
        _measure(state, Path(kubectl), options.rounds, options.only, options.json)
    except (SandboxError, RunFailed) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _measure(state: StateDirectory, kubectl: Path, rounds: int, parts: Collection[str], file: Path) -> None:
    started = datetime.now(UTC)
    desired = DesiredState(*self_signed(HOSTNAME), state.load().s3_endpoint)
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="registry-bench-")))
        ground = Ground(state, directory)
        cluster = Cluster(server(ground.port), ground.token, ground.authority, ground.kubeconfig(ground.port))
        compared = all_variants(desired, kubectl), fleet_variants(desired, cluster), waiting_variants(desired, cluster)
        ports = {NEAR: ground.port, FAR: stack.enter_context(DelayProxy(ground.port, FAR)).port}
        course = Course(ground, Workplace(directory, ground, chain.from_iterable(compared)), *compared, ports)
        _say("warming up")
        course.warm_up()
        for number in range(rounds):
            course.round(number, parts, _say)
    described = machine.describe(kubectl)
    document = {"started": started.isoformat(), "machine": described, **course.results.as_dict()}
    file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(report.tables(course.results, *compared, described))
    print(f"\nAll samples are in {file}.")


def _say(line: str) -> None:
    """Tell on standard error how far the bench is, so that standard output has the tables only."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
