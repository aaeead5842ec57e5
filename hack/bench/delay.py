# SPDX-License-Identifier: GPL-3.0-or-later
"""A TCP proxy on the loopback interface that makes a server appear to be far away."""

import asyncio
import contextlib
import threading
from types import TracebackType
from typing import Self

CHUNK = 65536


class DelayProxy:
    """Forwards connections to a port of this machine as if each round trip took some seconds more.

    Half of it is added to every direction, order is kept and bandwidth is not limited. What a client sends first waits
    for one round trip more, which is what opening the connection would have taken.
    """

    def __init__(self, port: int, round_trip: float):
        self._target, self._round_trip = port, round_trip
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="delay proxy", daemon=True)
        self._connections: set[asyncio.Task[None]] = set()
        self.port = 0
        """Where clients connect to."""

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._accept, "127.0.0.1", 0)

    async def _stop(self) -> None:
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Given a coroutine instead, asyncio prints a traceback for each connection that is still open at the end.
        connection = self._loop.create_task(self._connected(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _connected(self, client_reader: asyncio.StreamReader, client_writer: asyncio.StreamWriter) -> None:
        opened = self._loop.time() + self._round_trip
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            async with asyncio.TaskGroup() as directions:
                directions.create_task(self._forward(client_reader, server_writer, opened))
                directions.create_task(self._forward(server_reader, client_writer, opened))
        except* ConnectionError:
            pass  # either end may break off; the other end is told by the closing below
        finally:
            for writer in (client_writer, server_writer):
                writer.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, opened: float) -> None:
        """Copy one direction. Nothing moves before the moment `opened` of the loop's clock."""
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def receive() -> None:
            data = b"-"
            while data:
                data = await reader.read(CHUNK)
                on_the_way.put_nowait((max(self._loop.time(), opened) + self._round_trip / 2, data))

        async def deliver() -> None:
            while True:
                due, data = await on_the_way.get()
                await asyncio.sleep(due - self._loop.time())
                if not data:
                    with contextlib.suppress(OSError):  # the other end has gone first
                        writer.write_eof()
                    return
                writer.write(data)
                await writer.drain()

        async with asyncio.TaskGroup() as both:
            both.create_task(receive())
            both.create_task(deliver())
