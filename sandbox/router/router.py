# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop of the router: read all Routes, write what is missing, wait for the next change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from kubernetes.client import ApiClient, ApiException
from urllib3.exceptions import HTTPError

from sandbox import hosts, rest
from sandbox.knobs import Knobs

from .admission import Object, ingress

RETRY_SECONDS = 1.0

_GROUP = "/apis/route.openshift.io/v1"
_LOG = logging.getLogger(__name__)


class Router:
    """Admits Routes, `knobs().route_admission_delay` seconds after the change that `poke` tells of."""

    def __init__(self, api: ApiClient, knobs: Callable[[], Knobs]) -> None:
        self._api = api
        self._knobs = knobs
        self._changed = asyncio.Event()

    def poke(self) -> None:
        """Tell that a Route or a knob changed; only from the event loop that runs the router."""
        self._changed.set()

    async def run(self) -> None:
        """Admit Routes until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            await asyncio.sleep(self._knobs().route_admission_delay)
            try:
                await asyncio.to_thread(self._admit_all)
            except ApiException as error:
                self._changed.set()
                # A Route that changed or went away in between is simply looked at again.
                if error.status not in (404, 409):
                    await self._pause("the API server refused a write", error)
            except HTTPError as error:
                self._changed.set()
                await self._pause("the API server cannot be reached", error)

    def _admit_all(self) -> None:
        routes = rest.send(self._api, "GET", f"{_GROUP}/routes")["items"]
        for position, route in enumerate(routes):
            if host := hosts.allocated(route, self._knobs().apps_domain):
                routes[position] = self._patch(route, {"spec": {"host": host}})
        for route in routes:
            shown = ingress(route, routes, self._knobs(), datetime.now(UTC))
            if shown is not None:
                self._patch(route, {"status": {"ingress": shown}}, "/status")

    def _patch(self, route: Object, body: Object, subresource: str = "") -> Object:
        metadata = route["metadata"]
        path = f"{_GROUP}/namespaces/{metadata['namespace']}/routes/{metadata['name']}{subresource}"
        # With the version that was read, so that nothing is written for a Route that has become another.
        guarded = body | {"metadata": {"resourceVersion": metadata["resourceVersion"]}}
        return rest.send(self._api, "PATCH", path, guarded, rest.MERGE_PATCH)

    async def _pause(self, text: str, error: Exception) -> None:
        _LOG.error("router stand-in: %s", text, exc_info=error)
        await asyncio.sleep(RETRY_SECONDS)
