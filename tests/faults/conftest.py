# SPDX-License-Identifier: GPL-3.0-or-later
"""One sandbox behind one proxy for all tests under faults."""

from collections.abc import Iterator

import pytest

from tests.faults import laboratory as laboratories
from tests.faults.laboratory import Laboratory


@pytest.fixture(scope="session")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    """A sandbox that begins in its clean state, with the proxy in front of it."""
    with (
        laboratories.opened() as lab,
        laboratories.furnished(lab, tmp_path_factory.mktemp("faults")) as furnished,
    ):
        yield furnished
