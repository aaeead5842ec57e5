# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox that recordings are replayed on."""

import os
from dataclasses import dataclass

import pytest

from sandbox import sandbox
from sandbox.client import connect
from sandbox.state import StateDirectory
from sandbox.tests.transcripts.cluster import Cluster
from sandbox.tests.transcripts.recorder import Recorder


@dataclass(frozen=True)
class Stage:
    """A running sandbox, who changes it and who watches it."""

    state: StateDirectory
    cluster: Cluster
    recorder: Recorder
    s3_endpoint: str


@pytest.fixture(scope="session")
def stage() -> Stage:
    """A sandbox that runs: of the state directory SANDBOX_STATE or the default one."""
    if os.environ.get("SANDBOX_KUBECONFIG"):
        pytest.skip("a replay resets the cluster again and again, which is not done to a cluster of yours")
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    state = StateDirectory.default()
    sandbox.up(state, print)
    client = connect(state, sandbox.kubeconfig(state))
    return Stage(state, Cluster(client), Recorder(client), state.load().s3_endpoint)
