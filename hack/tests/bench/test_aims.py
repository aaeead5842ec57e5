# SPDX-License-Identifier: GPL-3.0-or-later
"""What the bench compares with what is to be reached."""

import pytest

from hack.bench.aims import aims, difference, megabytes, ratio
from hack.bench.results import FAR, FIRST, FLEET, NEAR, NONE, Cell, Results, Sample, Wait

# Situation, seconds added to a round trip, variant, seconds, CPU seconds, requests in sequence.
CELLS = (
    (NONE, NEAR, "registry", 3.0, 1.6, None),
    (NONE, NEAR, "registry-kubeconfig", 3.0, 1.625, None),
    (NONE, NEAR, "ping", 2.0, 2.0, None),
    (NONE, NEAR, "debug", 1.0, 1.0, None),
    (NONE, NEAR, "k8s", 12.0, 8.0, None),
    (NONE, FAR, "registry", 5.0, 1.6, 2),
    (NONE, FAR, "k8s", 20.0, 8.0, 8),
    (NONE, FAR, "k8s-new", 50.0, 8.0, 8),
    (FIRST, NEAR, "registry", 5.0, 2.0, None),
    (FIRST, FAR, "registry", 5.0, 2.0, 6),
    (FLEET, NEAR, "registry", 5.0, 0.1, None),
    (FLEET, NEAR, "registry-kubeconfig", 5.0, 0.2, None),
    (FLEET, NEAR, "kubectl", 5.0, 0.4, None),
)


@pytest.fixture
def results() -> Results:
    """Three rounds on a machine whose speed drifts; in the last a disturbance hits one variant."""
    filled = Results()
    for situation, round_trip, key, wall, cpu, chain in CELLS:
        for slowness, disturbance in ((1.0, 0.0), (3.0, 0.0), (2.0, 100.0 if key == "registry" else 0.0)):
            sample = Sample(wall * slowness + disturbance, cpu * slowness + disturbance, 7, chain)
            filled.add(Cell(situation, round_trip, key), sample)
    filled.add_peak("registry", 95_000_000)
    filled.add_wait("registry", Wait(24_000_000, 31.5))
    return filled


def test_rounds_are_compared_with_what_is_to_be_reached(results: Results) -> None:
    found = {aim.what: (aim.measured and pytest.approx(aim.measured), aim.verdict) for aim in aims(results)}
    assert found == {
        "no change, CPU: `registry` / `ping`": (0.8, "reached"),
        "no change, CPU: `registry` / `debug`": (1.6, "missed"),
        "no change, CPU: `registry` / `kubernetes.core`": (0.2, "reached"),
        "no change, time: `registry` / `kubernetes.core`": (0.25, "reached"),
        "no change, +100 ms, time: `registry` / `kubernetes.core` in a new container": (0.1, "reached"),
        "no change, +100 ms, time: `registry` / `kubernetes.core`": (0.25, "missed"),
        "first apply, CPU: `registry` / `kubernetes.core`": (None, "not measured"),
        "no change, CPU seconds: kubeconfig - token": (0.025, "reached"),
        "fleet, CPU: by token / `kubectl`": (0.25, "reached"),
        "fleet, CPU: by kubeconfig / `kubectl`": (0.5, "missed"),
        "waiting host, MB": (24.0, "reached"),
        "waiting host, requests in 60 s": (31.5, "missed"),
        "no change: requests": (7, "reached"),
        "no change: requests in sequence": (2, "reached"),
        "first apply: requests in sequence beyond the writes' own order": (4, "missed"),
        "peak of a module process, MB": (95.0, "missed"),
    }


def test_nothing_comes_of_what_was_not_measured() -> None:
    assert all(aim.measured is None for aim in aims(Results()))
    assert ratio([]) is ratio([(1.0, 0.0)]) is difference([]) is None
    assert megabytes(None) is None


def test_nothing_at_all_is_a_figure() -> None:
    assert (ratio([(0.0, 2.0)]), difference([(0.0, 2.0)]), megabytes(0)) == (0.0, -2.0, 0.0)
