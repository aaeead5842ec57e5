# SPDX-License-Identifier: GPL-3.0-or-later
"""The proxy that makes a server appear to be far away."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from hack.bench.delay import DelayProxy

ROUND_TRIP = 0.05
LIMIT_SECONDS = 10.0
BIG = bytes(range(256)) * 8192


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that sends back what it gets, and ends a connection when the client has ended its side."""

    def serve(connection: socket.socket) -> None:
        with connection:
            while data := connection.recv(65536):
                connection.sendall(data)

    def accept() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:  # closed: the test is over
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def received(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size and (part := connection.recv(size - len(data))):
        data += part
    return data


def seconds_of(connection: socket.socket, message: bytes) -> float:
    started = time.monotonic()
    connection.sendall(message)
    assert received(connection, len(message)) == message
    return time.monotonic() - started


def test_each_round_trip_takes_longer_and_the_first_one_opens_the_connection(echo: int) -> None:
    with DelayProxy(echo, ROUND_TRIP) as proxy:
        started = time.monotonic()
        connection = socket.create_connection(("127.0.0.1", proxy.port), timeout=LIMIT_SECONDS)
        with connection:
            seconds_of(connection, b"first")
            assert time.monotonic() - started >= 2 * ROUND_TRIP
            later = [seconds_of(connection, b"later") for _attempt in range(10)]
        # The machine may be busy during some of them.
        assert ROUND_TRIP <= min(later) < 2 * ROUND_TRIP


def test_what_is_big_arrives_whole_and_in_order(echo: int) -> None:
    with (
        DelayProxy(echo, ROUND_TRIP) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), timeout=LIMIT_SECONDS) as connection,
    ):
        sender = threading.Thread(target=connection.sendall, args=(BIG,))
        sender.start()
        assert received(connection, len(BIG)) == BIG
        sender.join()


def test_the_end_of_a_connection_is_passed_on(echo: int) -> None:
    with (
        DelayProxy(echo, ROUND_TRIP) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), timeout=LIMIT_SECONDS) as connection,
    ):
        connection.sendall(b"last words")
        connection.shutdown(socket.SHUT_WR)
        assert received(connection, 100) == b"last words"


def test_open_connections_end_with_the_proxy_and_in_silence(echo: int, caplog: pytest.LogCaptureFixture) -> None:
    with DelayProxy(echo, ROUND_TRIP) as proxy:
        connection = socket.create_connection(("127.0.0.1", proxy.port), timeout=LIMIT_SECONDS)
        seconds_of(connection, b"hello")
    with connection:
        assert connection.recv(1) == b""
    assert not caplog.records
