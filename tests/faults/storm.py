# SPDX-License-Identifier: GPL-3.0-or-later
"""Which request meets which fault, decided by a seed alone: pure."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qs, urlsplit


class Kind(Enum):
    """What can happen to a request on its way."""

    NONE = "passed on"
    DELAY = "answered late"
    REFUSE = "answered by the proxy, not passed on"
    RESET_BEFORE = "connection reset, not passed on"
    RESET_AFTER = "connection reset after it was passed on, so that a write was done without an answer"
    RESET_IN_BODY = "connection reset in the middle of the answer's body"
    CUT_WATCH = "watch ended in the middle of an event, with or without a reset"
    UNTRUSTED = "connection reset, from then on another certificate is shown, of a CA that nobody knows"
    RENEWED = "connection reset, from then on another certificate is shown, of a CA that the client trusts"
    API_SERVER = "passed on while the API server is killed and started again"
    ETCD = "passed on while etcd is killed and started again"


@dataclass(frozen=True)
class Fault:
    """What happens to one request.

    seconds: of the delay. status, retry_after: of a refusal, the latter in seconds. part: how much of a body comes
    through, or how many events of a watch; reset: whether a watch that is cut ends with a reset or as if complete.
    """

    kind: Kind = Kind.NONE
    seconds: float = 0.0
    status: int = 0
    retry_after: int | None = None
    part: float = 0.5
    reset: bool = True


PASSED = Fault()
Script = Callable[[int, str, str], Fault]
"""Tells from the number of a request (1 is the first), its method and its path with query what happens to it."""

_ORDINARY = (Kind.DELAY, Kind.REFUSE, Kind.RESET_BEFORE, Kind.RESET_AFTER, Kind.RESET_IN_BODY)
# Rare, because they end or stall everything that is under way.
GREAT = (Kind.UNTRUSTED, Kind.RENEWED, Kind.API_SERVER, Kind.ETCD)
_GREAT_LIKELIHOOD, _LAST_GREAT = 0.2, 30


def calm(_number: int, _method: str, _path: str) -> Fault:
    """Pass everything on."""
    return PASSED


class Outage:
    """One great fault at one request of a task, the next one for each seed, and nothing else."""

    def __init__(self, kind: Kind, seed: int):
        self._kind, self._number = kind, 1 + (seed - 1) % _LAST_GREAT

    def __str__(self) -> str:
        return f"{self._kind.name.lower()} at request {self._number}"

    def __call__(self, number: int, _method: str, _path: str) -> Fault:
        return Fault(self._kind) if number == self._number else PASSED


class Storm:
    """Faults of one seed.

    A request is told from others by its method, its path and how often it was sent before, not by its place among all:
    requests that a task sends at the same time arrive in any order.
    """

    def __init__(self, seed: int):
        chance = random.Random(f"storm {seed}")
        self._seed = seed
        self._likelihood = chance.choice((0.05, 0.15, 0.3, 0.5))
        self._kinds = chance.sample(_ORDINARY, chance.randint(1, len(_ORDINARY)))
        self._great = chance.choice(GREAT) if chance.random() < _GREAT_LIKELIHOOD else None
        self._great_number = chance.randint(1, _LAST_GREAT)
        self._sent: Counter[str] = Counter()

    def __str__(self) -> str:
        names = sorted(kind.name.lower() for kind in self._kinds)
        great = f", {self._great.name.lower()} at request {self._great_number}" if self._great else ""
        return f"{self._likelihood:.0%} of {' '.join(names)}{great}"

    def __call__(self, number: int, method: str, path: str) -> Fault:
        address, query = urlsplit(path).path, parse_qs(urlsplit(path).query)
        request = f"{method} {address} {sorted(query.keys() & {'watch', 'dryRun'})}"
        self._sent[request] += 1
        if self._great and number == self._great_number:
            return Fault(self._great)
        chance = random.Random(f"{self._seed} {request} {self._sent[request]}")
        if chance.random() >= self._likelihood:
            return PASSED
        if "watch" in query and chance.random() < 0.5:
            return Fault(Kind.CUT_WATCH, part=chance.randint(0, 4), reset=chance.random() < 0.5)
        return _ordinary(chance, self._kinds)


Trouble = Storm | Outage
"""A script that says in words what it is."""


def _ordinary(chance: random.Random, kinds: list[Kind]) -> Fault:
    kind = chance.choice(kinds)
    status = chance.choice((429, 500, 503))
    return Fault(
        kind,
        seconds=chance.uniform(0.02, 0.5),
        status=status,
        retry_after=chance.choice((0, 1)) if status == 429 else None,
        part=chance.random(),
    )
