# SPDX-License-Identifier: GPL-3.0-or-later
"""The state that every test starts from: wait until the stand-in operator reports it."""

import time
from typing import Any

from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import NotFoundError

from . import process
from .controlplane import log_tail
from .errors import SandboxError
from .platforms import bootstrap
from .process import ProcessRecord
from .state import StateDirectory

LIMIT_SECONDS = 60.0
POLL_SECONDS = 0.05

Document = dict[str, Any]


def missing(platform: str, config: Document | None, pruner: Document | None, operator: Document | None) -> str | None:
    """Return what the operator still has to do on a fresh cluster of this platform, None when nothing is left.

    The arguments are the Config and the ImagePruner `cluster` and the ClusterOperator `image-registry`. A platform
    that starts Managed may lack what it needs to serve (credentials), so there only the first sync is awaited.
    """
    for name, found in (("Config", config), ("ImagePruner", pruner)):
        if found is None:
            return f"no {name} yet"
        if found.get("status", {}).get("observedGeneration") != found["metadata"]["generation"]:
            return f"{name} not synced yet"
    removed = bootstrap(platform).management_state == "Removed"
    for name, found, condition in (
        ("Config", config, "Removed" if removed else "Available"),
        ("ImagePruner", pruner, "Available"),
        ("ClusterOperator", operator, "Available"),
    ):
        status = _condition(found, condition)
        if status is None or (removed and status != "True"):
            return f"{name} does not report {condition}"
    return None


def wait(client: DynamicClient, platform: str, state: StateDirectory, standins: ProcessRecord) -> None:
    """Return when the clean state is there; SandboxError when the stand-ins end or take too long."""
    kinds = (
        ("imageregistry.operator.openshift.io/v1", "Config", "cluster"),
        ("imageregistry.operator.openshift.io/v1", "ImagePruner", "cluster"),
        ("config.openshift.io/v1", "ClusterOperator", "image-registry"),
    )
    deadline = time.monotonic() + LIMIT_SECONDS
    while reason := missing(platform, *(_read(client, *kind) for kind in kinds)):
        if not process.is_running(standins):
            raise SandboxError(
                f"the stand-ins ended before the clean state was there\n{log_tail(state.log('standins'))}"
            )
        if time.monotonic() > deadline:
            raise SandboxError(
                f"no clean state after {LIMIT_SECONDS:.0f} s: {reason}\n{log_tail(state.log('standins'))}"
            )
        time.sleep(POLL_SECONDS)


def _read(client: DynamicClient, api_version: str, kind: str, name: str) -> Document | None:
    try:
        found: Document = client.resources.get(api_version=api_version, kind=kind).get(name=name).to_dict()
    except NotFoundError:
        return None
    return found


def _condition(document: Document | None, name: str) -> str | None:
    conditions = (document or {}).get("status", {}).get("conditions") or []
    return next((condition["status"] for condition in conditions if condition["type"] == name), None)
