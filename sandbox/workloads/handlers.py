# SPDX-License-Identifier: GPL-3.0-or-later
"""kopf's part of the workload stand-ins: start the engine, and poke it when something changes."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import kopf
from kubernetes import config

from sandbox import knobs

from .cluster import Cluster
from .engine import Engine


@kopf.on.startup()
async def start_workloads(memo: kopf.Memo, **_: Any) -> None:
    """Start acting on workloads."""
    cluster = Cluster(config.new_client_from_config(os.environ["KUBECONFIG"]))
    memo.workloads = Engine(cluster, knobs.current)
    memo.workloads.start()
    memo.workloads_knobs = asyncio.create_task(_follow_knobs(memo.workloads))


@kopf.on.cleanup()
async def stop_workloads(memo: kopf.Memo, **_: Any) -> None:
    """Let the current move end, then stop."""
    memo.workloads_knobs.cancel()
    await asyncio.to_thread(memo.workloads.stop)


@kopf.on.event("apps", "v1", "deployments")
@kopf.on.event("apps", "v1", "replicasets")
@kopf.on.event("", "v1", "pods")
@kopf.on.event("", "v1", "persistentvolumeclaims")
async def poke_workloads(memo: kopf.Memo, **_: Any) -> None:
    """Have the engine look."""
    memo.workloads.poke()


async def _follow_knobs(engine: Engine) -> None:
    known = knobs.current()
    while True:
        known = await knobs.changed(known)
        engine.poke()
