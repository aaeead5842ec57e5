# SPDX-License-Identifier: GPL-3.0-or-later
"""How many replicas each ReplicaSet gets."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.tests.unit.workloads.builders import deployment, replicaset
from sandbox.workloads.rollout import fenceposts, new_replicas, scale_down_old


@pytest.mark.parametrize(
    ("replicas", "surge", "unavailable", "expected"),
    [
        pytest.param(1, "25%", 0, (1, 0), id="the registry's single replica"),
        pytest.param(2, 1, 1, (1, 1), id="the registry's two replicas"),
        pytest.param(3, "25%", 2, (1, 2), id="the registry's three replicas"),
        pytest.param(10, "25%", "25%", (3, 2), id="surge is rounded up, the rest down"),
        pytest.param(2, 0, 0, (0, 1), id="both zero would block"),
        pytest.param(2, 1, 5, (1, 2), id="no more can be unavailable than there are"),
        pytest.param(0, "25%", 0, (0, 1), id="nothing to run"),
        pytest.param(3, None, None, (0, 0), id="Recreate has none"),
    ],
)
def test_fenceposts(replicas: int, surge: Any, unavailable: Any, expected: tuple[int, int]) -> None:
    assert fenceposts(deployment(replicas, surge, unavailable)) == expected


@pytest.mark.parametrize(
    ("replicas", "surge", "old", "new", "expected"),
    [
        pytest.param(2, 1, 0, 0, 2, id="first rollout"),
        pytest.param(2, 1, 2, 0, 1, id="one surges"),
        pytest.param(2, 1, 2, 1, 1, id="no room yet"),
        pytest.param(2, 1, 1, 1, 2, id="room after an old one went"),
        pytest.param(2, 1, 5, 1, 1, id="too many old ones"),
        pytest.param(2, 1, 0, 4, 2, id="scaled down in the middle"),
        pytest.param(3, None, 0, 0, 3, id="Recreate makes all at once"),
    ],
)
def test_size_of_the_new_replicaset(replicas: int, surge: Any, old: int, new: int, expected: int) -> None:
    assert new_replicas(deployment(replicas, surge, 1), [replicaset("old", old)], new) == expected


@pytest.mark.parametrize(
    ("replicas", "unavailable", "old", "available", "new_available", "expected"),
    [
        pytest.param(1, 0, 1, 1, 0, {}, id="the only one stays until the new one is there"),
        pytest.param(1, 0, 1, 1, 1, {"old": 0}, id="then it goes"),
        pytest.param(2, 1, 2, 2, 0, {"old": 1}, id="one may be unavailable"),
        pytest.param(2, 1, 1, 2, 0, {}, id="a count that lags takes no pod twice"),
        pytest.param(2, 1, 2, 0, 0, {"old": 1}, id="pods that are not available go first"),
        pytest.param(2, 1, 2, 1, 2, {"old": 0}, id="all go when the new ones are available"),
    ],
)
def test_how_old_replicasets_shrink(
    replicas: int, unavailable: int, old: int, available: int, new_available: int, expected: dict[str, int]
) -> None:
    older = [replicaset("old", old, available)]
    assert scale_down_old(deployment(replicas, 1, unavailable), older, new_available) == expected


def test_the_oldest_shrinks_first() -> None:
    younger = replicaset("younger", 1, creationTimestamp="2026-11-22T11:30:00Z")
    assert scale_down_old(deployment(2, 1, 1), [younger, replicaset("older", 1)], 0) == {"older": 0}
