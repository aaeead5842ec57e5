# SPDX-License-Identifier: GPL-3.0-or-later
"""How a finding is tested: one situation that has the problem, and one close to it that has not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.unit.builders import Manifest, findings

CONFIG = "Config cluster"
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


@dataclass(frozen=True)
class Situation:
    """Options, and the objects that the cluster holds."""

    given: dict[str, Any]
    objects: tuple[Manifest, ...] = ()


def having(*objects: Manifest, **given: Any) -> Situation:
    """Return a situation."""
    return Situation(given, objects)


@dataclass(frozen=True)
class Case:
    """A problem: what the finding says, the situation that has it alone, and one that has none.

    found, needed: what these parts of the finding must contain.
    """

    name: str
    subject: str
    field: str
    found: str
    needed: str
    bad: Situation
    good: Situation
    severity: str = "error"

    def __str__(self) -> str:
        return self.name

    def check(self) -> None:
        """Fail unless the bad situation has exactly this finding and the good one none."""
        problems = findings(self.bad.given, *self.bad.objects)
        told = [(problem.subject, problem.field, problem.severity) for problem in problems]
        assert told == [(self.subject, self.field, self.severity)], [str(problem) for problem in problems]
        assert self.found in problems[0].found
        assert self.needed in problems[0].needed
        assert problems[0].remedy.endswith(".")
        assert _CODE.fullmatch(problems[0].code)
        assert [str(problem) for problem in findings(self.good.given, *self.good.objects)] == []
