# SPDX-License-Identifier: GPL-3.0-or-later
"""The course of the measurements: all variants in turn, round after round, so that disturbances hit all alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .ground import Ground
from .results import FIRST, NONE, ONE, Cell, Results, Sample
from .sequence import in_sequence
from .state import LOG_LEVELS
from .variants import Variant
from .workplace import Workplace

Report = Callable[[str], None]


@dataclass
class Course:
    """One course.

    variants: the first one is what makes the state that the others find unchanged. ports: where the API server is
    reached, by the seconds that this adds to a round trip; 0 is one of them.
    """

    ground: Ground
    workplace: Workplace
    variants: list[Variant]
    ports: Mapping[float, int]
    results: Results = field(default_factory=Results)
    _level: str = LOG_LEVELS[0]

    def warm_up(self) -> None:
        """Fill all caches; RunFailed if a variant would change what the first one has made."""
        self.ground.reset()
        self._make_state()
        with self.ground.at_rest():
            for port in self.ports.values():
                for variant in self.variants:
                    done = self.workplace.run(variant, port, self._level, wait=True)
                    variant.check(done.output, expected=False)

    def round(self, number: int, report: Report) -> None:
        """Measure everything once; each round begins with another variant."""
        turn = number % len(self.variants)
        order = self.variants[turn:] + self.variants[:turn]
        for name, measure in (
            (FIRST, self._first_applies),
            (NONE, self._without_change),
            (ONE, self._changes),
            ("memory", self._memory),
        ):
            report(f"round {number + 1}: {name}")
            measure(order)

    def _first_applies(self, order: list[Variant]) -> None:
        for variant in order:
            for round_trip in () if variant.reference else (0.0, max(self.ports)):
                self.ground.reset()
                with self.ground.at_rest():
                    self._measure(FIRST, round_trip, variant)
        self._make_state()

    def _without_change(self, order: list[Variant]) -> None:
        with self.ground.at_rest():
            for round_trip in self.ports:
                for variant in order:
                    if not variant.reference or round_trip == 0.0:
                        self._measure(NONE, round_trip, variant)

    def _changes(self, order: list[Variant]) -> None:
        with self.ground.at_rest():
            for variant in order:
                if not variant.reference:
                    self._level = next(level for level in LOG_LEVELS if level != self._level)
                    self._measure(ONE, 0.0, variant)

    def _memory(self, order: list[Variant]) -> None:
        with self.ground.at_rest():
            for variant in order:
                peak = self.workplace.peak(variant, self.ports[0.0], self._level, wait=False)
                self.results.add_peak(variant.key, peak)

    def _make_state(self) -> None:
        """Bring the registry to the desired state and wait until it serves it."""
        self.workplace.run(self.variants[0], self.ports[0.0], self._level, wait=True)

    def _measure(self, situation: str, round_trip: float, variant: Variant) -> None:
        mark = self.ground.mark()
        # Nothing rolls out while all else is at rest; without a change there is nothing to wait for, only to look at.
        done = self.workplace.run(variant, self.ports[round_trip], self._level, wait=situation == NONE)
        variant.check(done.output, expected=situation != NONE and not variant.reference)
        requests = self.ground.requests_since(mark)
        chain = in_sequence(requests, round_trip) if round_trip == max(self.ports) else None
        self.results.add(Cell(situation, round_trip, variant.key), Sample(done.wall, done.cpu, len(requests), chain))
