# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is to connect with."""

from pathlib import Path

import pytest

from sandbox.state import StateDirectory
from tests.integration.connection import client as clients
from tests.integration.connection.client import Client
from tests.integration.lab import Lab


@pytest.fixture(scope="session")
def client(lab: Lab, state: StateDirectory, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """One who connects; no test here changes the cluster."""
    directory: Path = tmp_path_factory.mktemp("client")
    return clients.client(lab, state, directory)
