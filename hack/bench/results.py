# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured, and the medians of it: pure."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

FIRST, NONE, ONE, FLEET = "first apply", "no change", "one field changed", "fleet"
NEAR, FAR = 0.0, 0.1
"""Seconds that the way to the API server adds to each round trip."""


@dataclass(frozen=True)
class Sample:
    """One measured run.

    wall, cpu: seconds, with all processes of the run; requests: how many the API server answered; in_sequence: how many
    of them can have waited for one another, None where the round trip is too short to tell.
    """

    wall: float
    cpu: float
    requests: int
    in_sequence: int | None


@dataclass(frozen=True)
class Wait:
    """What one host costs that waits for a rollout: bytes, and requests in the time that was watched."""

    memory: float
    requests: float


@dataclass(frozen=True)
class Cell:
    """Where samples belong: the situation, the seconds added to a round trip, the key of the variant."""

    situation: str
    round_trip: float
    variant: str


@dataclass
class Results:
    """samples: of each cell. peaks: bytes of the biggest module process of a run, waits: both of each variant."""

    samples: dict[Cell, list[Sample]] = field(default_factory=dict)
    peaks: dict[str, list[int]] = field(default_factory=dict)
    waits: dict[str, list[Wait]] = field(default_factory=dict)

    def add(self, cell: Cell, sample: Sample) -> None:
        """Add a sample to a cell."""
        self.samples.setdefault(cell, []).append(sample)

    def add_peak(self, variant: str, peak: int) -> None:
        """Add the peak of one run."""
        self.peaks.setdefault(variant, []).append(peak)

    def add_wait(self, variant: str, wait: Wait) -> None:
        """Add what a waiting host took in one run."""
        self.waits.setdefault(variant, []).append(wait)

    def wall(self, situation: str, variant: str, round_trip: float = NEAR) -> float | None:
        """Return the median of the seconds, None if nothing was measured."""
        return self._median(Cell(situation, round_trip, variant), lambda sample: sample.wall)

    def cpu(self, situation: str, variant: str) -> float | None:
        """Return the median of the CPU seconds, None if nothing was measured."""
        return self._median(Cell(situation, NEAR, variant), lambda sample: sample.cpu)

    def requests(self, situation: str, variant: str) -> float | None:
        """Return the median of the number of requests, None if nothing was measured."""
        return self._median(Cell(situation, NEAR, variant), lambda sample: sample.requests)

    def in_sequence(self, situation: str, variant: str) -> float | None:
        """Return the median of the number of requests in sequence, None if it was not told."""
        return self._median(Cell(situation, FAR, variant), lambda sample: sample.in_sequence)

    def peak(self, variant: str) -> float | None:
        """Return the median of the peaks in bytes, None if nothing was measured."""
        return median(self.peaks[variant]) if variant in self.peaks else None

    def waiting_memory(self, variant: str) -> float | None:
        """Return the median of the bytes of a waiting host, None if nothing was measured."""
        return median(wait.memory for wait in self.waits[variant]) if variant in self.waits else None

    def waiting_requests(self, variant: str) -> float | None:
        """Return the median of the requests of a waiting host, None if nothing was measured."""
        return median(wait.requests for wait in self.waits[variant]) if variant in self.waits else None

    def as_dict(self) -> dict[str, Any]:
        """Return everything as it is written to a file."""
        runs = [{**asdict(cell), "samples": [asdict(one) for one in found]} for cell, found in self.samples.items()]
        waits = {variant: [asdict(wait) for wait in found] for variant, found in self.waits.items()}
        return {"runs": runs, "peaks": self.peaks, "waits": waits}

    def pairs(self, mine: Cell, others: Cell, value: Callable[[Sample], float]) -> list[tuple[float, float]]:
        """Return the figures of two cells round by round, [] if one of them was not measured."""
        return [
            (value(one), value(other))
            for one, other in zip(self.samples.get(mine, []), self.samples.get(others, []), strict=False)
        ]

    def _median(self, cell: Cell, value: Callable[[Sample], float | None]) -> float | None:
        values = [known for sample in self.samples.get(cell, []) if (known := value(sample)) is not None]
        return median(values) if values else None
