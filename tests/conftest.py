# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets every test import the collection by its full name, as Ansible does."""

import signal
from pathlib import Path

import pytest
from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

# In a job of a script the shell has interrupts ignored, and every process below would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A symlink to the repository, made by tests/prepare.sh: Ansible finds collections by their directories' names only.
COLLECTIONS = Path(__file__).parents[1] / ".collections"

if not (COLLECTIONS / "ansible_collections/okd/image_registry/galaxy.yml").is_file():
    pytest.exit(
        f"{COLLECTIONS} does not hold the collection: run `make prepare` first.", returncode=pytest.ExitCode.USAGE_ERROR
    )

# Ansible has no public way to do this outside of its own command lines. The installed collections stay importable:
# the finder looks through sys.path too.
_AnsibleCollectionFinder(paths=[str(COLLECTIONS)])._install()
