# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets every test import the collection by its full name, as Ansible does."""

import os
import signal
from pathlib import Path

import pytest
from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

from sandbox import sandbox
from sandbox.state import StateDirectory

# The tests of the sandbox work with the same cluster.
pytest_plugins = ("tests.integration.fixtures",)

# In a job of a script the shell has interrupts ignored, and every process below would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A symlink to the repository, made by hack/prepare.sh: Ansible finds collections by their directories' names only.
COLLECTIONS = Path(__file__).parent / ".collections"

if not (COLLECTIONS / "ansible_collections/okd/image_registry/galaxy.yml").is_file():
    pytest.exit(
        f"{COLLECTIONS} does not hold the collection: run `make prepare` first.", returncode=pytest.ExitCode.USAGE_ERROR
    )

# Ansible has no public way to do this outside of its own command lines. The installed collections stay importable:
# the finder looks through sys.path too.
_AnsibleCollectionFinder(paths=[str(COLLECTIONS)])._install()

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
_SHARES_THE_SANDBOX = _WORKER == "gw0"

if not _SHARES_THE_SANDBOX:
    shared = StateDirectory.default().path
    os.environ["SANDBOX_STATE"] = str(shared.with_name(f"{shared.name}-{_WORKER}"))


def pytest_sessionfinish() -> None:
    """End the sandbox that a worker had for itself: tests that run side by side would reset each other's."""
    if not _SHARES_THE_SANDBOX:
        sandbox.down(StateDirectory.default(), print)
