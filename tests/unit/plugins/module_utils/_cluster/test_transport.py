# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP: what is repeated, what is limited, what can be cut off, and over how many connections."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import socket
import ssl
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import urllib3
from ansible_collections.okd.image_registry.plugins.module_utils._cluster import transport
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.connection import Connection, Pem
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.transport import Http, NoAnswer

from sandbox.pem import self_signed

LIMIT_SECONDS = 10.0
NAME = "server.example.com"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
DROP = b""
Script = Callable[[socket.socket, int], None]


class Server:
    """A server of raw sockets on the loopback interface.

    asked, bodies: the head and the body of each request. connections: how many came. A script writes the answer to the
    request of a number.
    """

    def __init__(self, script: Script, context: ssl.SSLContext | None = None):
        self.asked: list[str] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self.changed = threading.Condition()
        self._script, self._context = script, context
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.address = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Server:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listening.close()

    def wait_until_asked(self, times: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.asked) >= times, LIMIT_SECONDS), self.asked

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                sock = self._context.wrap_socket(connection, server_side=True) if self._context else connection
                while request := self._request(sock):
                    with self.changed:
                        self.asked.append(request[0])
                        self.bodies.append(request[1])
                        number = len(self.asked)
                        self.changed.notify_all()
                    self._script(sock, number)
            except OSError:
                return

    @staticmethod
    def _request(sock: socket.socket) -> tuple[str, bytes] | None:
        """Return the head and the body of the next request, None at the end."""
        received = b""
        while True:
            head, end, body = received.partition(b"\r\n\r\n")
            length = re.search(rb"^Content-Length: (\d+)$", head.replace(b"\r", b""), re.IGNORECASE | re.MULTILINE)
            if end and len(body) >= (int(length[1]) if length else 0):
                return head.decode(), body
            chunk = sock.recv(65536)
            if not chunk:
                return None
            received += chunk


def answering(*answers: bytes) -> Script:
    """Return a script that gives one answer after the other, then that all is well; DROP closes the connection."""

    def answer(sock: socket.socket, number: int) -> None:
        said = answers[number - 1] if number <= len(answers) else OK
        if said == DROP:
            sock.shutdown(socket.SHUT_RDWR)
        sock.sendall(said)

    return answer


def silent(_sock: socket.socket, _number: int) -> None:
    """Answer nothing, and keep the connection."""


