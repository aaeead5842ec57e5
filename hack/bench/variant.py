# SPDX-License-Identifier: GPL-3.0-or-later
"""What the bench knows of one way to bring the registry to a state."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from .process import RunFailed
from .results import FAR, NEAR


class Access(Enum):
    """How a variant finds the cluster: by variables with host and token, by KUBECONFIG, or by what its files say."""

    TOKEN = auto()
    KUBECONFIG = auto()
    FILES = auto()


class Peak(Enum):
    """Whose peak of memory is told: the biggest module process, or the biggest process of all."""

    MODULE = auto()
    COMMAND = auto()


@dataclass(frozen=True)
class Variant:
    """One way.

    key, title: how tables and results refer to it. files: what it needs in its directory, by name. command: what is run
    there, given the value of the field that changes and whether to wait for the rollout. changes: how many changes a
    run reported, given its output. environment: what it needs beside the cluster. is_new: whether each run begins as in
    a new container, without what runs before it kept. reference: whether it is there to judge others by, so that it is
    measured without change only. round_trips: those with which it is measured.
    """

    key: str
    title: str
    files: Mapping[str, str]
    command: Callable[[str, bool], list[str]]
    changes: Callable[[str], int]
    access: Access = Access.TOKEN
    environment: Mapping[str, str] = field(default_factory=dict)
    peak: Peak | None = None
    is_new: bool = False
    reference: bool = False
    round_trips: Collection[float] = (NEAR, FAR)

    def check(self, output: str, expected: bool) -> None:
        """Raise RunFailed unless a run reported changes where some were expected, and none where none was."""
        changes = self.changes(output)
        if bool(changes) != expected:
            what = "some" if expected else "none"
            raise RunFailed(f"variant {self.key} reports {changes} changes, {what} were expected:\n{output}")
