# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of a case of bad input."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.integration.lab import Lab

Args = dict[str, Any]

CONFIG = "Config cluster"


@dataclass(frozen=True)
class Case:
    """One thing that a user gets wrong, and what the module has to say to it.

    args: options, or a function that makes them where they depend on the sandbox.
    about: object and field of the finding, None where the module fails in another way than by a finding.
    says: parts of the message: what was found, what is needed, what to do.
    cluster: the state of the cluster, a name in `clusters`.
    may_come: whether an earlier task may provide what is missing, so that check mode only warns of it.
    """

    id: str
    module: str
    args: Args | Callable[[Lab], Args]
    about: tuple[str, str] | None
    says: tuple[str, ...]
    cluster: str = "removed"
    may_come: bool = False

    def options(self, lab: Lab) -> Args:
        """Return the options of the module."""
        return self.args(lab) if callable(self.args) else self.args


def claim(name: str) -> str:
    """Return a claim as findings name it."""
    return f"PersistentVolumeClaim openshift-image-registry/{name}"


def secret(name: str) -> str:
    """Return a Secret as findings name it."""
    return f"Secret openshift-image-registry/{name}"


def route(name: str) -> str:
    """Return a Route as findings name it."""
    return f"Route openshift-image-registry/{name}"
