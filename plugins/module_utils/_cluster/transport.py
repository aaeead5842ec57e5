# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP to one server over one pool of connections, with repetitions and limits. Knows nothing of Kubernetes."""

from __future__ import annotations

import contextlib
import http.client
import io
import math
import random
import re
import socket
import threading
import time
import weakref
from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import Any, Callable

from ansible_collections.okd.image_registry.plugins.module_utils._cluster import parallel, tls
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.connection import Connection
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import AuthenticationSetupError

try:
    import urllib3

    # Version 1.26 has it nowhere else.
    from urllib3._collections import HTTPHeaderDict
except ImportError:  # reported by the file that reads the connection options
    urllib3 = None

_CONNECT_SECONDS = 10.0
_SILENCE_SECONDS = 30.0
_ANSWER_SECONDS = 60.0
# Hundreds of times the largest list of objects that a task reads. Of a stream, the longest line.
_ANSWER_BYTES = 2**26
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0
_RETRIED = frozenset({429, 500, 502, 503, 504})
_TOO_MANY = 429
# A connection more costs more processor time than it saves, unless the way is long: then all that a task reads at once
# goes at once.
_FEW, _MANY = 2, 16
# Two round trips and the processor time of a TLS handshake.
_LONG_WAY_SECONDS = 0.01
# The system probes an idle stream, so that a server that is gone and did not close the connection is detected.
_KEEP_ALIVE = {"SO_KEEPALIVE": 1, "TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
# The handshake was broken off: by a load balancer whose servers are gone, or by a server that ends or begins.
_BROKEN_OFF = re.compile(r"EOF|UNEXPECTED_MESSAGE|INTERNAL_ERROR|BAD_RECORD_MAC|RECORD_LAYER_FAILURE")
_PROXY_REFUSES = re.compile(r"Tunnel connection failed: 4\d\d")


class NoAnswer(Exception):
    """No answer came, or only a part of it.

    is_final: to repeat the request cannot help. is_by_proxy: the proxy does not connect to it. is_untrusted: the
    server's certificate is not valid.
    """

    def __init__(self, error: Exception):
        # What happened, without the words that a proxy adds to it.
        cause = getattr(error, "original_error", error)
        super().__init__(f"{type(cause).__name__}: {cause}")
        self.is_by_proxy = isinstance(error, urllib3.exceptions.ProxyError)
        self.is_untrusted = "CERTIFICATE_VERIFY_FAILED" in str(cause)
        unknown_host = getattr(cause.__cause__ or cause.__context__, "errno", None) == socket.EAI_NONAME
        refused = bool(_PROXY_REFUSES.search(str(cause)))
        will_not_do = isinstance(cause, urllib3.exceptions.SSLError) and not _BROKEN_OFF.search(str(cause))
        endless = isinstance(cause.__cause__ or cause.__context__, _TooLong)
        self.is_final = unknown_host or refused or will_not_do or endless


class Http:
    """A context manager. Its end cuts off all requests in progress.

    user_agent: empty for that of the library. retry_for: seconds for which a request is repeated after the answer 429
    or 5xx, or after no answer; each answer may take a minute. Raises AuthenticationSetupError if the connection cannot
    be used.
    """

    def __init__(self, connection: Connection, user_agent: str = "", retry_for: float = 0):
        self._address, self._retry_for = connection.address, retry_for
        self._headers = [*connection.headers, *([("User-Agent", user_agent)] if user_agent else [])]
        self._ended = threading.Event()
        self._disturbed_at = -math.inf
        self.has_answered = False
        """Whether a request had an answer, whatever its status."""
        self._connecting = _Connecting()
        self._open: weakref.WeakSet[Any] = weakref.WeakSet()
        self._opening = threading.Lock()
        self._current = threading.local()
        self._manager = _manager(connection)
        pool = self._manager.connection_from_url(self._address)
        pool.ConnectionCls = self._connection_class(pool.ConnectionCls)

    def __enter__(self) -> Http:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Cut off the requests in progress, also in other threads. Afterwards no request is possible."""
        self._ended.set()
        with self._opening:
            for connection in list(self._open):
                _cut(connection)
        self._manager.clear()

    @property
    def is_disturbed(self) -> bool:
        """Whether the server could not be reached or failed so short a time ago that it may not be ready yet."""
        return time.monotonic() - self._disturbed_at < self._retry_for

    def was_disturbed_since(self, moment: float) -> bool:
        """Whether a request failed at or after a moment of ``time.monotonic``, so that it may have been repeated."""
        return self._disturbed_at >= moment

    def request(
        self,
        verb: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        is_premature: Callable[[Any], bool] = lambda _answer: False,
    ) -> Any:
        """Return the answer, read to its end: an ``urllib3.HTTPResponse``, whatever its status.

        target: path and query. is_premature: whether an answer may be that of a server which is not ready yet, and is
        asked for again while it is disturbed. Raises NoAnswer.
        """
        give_up = time.monotonic() + self._retry_for
        pause = _FIRST_PAUSE_SECONDS
        while True:
            least, failure = 0.0, None
            try:
                answer = self._send(_Exchange(_ANSWER_SECONDS, _ANSWER_BYTES), verb, target, headers, body)
                self.has_answered = True
                if answer.status not in _RETRIED and not (self.is_disturbed and is_premature(answer)):
                    return answer
                if answer.status in _RETRIED and answer.status != _TOO_MANY:
                    self._note_disturbance()
                least = _retry_after(answer.headers.get("Retry-After"))
            except NoAnswer as error:
                failure = error
                if error.is_final:
                    raise
            pausing = max(least, pause * random.uniform(0.5, 1.0))
            if time.monotonic() + pausing > give_up or self._ended.wait(pausing):
                if failure:
                    raise failure
                return answer
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def stream(self, target: str, headers: Mapping[str, str], silence: float) -> Stream:
        """Return an answer that comes line by line. Its request is sent when it is read, and never repeated.

        silence: seconds without any data after which the answer is taken for dead.
        """
        exchange = _Exchange(math.inf, math.inf, silence)

        def send() -> Any:
            return self._send(exchange, "GET", target, headers, None, preload=False)

        return Stream(exchange, send, self._note_disturbance)

    def in_parallel(self, work: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        """Return what work, which sends requests, made of each item; see ``parallel.in_parallel``."""
        return parallel.in_parallel(work, items, self._connecting.width)

    def _send(
        self,
        exchange: _Exchange,
        verb: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes | None,
        preload: bool = True,
    ) -> Any:
        self._current.exchange = exchange
        try:
            self._check_open()
            # With `request`, version 1.26 would join headers of the same name.
            return self._manager.request_encode_url(
                verb,
                f"{self._address}{target}",
                body=body,
                headers=HTTPHeaderDict([*self._headers, *headers.items()]),
                timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=exchange.silence),
                retries=False,
                preload_content=preload,
            )
        except urllib3.exceptions.HTTPError as error:
            self._note_disturbance()
            raise NoAnswer(error) from error

    def _note_disturbance(self) -> None:
        self._disturbed_at = time.monotonic()

    def _check_open(self) -> None:
        if self._ended.is_set():
            raise urllib3.exceptions.HTTPError("the connection is closed")

    def _connection_class(self, base: Any) -> Any:
        """Return a class of connections that are known here, so that they can be cut off and their answers limited."""
        owner = self

        class KnownConnection(base):  # type: ignore[misc]
            def _new_conn(self) -> Any:
                with owner._opening:
                    owner._check_open()
                    owner._open.add(self)
                return super()._new_conn()

            def connect(self) -> None:
                # With what a proxy between both adds, which may be near by.
                with owner._connecting:
                    super().connect()
                # Else urllib3 warns at every request; whoever turned verification off is told once, by the task.
                self.is_verified = True

            def request(self, *args: Any, **kwargs: Any) -> None:
                owner._current.exchange.connection = self
                super().request(*args, **kwargs)

            def response_class(self, *args: Any, **kwargs: Any) -> Any:
                return _LimitedResponse(owner._current.exchange, *args, **kwargs)

        # Errors show it.
        KnownConnection.__name__ = base.__name__
        return KnownConnection


class Stream:
    """An answer without an end. Any thread may close it at any time."""

    def __init__(self, exchange: _Exchange, send: Callable[[], Any], note_end: Callable[[], None]):
        self._exchange, self._send, self._note_end = exchange, send, note_end
        self._closed = False

    def open(self) -> Any:
        """Ask for it and return the answer: an ``urllib3.HTTPResponse``, of which the head was read, of a refusal all.

        Raises NoAnswer.
        """
        answer = self._send()
        if answer.status >= 400:
            try:
                answer.read(cache_content=True)
            except urllib3.exceptions.HTTPError as error:
                raise NoAnswer(error) from error
        return answer

    def lines(self, answer: Any) -> Generator[bytes, None, None]:
        """Yield the lines of the answer that are not empty until it ends, is cut off or closed."""
        rest = b""
        try:
            for chunk in () if self._closed else answer.stream(None):
                *complete, rest = (rest + chunk).split(b"\n")
                yield from (line for line in complete if line.strip())
                if len(rest) > _ANSWER_BYTES:
                    return
        except urllib3.exceptions.HTTPError:
            return
        finally:
            # A server that stops ends its streams, some of them as if they were complete.
            self._note_end()
            self._exchange.connection = None
            answer.close()

    def close(self) -> None:
        """End it, also for the thread that waits for its next line."""
        self._closed = True
        if self._exchange.connection is not None:
            _cut(self._exchange.connection)


class _TooLong(http.client.HTTPException):
    """An answer does not end."""


class _Exchange:
    """One request and its answer.

    seconds: how long the answer may take from now; size: how many bytes it may have; silence: how long nothing of it
    may come. connection: that on which it is going on.
    """

    def __init__(self, seconds: float, size: float, silence: float = _SILENCE_SECONDS):
        self._ends = time.monotonic() + seconds
        self._left = size
        self.silence = silence
        self.connection: Any = None

    def patience(self) -> float:
        """Return the seconds for which the next part of the answer is waited for; TimeoutError if it took too long."""
        left = self._ends - time.monotonic()
        if left <= 0:
            # Not an alias of TimeoutError before Python 3.10.
            raise socket.timeout("the answer took too long")
        return min(left, self.silence)

    def received(self, size: int) -> None:
        """Count bytes of the answer; _TooLong if they are too many."""
        self._left -= size
        if self._left < 0:
            raise _TooLong(f"the answer is longer than {_ANSWER_BYTES // 2**20} MiB")


class _LimitedResponse(http.client.HTTPResponse):
    """An answer with limits as a whole: a timeout of a socket begins anew with every byte, and none counts bytes."""

    def __init__(self, exchange: _Exchange, sock: Any, *args: Any, **kwargs: Any):
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_Limited(exchange, sock))


class _Limited(io.RawIOBase):
    def __init__(self, exchange: _Exchange, sock: Any):
        self._exchange, self._sock, self._raw = exchange, sock, sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Any:
        self._sock.settimeout(self._exchange.patience())
        size = self._raw.readinto(buffer)
        self._exchange.received(size or 0)
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Connecting:
    """Tells by how long it takes to connect how many requests at a time are worth their connections."""

    def __init__(self) -> None:
        self._width = _FEW
        self._begun: dict[int, float] = {}

    def __enter__(self) -> None:
        self._begun[threading.get_ident()] = time.monotonic()

    def __exit__(self, *_error: object) -> None:
        self.width()
        del self._begun[threading.get_ident()]

    def width(self) -> int:
        """Return it; what is connecting right now may already have taken long."""
        longest = time.monotonic() - min(list(self._begun.values()), default=math.inf)
        if longest > _LONG_WAY_SECONDS:
            self._width = _MANY
        return self._width


def _manager(connection: Connection) -> Any:
    options: dict[str, Any] = {"maxsize": _MANY * 2, "socket_options": list(_socket_options())}
    if connection.address.startswith("https:"):
        options["ssl_context"] = tls.context(connection)
        options["cert_reqs"] = options["ssl_context"].verify_mode
        if connection.tls_server_name:
            options["server_hostname"] = connection.tls_server_name
    if not connection.needs_proxy:
        return urllib3.PoolManager(**options)
    headers = dict(connection.proxy_headers)
    try:
        if connection.proxy.lower().startswith("socks"):
            from urllib3.contrib.socks import SOCKSProxyManager

            return SOCKSProxyManager(connection.proxy, headers=headers, **options)
        if connection.proxy.lower().startswith("https:"):
            options["proxy_ssl_context"] = tls.trusting(connection)
        return urllib3.ProxyManager(connection.proxy, proxy_headers=headers, **options)
    # A SOCKS proxy needs a library more.
    except (urllib3.exceptions.HTTPError, ImportError) as error:
        raise AuthenticationSetupError(
            f"The proxy cannot be used: {error}. Correct its URL. A SOCKS proxy needs the Python library PySocks."
        ) from error


def _socket_options() -> Iterator[tuple[int, int, int]]:
    yield from urllib3.connection.HTTPConnection.default_socket_options
    for name, value in _KEEP_ALIVE.items():
        if hasattr(socket, name):
            yield (socket.SOL_SOCKET if name.startswith("SO_") else socket.IPPROTO_TCP, getattr(socket, name), value)


def _cut(connection: Any) -> None:
    """End both directions of a connection, which wakes the thread that reads from it; to close it would not."""
    sock = connection.sock
    # A proxy that is spoken to by TLS itself has one socket around the other.
    sock = getattr(sock, "socket", sock)
    if isinstance(sock, socket.socket):
        with contextlib.suppress(OSError):
            # Not that of ssl.SSLSocket, which takes away what the reading thread works with.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _retry_after(header: str | None) -> float:
    return float(header) if header and header.isdecimal() else 0.0
