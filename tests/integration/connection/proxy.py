# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy that tunnels TLS connections (CONNECT), whatever their target is called, to one address."""

import socket
import socketserver
import threading
from contextlib import suppress
from http import HTTPStatus
from types import TracebackType
from typing import Self

_CHUNK = 65536


class Proxy:
    """A context manager; listens on a port of the loopback interface.

    target: host and port to which every tunnel leads. authorization: the header without which a tunnel is refused.
    asked: host:port of every tunnel that was asked for.
    """

    def __init__(self, target: tuple[str, int], authorization: str | None = None):
        self.asked: list[str] = []
        proxy = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                request = self.rfile.readline().decode()
                headers = {}
                while line := self.rfile.readline().decode().strip():
                    name, _colon, value = line.partition(":")
                    headers[name.lower()] = value.strip()
                proxy.asked.append(request.split()[1])
                if authorization and headers.get("proxy-authorization") != authorization:
                    self._answer(HTTPStatus.PROXY_AUTHENTICATION_REQUIRED)
                    return
                with socket.create_connection(target) as other:
                    self._answer(HTTPStatus.OK)
                    back = threading.Thread(target=_pump, args=(other, self.connection), daemon=True)
                    back.start()
                    _pump(self.connection, other)
                    back.join()

            def _answer(self, status: HTTPStatus) -> None:
                self.wfile.write(f"HTTP/1.1 {status.value} {status.phrase}\r\n\r\n".encode())

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """The proxy's URL."""
        return f"http://{self.address}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Copy until one side ends; then let the other side know."""
    with suppress(OSError):
        while chunk := source.recv(_CHUNK):
            sink.sendall(chunk)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
