# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be reached, and whether it was: pure."""

from dataclasses import dataclass

from .results import FAR, FIRST, FLEET, NONE, Results

# What has to be written before the Config, and the Config.
_WRITES_IN_SEQUENCE = 2
MEGABYTE = 1e6


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
    cpu, wall = results.cpu, results.wall
    one = cpu(NONE, "registry")
    return [
        Aim("no change, CPU: `registry` / `ping`", ratio(one, cpu(NONE, "ping")), 0.82),
        Aim("no change, CPU: `registry` / `debug`", ratio(one, cpu(NONE, "debug")), 1.30),
        Aim("no change, CPU: `registry` / `kubernetes.core`", ratio(one, cpu(NONE, "k8s")), 0.25),
        Aim("no change, time: `registry` / `kubernetes.core`", ratio(wall(NONE, "registry"), wall(NONE, "k8s")), 0.30),
        Aim(
            "no change, +100 ms, time: `registry` / `kubernetes.core`",
            ratio(wall(NONE, "registry", FAR), wall(NONE, "k8s", FAR)),
            0.20,
        ),
        Aim("first apply, CPU: `registry` / `kubernetes.core`", ratio(cpu(FIRST, "registry"), cpu(FIRST, "k8s")), 0.25),
        Aim("no change, CPU seconds: kubeconfig - token", difference(cpu(NONE, "registry-kubeconfig"), one), 0.03),
        Aim("fleet, CPU: by token / `kubectl`", ratio(cpu(FLEET, "registry"), cpu(FLEET, "kubectl")), 0.35),
        Aim(
            "fleet, CPU: by kubeconfig / `kubectl`",
            ratio(cpu(FLEET, "registry-kubeconfig"), cpu(FLEET, "kubectl")),
            0.35,
        ),
        Aim("waiting host, MB", megabytes(results.waiting_memory("registry")), 25),
        Aim("waiting host, requests in 60 s", results.waiting_requests("registry"), 30),
        Aim("no change: requests", results.requests(NONE, "registry"), 8),
        Aim("no change: requests in sequence", results.in_sequence(NONE, "registry"), 2),
        Aim(
            "first apply: requests in sequence beyond the writes' own order",
            difference(results.in_sequence(FIRST, "registry"), _WRITES_IN_SEQUENCE),
            3,
        ),
        Aim("peak of a module process, MB", megabytes(results.peak("registry")), 90),
    ]


def ratio(mine: float | None, others: float | None) -> float | None:
    """Return the first divided by the second, None if either was not measured."""
    return mine / others if mine is not None and others else None


def difference(mine: float | None, others: float | None) -> float | None:
    """Return the first less the second, None if either was not measured."""
    return mine - others if mine is not None and others is not None else None


def megabytes(size: float | None) -> float | None:
    """Return bytes as megabytes, None if nothing was measured."""
    return size and size / MEGABYTE
