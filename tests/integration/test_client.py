# SPDX-License-Identifier: GPL-3.0-or-later
"""What the client asks of a real API server so that it never hits what it did not look at."""

import os
from collections.abc import Iterator

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._cluster import kubeconfig
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.client import Cluster
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.transport import Http
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Conflict
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import USER_CREDENTIALS

from sandbox import sandbox
from sandbox.state import StateDirectory
from tests.integration import api as paths
from tests.integration.lab import Lab


@pytest.fixture
def cluster(state: StateDirectory) -> Iterator[Cluster]:
    """A connection as the administrator."""
    with Cluster(Http(kubeconfig.load(str(sandbox.kubeconfig(state)), None, False, os.environ))) as connected:
        yield connected


@pytest.mark.parametrize("is_dry_run", [False, True], ids=["for real", "dry run"])
def test_an_object_that_somebody_made_anew_is_not_deleted(clean: Lab, cluster: Cluster, is_dry_run: bool) -> None:
    body = {"metadata": {"name": USER_CREDENTIALS.name}}
    seen = clean.api.create(paths.SECRETS, body)
    clean.api.delete(paths.USER_SECRET)
    anew = clean.api.create(paths.SECRETS, body)
    with pytest.raises(Conflict):
        cluster.delete(USER_CREDENTIALS, seen["metadata"]["uid"], is_dry_run)
    assert clean.api.read(paths.USER_SECRET)["metadata"]["uid"] == anew["metadata"]["uid"]
    cluster.delete(USER_CREDENTIALS, anew["metadata"]["uid"], is_dry_run)
    assert (clean.api.get(paths.USER_SECRET) is None) != is_dry_run
