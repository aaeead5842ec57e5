# SPDX-License-Identifier: GPL-3.0-or-later
"""The course of the measurements: all variants in turn, round after round, so that disturbances hit all alike."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from .fleet import HOSTS
from .ground import Ground
from .process import RunFailed
from .results import FAR, FIRST, FLEET, NEAR, NONE, ONE, Cell, Results, Sample
from .sequence import in_sequence
from .state import LOG_LEVELS
from .variant import Variant
from .waiting import Observer
from .workplace import Workplace

PARTS: Mapping[str, int | None] = {
    "first-apply": 5,
    "no-change": None,
    "one-field": 3,
    "peak": 3,
    "fleet": 3,
    "wait": 1,
}
"""What can be measured, and in how many rounds at most: what takes long or hardly varies is not measured in all."""


@dataclass
class Course:
    """One course.

    variants: of one cluster; the first one is what makes the state that the others find unchanged. fleet: of many.
    waiting: of hosts that wait. ports: where the API server is reached, by the seconds that this adds to a round trip:
    NEAR and FAR. Every part finds the state served and leaves it so.
    """

    ground: Ground
    workplace: Workplace
    variants: list[Variant]
    fleet: list[Variant]
    waiting: list[Variant]
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

    def round(self, number: int, parts: Collection[str], report: Callable[[str], None]) -> None:
        """Measure these parts once; each round begins with another variant."""
        measures: dict[str, Callable[[int], None]] = {
            "first-apply": self._first_applies,
            "no-change": self._without_change,
            "one-field": self._changes,
            "peak": self._peaks,
            "fleet": self._fleet,
            "wait": self._wait,
        }
        for part, most in PARTS.items():
            if part in parts and (most is None or number < most):
                report(f"round {number + 1}: {part}")
                measures[part](number)

    def _first_applies(self, number: int) -> None:
        for variant in _turned(self.variants, number):
            for round_trip in () if variant.reference else variant.round_trips:
                self.ground.reset()
                with self.ground.at_rest():
                    self._measure(FIRST, round_trip, variant)
        self._make_state()

    def _without_change(self, number: int) -> None:
        with self.ground.at_rest():
            for round_trip in self.ports:
                for variant in _turned(self.variants, number):
                    if round_trip in variant.round_trips:
                        self._measure(NONE, round_trip, variant)

    def _changes(self, number: int) -> None:
        with self.ground.at_rest():
            for variant in _turned(self.variants, number):
                if not variant.reference:
                    self._next_level()
                    self._measure(ONE, NEAR, variant)
        self._make_state()

    def _peaks(self, number: int) -> None:
        with self.ground.at_rest():
            for variant in _turned(self.variants, number):
                if variant.peak:
                    peak = self.workplace.peak(variant, self.ports[NEAR], self._level, wait=True)
                    self.results.add_peak(variant.key, peak)

    def _fleet(self, number: int) -> None:
        with self.ground.at_rest():
            for variant in _turned(self.fleet, number):
                self._measure(FLEET, NEAR, variant, clusters=HOSTS)

    def _wait(self, number: int) -> None:
        for variant in _turned(self.waiting, number):
            self._next_level()
            self.ground.hold_rollout(True)
            try:
                port = self.ports[NEAR]
                self.workplace.run(self.variants[0], port, self._level, wait=False)
                observer = Observer(self.ground, self.ground.mark())
                done = self.workplace.run(variant, port, self._level, wait=True, meanwhile=observer)
            finally:
                self.ground.hold_rollout(False)
            if observer.wait is None:
                raise RunFailed(f"variant {variant.key} did not wait for the rollout:\n{done.output}")
            variant.check(done.output, expected=False)
            self.results.add_wait(variant.key, observer.wait)

    def _make_state(self) -> None:
        """Bring the registry to the desired state and wait until it serves it."""
        self.workplace.run(self.variants[0], self.ports[NEAR], self._level, wait=True)

    def _next_level(self) -> None:
        self._level = next(level for level in LOG_LEVELS if level != self._level)

    def _measure(self, situation: str, round_trip: float, variant: Variant, clusters: int = 1) -> None:
        changing = situation in (FIRST, ONE)
        mark = self.ground.mark()
        # Nothing rolls out while all else is at rest; without a change there is nothing to wait for, only to look at.
        done = self.workplace.run(variant, self.ports[round_trip], self._level, wait=not changing)
        variant.check(done.output, expected=changing)
        requests = self.ground.requests_since(mark)
        chain = in_sequence(requests, round_trip) if round_trip == FAR else None
        sample = Sample(done.wall, done.cpu / clusters, len(requests), chain)
        self.results.add(Cell(situation, round_trip, variant.key), sample)


def _turned(variants: list[Variant], number: int) -> list[Variant]:
    turn = number % len(variants)
    return variants[turn:] + variants[:turn]
