# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy in front of the API server that does to each request what a script says."""

import asyncio
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, TCPConnector, web
from yarl import URL

from tests.faults.storm import Fault, Kind, Script, calm

_ANSWER_SECONDS = 60.0
# What belongs to one connection, not to the message.
_PER_CONNECTION = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding", "host"})
_RESET = struct.pack("ii", 1, 0)
_BEFORE_PASSING_ON = frozenset({Kind.RESET_BEFORE, Kind.UNTRUSTED, Kind.RENEWED})


class Proxy:
    """A proxy on the loopback interface, with a TLS certificate of its own; a context manager.

    server, authority: URL of the API server and the file of the CA that issued its certificate. certificates: for each
    kind of certificate change, and None for the beginning, a directory with server.crt and server.key.
    disturb: called, from the proxy's thread and without waiting for its end, for a fault of a process.
    """

    def __init__(
        self,
        server: str,
        authority: Path,
        certificates: dict[Kind | None, Path],
        disturb: Callable[[Kind], None] = lambda kind: None,
    ):
        self._server, self._authority = server, authority
        self._certificates, self._disturb = certificates, disturb
        self._script: Script = calm
        self._connections: set[asyncio.Transport] = set()
        self.listener: Callable[[int], None] = lambda number: None
        """Called with the number of each request that is about to be passed on, and answers before it is."""
        self.requests = 0
        """How many requests came since `follow`."""
        self.struck: dict[Kind, int] = {}
        """How often each kind of fault struck since `follow`."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._do(self._open())
        return self

    def __exit__(self, *_error: object) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def follow(self, script: Script) -> None:
        """Begin anew: count from one, show the first certificate, treat requests as the script says."""

        async def begin() -> None:
            self._script, self.requests, self.struck = script, 0, {}
            self._show(None)

        self._do(begin())

    def _do(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()  # type: ignore[arg-type]

    async def _open(self) -> None:
        to_server = ssl.create_default_context(cafile=str(self._authority))
        # A connection that an outage has broken must not be found only by the next request.
        connector = TCPConnector(ssl=to_server, force_close=True, limit=0)
        self._upstream = ClientSession(
            self._server, connector=connector, timeout=ClientTimeout(_ANSWER_SECONDS), auto_decompress=False
        )
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(*self._pair(None))
        listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=0)
        await self._runner.setup()
        await web.SockSite(self._runner, listening, ssl_context=self._tls).start()

    async def _close(self) -> None:
        await self._runner.cleanup()
        await self._upstream.close()

    def _pair(self, kind: Kind | None) -> tuple[Path, Path]:
        return self._certificates[kind] / "server.crt", self._certificates[kind] / "server.key"

    def _show(self, kind: Kind | None) -> None:
        """Use another certificate; whoever is connected has to connect again, and sees it."""
        self._tls.load_cert_chain(*self._pair(kind))
        for transport in list(self._connections):
            transport.abort()
        self._connections.clear()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        self._connections.add(transport)
        body = await request.read()
        self.requests += 1
        fault = self._script(self.requests, request.method, request.raw_path)
        if fault.kind is not Kind.NONE:
            self.struck[fault.kind] = self.struck.get(fault.kind, 0) + 1
        self.listener(self.requests)
        if fault.kind in (Kind.UNTRUSTED, Kind.RENEWED):
            self._show(fault.kind)
        if fault.kind in _BEFORE_PASSING_ON:
            return _reset(transport)
        if fault.kind in (Kind.API_SERVER, Kind.ETCD):
            self._disturb(fault.kind)
        if fault.kind is Kind.DELAY:
            await asyncio.sleep(fault.seconds)
        if fault.kind is Kind.REFUSE:
            return _refusal(fault)
        try:
            return await self._pass_on(request, transport, body, fault)
        except (ClientError, ConnectionError, TimeoutError):
            # What happens to the proxy's connection happens to the client's.
            return _reset(transport)

    async def _pass_on(
        self, request: web.BaseRequest, transport: asyncio.Transport, body: bytes, fault: Fault
    ) -> web.StreamResponse:
        headers = [(name, value) for name, value in request.headers.items() if name.lower() not in _PER_CONNECTION]
        url = URL(self._server + request.raw_path, encoded=True)
        async with self._upstream.request(request.method, url, headers=headers, data=body or None) as answer:
            if "watch=true" in request.query_string and answer.status == 200:
                return await _stream(request, transport, answer, fault)
            content = await answer.read()
            if fault.kind is Kind.RESET_AFTER:
                return _reset(transport)
            if fault.kind is Kind.RESET_IN_BODY:
                return await _half(request, transport, answer, content[: int(len(content) * fault.part)], len(content))
            return web.Response(status=answer.status, headers=_passed_headers(answer), body=content)


async def _stream(
    request: web.BaseRequest, transport: asyncio.Transport, answer: ClientResponse, fault: Fault
) -> web.StreamResponse:
    """Pass the events of a watch on as they come."""
    if fault.kind is Kind.RESET_AFTER:
        return _reset(transport)
    response = web.StreamResponse(status=answer.status, headers=_passed_headers(answer))
    await response.prepare(request)
    events = 0
    async for line in answer.content:
        if fault.kind in (Kind.CUT_WATCH, Kind.RESET_IN_BODY) and events >= fault.part:
            await response.write(line[: len(line) // 2])
            return _reset(transport) if fault.reset else response
        await response.write(line)
        events += 1
    return response


async def _half(
    request: web.BaseRequest, transport: asyncio.Transport, answer: ClientResponse, part: bytes, length: int
) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=_passed_headers(answer))
    response.content_length = length
    await response.prepare(request)
    await response.write(part)
    # Else the reset overtakes what was written.
    await asyncio.sleep(0)
    return _reset(transport)


def _passed_headers(answer: ClientResponse) -> list[tuple[str, str]]:
    return [(name, value) for name, value in answer.headers.items() if name.lower() not in _PER_CONNECTION]


def _refusal(fault: Fault) -> web.Response:
    """Answer as the API server's own filters do, or as a load balancer with a page of its own."""
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.status == 503:
        page = "<html><body><h1>503 Service Unavailable</h1></body></html>"
        return web.Response(status=503, text=page, content_type="text/html")
    message = {429: "Too many requests, please try again later.", 500: "etcdserver: leader changed"}[fault.status]
    status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": fault.status}
    return web.Response(status=fault.status, text=json.dumps(status), content_type="application/json", headers=headers)


def _reset(transport: asyncio.Transport) -> web.Response:
    """Break the connection so that the other end notices at once."""
    if not transport.is_closing():
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()
    # Nobody is left to read it.
    return web.Response()