def refusal(status: str, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", "Content-Length: 0", *headers, "", ""]).encode()


class Pauses(threading.Event):
    """An end that does not come; how long it was waited for is noted, and takes no time."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.noted.append(timeout)
        return False


class Patient(Http):
    """A client whose pauses between repetitions take no time; they are noted."""

    def __init__(self, address: str):
        super().__init__(Connection(address), retry_for=30)
        self._ended = end = Pauses()
        self.pauses = end.noted


@pytest.mark.parametrize(
    "first", [DROP, *map(refusal, ("429 Too Many Requests", "500 Oops", "502 Bad Gateway", "503 Away", "504 Late"))]
)
def test_what_may_go_away_is_repeated(first: bytes) -> None:
    with Server(answering(first, first)) as server:
        client = Patient(server.address)
        assert client.request("GET", "/", {}).data == b"ok"
    assert len(server.asked) == 3
    assert 0.1 <= client.pauses[0] <= 0.2 <= client.pauses[1] <= 0.4


@pytest.mark.parametrize("status", ["301 Elsewhere", "400 Bad Request", "401 Who", "404 Not Found", "409 Conflict"])
def test_what_stays_is_not_repeated(status: str) -> None:
    with Server(answering(refusal(status, "Location: /there"))) as server:
        client = Http(Connection(server.address), retry_for=30)
        assert client.request("GET", "/", {}).status == int(status[:3])
    assert len(server.asked) == 1


def test_the_server_says_when_to_come_back() -> None:
    refusals = [refusal("429 Too Many", f"Retry-After: {when}") for when in ("7", "later", "\xb2", "-1", "1e3", "")]
    with Server(answering(*refusals)) as server:
        client = Patient(server.address)
        assert client.request("GET", "/", {}).data == b"ok"
    assert client.pauses[0] == 7.0
    assert client.pauses[1] <= 0.4
    assert max(client.pauses[1:]) <= 5.0


def test_repetitions_end_in_time() -> None:
    with Server(answering(refusal("503 Away", "Retry-After: 60"))) as server:
        client = Http(Connection(server.address), retry_for=30)
        assert client.request("GET", "/", {}).status == 503


def test_headers_and_body() -> None:
    connection = Connection("", headers=(("Impersonate-Group", "a"), ("Impersonate-Group", "b")))
    with Server(answering()) as server:
        client = Http(Connection(server.address + "/prefix", headers=connection.headers), user_agent="agent/1")
        client.request("POST", "/path?query=1", {"Accept": "text/plain"}, b'{"name": "\xc3\xa9"}')
    (head,), (body,) = server.asked, server.bodies
    lines = head.split("\r\n")
    assert lines[0] == "POST /prefix/path?query=1 HTTP/1.1"
    assert {"Impersonate-Group: a", "Impersonate-Group: b", "User-Agent: agent/1", "Accept: text/plain"} <= set(lines)
    assert body == b'{"name": "\xc3\xa9"}'


def test_an_answer_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_ANSWER_SECONDS", 0.3)
    ended = threading.Event()

    def drip(sock: socket.socket, _number: int) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while not ended.wait(0.02):
            sock.sendall(b" ")

    with Server(drip) as server:
        client = Http(Connection(server.address))
        with pytest.raises(NoAnswer, match="ReadTimeoutError"):
            client.request("GET", "/", {})
    ended.set()


def test_a_head_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_ANSWER_SECONDS", 0.3)
    ended = threading.Event()

    def drip(sock: socket.socket, _number: int) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not ended.wait(0.02):
            sock.sendall(b"x")

    with Server(drip) as server, pytest.raises(NoAnswer, match="ReadTimeoutError"):
        Http(Connection(server.address)).request("GET", "/", {})
    ended.set()


def streaming(sock: socket.socket, _number: int) -> None:
    """Send one line of an answer that does not end."""
    line = b"first\n"
    sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(line), line))


class Reader:
    """Reads a stream in a thread of its own."""

    def __init__(self, stream: transport.Stream):
        self.lines: list[bytes] = []
        self.read = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(stream,), daemon=True)
        self._thread.start()

    def _run(self, stream: transport.Stream) -> None:
        for line in stream.lines(stream.open()):
            self.lines.append(line)
            self.read.set()

    def has_ended(self) -> bool:
        self._thread.join(LIMIT_SECONDS)
        return not self._thread.is_alive()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, Pem]:
    """The context of a TLS server, and whom to trust for it."""
    text, key = self_signed(NAME)
    for name, content in (("tls.crt", text), ("tls.key", key)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "tls.crt", tmp_path / "tls.key")
    return context, Pem(str(tmp_path / "tls.crt"))


@pytest.mark.parametrize("by", ["the stream", "the client"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_stream_can_be_ended_from_outside(certificate: tuple[ssl.SSLContext, Pem], scheme: str, by: str) -> None:
    context = certificate[0] if scheme == "https" else None
    with Server(streaming, context) as server:
        client = Http(Connection(server.address, verify=False))
        stream = client.stream("/", {}, silence=60)
        reader = Reader(stream)
        assert reader.read.wait(LIMIT_SECONDS)
        (stream if by == "the stream" else client).close()
        assert reader.has_ended()
    assert reader.lines == [b"first"]


def test_a_stream_that_was_closed_before_it_began_has_no_lines() -> None:
    with Server(streaming) as server:
        stream = Http(Connection(server.address)).stream("/", {}, silence=60)
        stream.close()
        assert list(stream.lines(stream.open())) == []


def test_a_stream_from_which_nothing_comes_ends() -> None:
    with Server(streaming) as server:
        stream = Http(Connection(server.address)).stream("/", {}, silence=0.2)
        assert list(stream.lines(stream.open())) == [b"first"]


def test_an_answer_without_an_end_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a part of the memory, and is not asked for again."""
    monkeypatch.setattr(transport, "_ANSWER_BYTES", 2**20)
    chunk = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    def endless(connection: socket.socket, _number: int) -> None:
        connection.sendall(head)
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(chunk)

    with Server(endless) as server, Http(Connection(server.address), retry_for=60) as client:
        with pytest.raises(NoAnswer, match="the answer is longer than 1 MiB"):
            client.request("GET", "/", {})
        stream = client.stream("/", {}, silence=60)
        assert list(stream.lines(stream.open())) == []
    assert len(server.asked) == 2


def test_requests_that_hang_end_with_the_client() -> None:
    errors: list[Exception] = []

    def ask(client: Http) -> None:
        try:
            client.request("GET", "/", {})
        except NoAnswer as error:
            errors.append(error)

    with Server(silent) as server:
        client = Http(Connection(server.address), retry_for=60)
        thread = threading.Thread(target=ask, args=(client,), daemon=True)
        thread.start()
        server.wait_until_asked(1)
        client.close()
        thread.join(LIMIT_SECONDS)
        assert not thread.is_alive()
        assert len(errors) == 1
        with pytest.raises(NoAnswer, match="closed"):
            client.request("GET", "/", {})
    assert len(server.asked) == 1


def test_near_by_few_connections_do(monkeypatch: pytest.MonkeyPatch) -> None:
    # However busy this machine is.
    monkeypatch.setattr(transport, "_LONG_WAY_SECONDS", LIMIT_SECONDS)
    with Server(answering()) as server, Http(Connection(server.address)) as client:
        client.in_parallel(lambda number: client.request("GET", f"/{number}", {}), range(30))
    assert server.connections == transport._FEW


@pytest.mark.parametrize("step", ["connection", "handshake"])
def test_on_a_long_way_there_are_more(
    monkeypatch: pytest.MonkeyPatch, certificate: tuple[ssl.SSLContext, Pem], step: str
) -> None:
    """A proxy may be near by: then only the handshake tells."""
    together = threading.Barrier(transport._MANY)
    create, shake_hands = urllib3.util.connection.create_connection, urllib3.connection.ssl_wrap_socket

    def wait_for_all(slow: str, port: int) -> None:
        # Nobody gets through until so many are connecting; what else this process connects to does not count.
        if (slow, port) == (step, server.port):
            together.wait(LIMIT_SECONDS)

    def connected(address: tuple[str, int], *args: Any, **kwargs: Any) -> Any:
        wait_for_all("connection", address[1])
        return create(address, *args, **kwargs)

    def shaken(sock: socket.socket, *args: Any, **kwargs: Any) -> Any:
        wait_for_all("handshake", sock.getpeername()[1])
        return shake_hands(sock, *args, **kwargs)

    monkeypatch.setattr("urllib3.util.connection.create_connection", connected)
    monkeypatch.setattr("urllib3.connection.ssl_wrap_socket", shaken)
    with (
        Server(answering(), certificate[0]) as server,
        Http(Connection(server.address, verify=False)) as client,
    ):
        client.in_parallel(lambda number: client.request("GET", f"/{number}", {}), range(30))
    assert server.connections == transport._MANY


def test_a_certificate_that_is_not_trusted(certificate: tuple[ssl.SSLContext, Pem]) -> None:
    with Server(answering(), certificate[0]) as server:
        with pytest.raises(NoAnswer) as caught:
            Http(Connection(server.address), retry_for=60).request("GET", "/", {})
        assert caught.value.is_untrusted
        trusting = Connection(server.address, ca=certificate[1])
        with pytest.raises(NoAnswer, match=r"127\.0\.0\.1") as caught:
            Http(trusting, retry_for=60).request("GET", "/", {})
        assert caught.value.is_final
        named = dataclasses.replace(trusting, tls_server_name=NAME)
        assert Http(named).request("GET", "/", {}).data == b"ok"


@pytest.mark.parametrize(
    ("answers", "is_final"),
    [
        pytest.param(b"", False, id="a load balancer whose servers are gone"),
        # A fatal alert of the record layer: type, version, length, level, description.
        pytest.param(b"\x15\x03\x03\x00\x02\x02\x0a", False, id="unexpected message"),
        pytest.param(b"\x15\x03\x03\x00\x02\x02\x50", False, id="internal error"),
        pytest.param(b"\x15\x03\x03\x00\x02\x02\x46", True, id="another version of TLS"),
        pytest.param(b"\x15\x03\x03\x00\x02\x02\x30", True, id="the client's certificate is of no known CA"),
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n", True, id="a server without TLS"),
    ],
)
def test_a_handshake_that_is_broken_off(answers: bytes, is_final: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _address = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answers)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(NoAnswer) as caught:
            Http(Connection(f"https://127.0.0.1:{listening.getsockname()[1]}", verify=False)).request("GET", "/", {})
        thread.join()
    assert caught.value.is_final == is_final, str(caught.value)


def test_no_verification_is_no_warning_of_the_library(certificate: tuple[ssl.SSLContext, Pem]) -> None:
    """The task has one of its own; and one must not stay behind in a process that goes on."""
    with Server(answering(), certificate[0]) as server, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        before = list(warnings.filters)
        Http(Connection(server.address, verify=False)).request("GET", "/", {})
        assert warnings.filters == before
    assert caught == []


def test_a_server_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    began = time.monotonic()
    with pytest.raises(NoAnswer, match="NewConnectionError") as caught:
        Http(Connection(f"http://127.0.0.1:{port}")).request("GET", "/", {})
    assert not caught.value.is_final
    assert time.monotonic() - began < LIMIT_SECONDS


@pytest.mark.parametrize("proxy", ["http", "https"])
def test_what_does_not_lead_on_is_told_of_the_proxy(proxy: str) -> None:
    connection = Connection("https://api.example.com:6443", proxy=f"{proxy}://127.0.0.1:1")
    with pytest.raises(NoAnswer) as caught:
        Http(connection).request("GET", "/", {})
    assert caught.value.is_by_proxy
