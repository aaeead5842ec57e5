# SPDX-License-Identifier: GPL-3.0-or-later
"""How long after the rollout a task ends: `python -m tests.faults.exactness --rollouts 200 --seed 1`."""

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sandbox import sandbox
from sandbox.state import StateDirectory
from tests.faults import declared, laboratory, view
from tests.faults.declared import Declared, Fields
from tests.faults.observer import Observer, Picture
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.lab import Lab

CHECKSUM = "imageregistry.operator.openshift.io/dependencies-checksum"
LATEST_SECONDS = 0.5
# The options that a rollout of each kind declares, and the fields of the Config that they become.
_CREDENTIALS: tuple[set[str], set[str]] = ({"credentials"}, set())
_PARTS: dict[str, tuple[set[str], set[str]]] = {
    "scale": ({"replicas"}, {"replicas"}),
    "rotation": _CREDENTIALS,
    "routes": ({"default_route", "routes"}, {"defaultRoute", "routes"}),
    "settings": (
        {"http_secret", "log_level", "read_only", "requests"},
        {"httpSecret", "logLevel", "readOnly", "requests"},
    ),
}


@dataclass(frozen=True)
class Measured:
    """One rollout: its kind, how many seconds it took, how many later than the API showed its end the task ended.

    spread: how much later than the first one the last of the observer's own watches got the event that decided.
    by: the object that this event was about.
    """

    kind: str
    took: float
    late: float
    spread: float
    by: str


def measure(lab: Lab, observer: Observer, seed: int) -> Measured:
    """Make one rollout, with delays of pods, routes and the operator's cache that the seed decides."""
    chance = random.Random(f"rollout {seed}")
    kind = chance.choice(["everything", *_PARTS])
    while not view.missing(lab.api, wanted := _part(declared.serving(chance, lab.s3_endpoint, bucket=True), kind)):
        continue  # By chance that is what is there already.
    lab.set_knobs(
        podReadyDelay=round(chance.uniform(0.05, 1.0), 2),
        routeAdmissionDelay=round(chance.uniform(0.0, 1.0), 2),
        cacheLag=round(chance.uniform(0.0, 0.5), 2),
    )
    observer.forget()
    before = _checksum(observer.picture())
    began = time.time()
    outcome = lab.start("registry", wanted.options).outcome()
    assert not outcome.result.get("failed"), outcome.result["msg"]
    # Read at once: whatever the watches see later, this was there when the task had ended.
    missing = view.missing(lab.api, wanted)
    assert not missing, f"the task ended, but {missing}"
    renewed = "credentials" in wanted.options

    def is_complete(picture: Picture) -> bool:
        return not view.lacking(picture, wanted) and not (renewed and _checksum(picture) == before)

    complete = observer.moment(began, is_complete)
    assert complete is not None, "the watches did not see what a read saw"
    return Measured(kind, complete.first - began, outcome.ended - complete.first, complete.spread, complete.path)


def _part(wanted: Declared, kind: str) -> Declared:
    if kind == "everything":
        return wanted
    options, fields = _PARTS[kind]
    config: Fields = {path: value for path, value in wanted.objects[paths.CONFIG].items() if path[1] in fields}
    others = {paths.USER_SECRET} if kind == "rotation" else set(wanted.objects) - {paths.USER_SECRET, paths.CONFIG}
    kept = {path: wanted.objects[path] for path in others} if kind in ("rotation", "routes") else {}
    return replace(
        wanted,
        options={name: value for name, value in wanted.options.items() if name in options},
        objects={paths.CONFIG: config, **kept},
        routes=wanted.routes if kind == "routes" else {},
        credentials=wanted.credentials if kind == "rotation" else None,
    )


def _checksum(picture: Picture) -> str | None:
    deployment = picture.get(paths.DEPLOYMENT)
    template = deployment["spec"]["template"]["metadata"] if deployment else {}
    return (template.get("annotations") or {}).get(CHECKSUM)


def prepared(lab: Lab) -> None:
    """Bring a registry that serves from a bucket, from the clean state of the sandbox."""
    sandbox.reset(StateDirectory.default(), sandbox.DEFAULT_PLATFORM, print)
    setups.add_bucket(lab)
    lab.run("registry", declared.serving(random.Random("start"), lab.s3_endpoint, bucket=True).options)


def distribution(values: list[float]) -> str:
    """Return smallest, median, 95th percentile and largest of some seconds, as milliseconds."""
    ordered = sorted(values)
    percentile = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    figures = (ordered[0], statistics.median(ordered), percentile, ordered[-1])
    return " ".join(f"{figure * 1000:8.0f}" for figure in figures)


def table(measured: list[Measured]) -> Iterator[str]:
    """Yield the lines of a table of what was measured."""
    yield f"{'milliseconds late':<20}{'count':>6} {'min':>8} {'median':>8} {'p95':>8} {'max':>8}"
    for kind in sorted({one.kind for one in measured}):
        late = [one.late for one in measured if one.kind == kind]
        yield f"{kind:<20}{len(late):>6} {distribution(late)}"
    yield f"{'all':<20}{len(measured):>6} {distribution([one.late for one in measured])}"
    yield f"{'observer spread':<20}{len(measured):>6} {distribution([one.spread for one in measured])}"
    early, overdue = _outside(measured)
    yield f"{early} ended before the rollout was complete, {overdue} more than {LATEST_SECONDS:g} s after it"


def _outside(measured: list[Measured]) -> tuple[int, int]:
    """Return how many tasks ended too early and too late; times closer than the observer's spread are the same."""
    spread = max(one.spread for one in measured)
    return sum(one.late < -spread for one in measured), sum(one.late > LATEST_SECONDS for one in measured)


def main() -> int:
    """Measure and print the table; return 1 if a task ended too early or too late."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.exactness", description=__doc__)
    parser.add_argument("--rollouts", type=int, default=200, help="how many (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="of the first one (default 1)")
    options = parser.parse_args()
    measured = []
    with laboratory.opened() as lab, Observer(lab.api) as observer:
        prepared(lab)
        for seed in range(options.seed, options.seed + options.rollouts):
            one = measure(lab, observer, seed)
            measured.append(one)
            late, spread = (f"{seconds * 1000:.0f} ms" for seconds in (one.late, one.spread))
            print(
                f"seed {seed:>4} {one.kind:<11} took {one.took:5.2f} s, {late:>6} late, spread {spread}, {one.by}",
                flush=True,
            )
    print("\n".join(["", *table(measured)]))
    print(f"load of the machine (1, 5, 15 minutes): {os.getloadavg()}, {os.cpu_count()} processors")
    return 1 if any(_outside(measured)) else 0


if __name__ == "__main__":
    sys.exit(main())
