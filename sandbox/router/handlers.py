# SPDX-License-Identifier: GPL-3.0-or-later
"""kopf's part of the router stand-in: run it, and poke it when a Route or a knob changes."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import kopf
from kubernetes import config

from sandbox import knobs

from .router import Router


@kopf.on.startup()
async def start_router(memo: kopf.Memo, **_: Any) -> None:
    """Start admitting Routes."""
    memo.router = Router(config.new_client_from_config(os.environ["KUBECONFIG"]), knobs.current)
    memo.router_tasks = [
        asyncio.create_task(memo.router.run()),
        asyncio.create_task(_follow_knobs(memo.router)),
    ]


@kopf.on.cleanup()
async def stop_router(memo: kopf.Memo, **_: Any) -> None:
    """Stop admitting Routes."""
    for task in memo.router_tasks:
        task.cancel()


@kopf.on.event("route.openshift.io", "v1", "routes")
async def poke_router(memo: kopf.Memo, **_: Any) -> None:
    """Have the router look."""
    memo.router.poke()


async def _follow_knobs(router: Router) -> None:
    known = knobs.current()
    while True:
        known = await knobs.changed(known)
        router.poke()
