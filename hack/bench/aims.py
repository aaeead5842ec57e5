# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be reached, and whether it was: pure."""

from dataclasses import dataclass
from statistics import median

from .results import FAR, FIRST, FLEET, NEAR, NONE, Cell, Results

# What has to be written before the Config, and the Config.
_WRITES_IN_SEQUENCE = 2
MEGABYTE = 1e6
Pairs = list[tuple[float, float]]


@dataclass(frozen=True)
class Aim:
    """A figure that is to be reached: what it is, what was measured (None: nothing), the limit."""

    what: str
    measured: float | None
    limit: float

    @property
    def verdict(self) -> str:
        """Whether it was reached."""
        if self.measured is None:
            return "not measured"
        return "reached" if self.measured <= self.limit else "missed"


def aims(results: Results) -> list[Aim]:
    """Return what is to be reached with what was."""

    def cpu(situation: str, variant: str, other: str) -> Pairs:
        return results.pairs(Cell(situation, NEAR, variant), Cell(situation, NEAR, other), lambda sample: sample.cpu)

    def wall(round_trip: float, other: str = "k8s") -> Pairs:
        mine, others = (Cell(NONE, round_trip, variant) for variant in ("registry", other))
        return results.pairs(mine, others, lambda sample: sample.wall)

    chain = results.in_sequence(FIRST, "registry")
    return [
        Aim("no change, CPU: `registry` / `ping`", ratio(cpu(NONE, "registry", "ping")), 0.82),
        Aim("no change, CPU: `registry` / `debug`", ratio(cpu(NONE, "registry", "debug")), 1.30),
        Aim("no change, CPU: `registry` / `kubernetes.core`", ratio(cpu(NONE, "registry", "k8s")), 0.25),
        Aim("no change, time: `registry` / `kubernetes.core`", ratio(wall(NEAR)), 0.30),
        Aim(
            "no change, +100 ms, time: `registry` / `kubernetes.core` in a new container",
            ratio(wall(FAR, "k8s-new")),
            0.20,
        ),
        Aim("no change, +100 ms, time: `registry` / `kubernetes.core`", ratio(wall(FAR)), 0.20),
        Aim("first apply, CPU: `registry` / `kubernetes.core`", ratio(cpu(FIRST, "registry", "k8s")), 0.25),
        Aim(
            "no change, CPU seconds: kubeconfig - token",
            difference(cpu(NONE, "registry-kubeconfig", "registry")),
            0.03,
        ),
        Aim("fleet, CPU: by token / `kubectl`", ratio(cpu(FLEET, "registry", "kubectl")), 0.35),
        Aim("fleet, CPU: by kubeconfig / `kubectl`", ratio(cpu(FLEET, "registry-kubeconfig", "kubectl")), 0.35),
        Aim("waiting host, MB", megabytes(results.waiting_memory("registry")), 25),
        Aim("waiting host, requests in 60 s", results.waiting_requests("registry"), 30),
        Aim("no change: requests", results.requests(NONE, "registry"), 10),
        Aim("no change: requests in sequence", results.in_sequence(NONE, "registry"), 2),
        Aim(
            "first apply: requests in sequence beyond the writes' own order",
            None if chain is None else chain - _WRITES_IN_SEQUENCE,
            3,
        ),
        Aim("peak of a module process, MB", megabytes(results.peak("registry")), 90),
    ]


def ratio(pairs: Pairs) -> float | None:
    """Return the median of the ratios, None if there is none.

    The speed of a machine that others use too drifts, for both of a pair alike.
    """
    ratios = [mine / others for mine, others in pairs if others]
    return median(ratios) if ratios else None


def difference(pairs: Pairs) -> float | None:
    """Return the median of the differences, None if there is none."""
    return median(mine - others for mine, others in pairs) if pairs else None


def megabytes(size: float | None) -> float | None:
    """Return bytes as megabytes, None if nothing was measured."""
    return size and size / MEGABYTE
