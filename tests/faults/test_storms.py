# SPDX-License-Identifier: GPL-3.0-or-later
"""Full converges in storms of faults; `python -m tests.faults` runs as many more as one likes."""

import pytest

from tests.faults.converge import run
from tests.faults.laboratory import Laboratory

SEEDS = range(1, 26)


@pytest.mark.parametrize("seed", SEEDS)
def test_ends_as_declared_or_with_one_error(laboratory: Laboratory, seed: int) -> None:
    done = run(laboratory, seed)
    assert done.complaints == []
