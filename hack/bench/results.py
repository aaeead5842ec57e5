# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured, and the medians of it: pure."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

FIRST, NONE, ONE = "first apply", "no change", "one field changed"


@dataclass(frozen=True)
class Sample:
    """One measured run.

    wall, cpu: seconds, with all child processes; requests: how many the API server answered; in_sequence: how many of
    them can have waited for one another, None where the round trip is too short to tell.
    """

    wall: float
    cpu: float
    requests: int
    in_sequence: int | None


@dataclass(frozen=True)
class Cell:
    """Where samples belong: the situation, the seconds added to a round trip, the key of the variant."""

    situation: str
    round_trip: float
    variant: str


@dataclass
class Results:
    """samples: of each cell. peaks: bytes of the biggest module process of a run without change, of each variant."""

    samples: dict[Cell, list[Sample]] = field(default_factory=dict)
    peaks: dict[str, list[int]] = field(default_factory=dict)

    def add(self, cell: Cell, sample: Sample) -> None:
        """Add a sample to a cell."""
        self.samples.setdefault(cell, []).append(sample)

    def add_peak(self, variant: str, peak: int) -> None:
        """Add the peak of one run."""
        self.peaks.setdefault(variant, []).append(peak)

    def wall(self, situation: str, round_trip: float, variant: str) -> float | None:
        """Return the median of the seconds, None if nothing was measured."""
        return self._median(Cell(situation, round_trip, variant), lambda sample: sample.wall)

    def cpu(self, situation: str, round_trip: float, variant: str) -> float | None:
        """Return the median of the CPU seconds, None if nothing was measured."""
        return self._median(Cell(situation, round_trip, variant), lambda sample: sample.cpu)

    def requests(self, situation: str, variant: str) -> float | None:
        """Return the median of the number of requests, None if nothing was measured."""
        return self._median(Cell(situation, 0.0, variant), lambda sample: sample.requests)

    def in_sequence(self, situation: str, round_trip: float, variant: str) -> float | None:
        """Return the median of the number of requests in sequence, None if it was not told."""
        return self._median(Cell(situation, round_trip, variant), lambda sample: sample.in_sequence)

    def peak(self, variant: str) -> float | None:
        """Return the median of the peaks in bytes, None if nothing was measured."""
        return median(self.peaks[variant]) if variant in self.peaks else None

    def as_dict(self) -> dict[str, Any]:
        """Return everything as it is written to a file."""
        runs = [{**asdict(cell), "samples": [asdict(one) for one in found]} for cell, found in self.samples.items()]
        return {"runs": runs, "peaks": self.peaks}

    def _median(self, cell: Cell, value: Callable[[Sample], float | None]) -> float | None:
        values = [value(sample) for sample in self.samples.get(cell, [])]
        return median(values) if values and None not in values else None
