# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading many objects at once from an API server that answers each of them as it likes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._cluster import transport
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.client import Cluster
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.connection import Connection
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.transport import Http
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import ApiError, Forbidden, NotFound
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import SECRET, Ref

REFS = [SECRET(f"secret-{number}") for number in range(40)]
# Requests that are on their way when the first answer comes cannot be called back.
AT_ONCE = transport._MANY
NO_ANSWER = 0
# How soon the server notices that it shall stop.
_POLL_SECONDS = 0.01


class Server:
    """An HTTP server on the loopback interface that gives every path the same or its own answer."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {}
        self.default: tuple[int, Any] = (200, {})
        self.asked: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server.asked.append(self.path)
                status, body = server.answers.get(self.path, server.default)
                if status == NO_ANSWER:
                    self.close_connection = True
                    return
                encoded = (body if isinstance(body, str) else json.dumps(body)).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(encoded)))
                self.end_headers()
                self.wfile.write(encoded)

            def log_message(self, *_words: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Server:
        threading.Thread(target=self._http.serve_forever, args=(_POLL_SECONDS,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as started:
        yield started


def cluster(host: str, retry_for: float = 0) -> Cluster:
    """Return a connection that repeats nothing unless it is given seconds for that."""
    return Cluster(Http(Connection(host), retry_for=retry_for))


def answered(server: Server, ref: Ref, status: int, body: Any) -> Any:
    """Return what a survey says of ref when the server answers so."""
    server.answers[ref.path] = (status, body)
    return cluster(server.host).survey([ref, *REFS[1:3]])[ref]


def test_every_ref_has_its_own_answer(server: Server) -> None:
    server.answers = {ref.path: (200, {"metadata": {"name": ref.name}}) for ref in REFS}
    assert cluster(server.host).survey(REFS) == {ref: {"metadata": {"name": ref.name}} for ref in REFS}


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason"),
    [
        (403, {"reason": "Forbidden", "message": "m"}, Forbidden, "Forbidden"),
        (404, {"reason": "NotFound", "message": "m"}, NotFound, "NotFound"),
        (404, "404 page not found\n", NotFound, "Not Found"),
        (429, {"reason": "TooManyRequests", "message": "m"}, ApiError, "TooManyRequests"),
        (503, {"reason": "ServiceUnavailable", "message": "m"}, ApiError, "ServiceUnavailable"),
        (503, "upstream is away", ApiError, "Service Unavailable"),
    ],
)
def test_an_object_that_cannot_be_read_is_its_error(
    server: Server, status: int, body: Any, kind: type[ApiError], reason: str
) -> None:
    error = answered(server, REFS[0], status, body)
    assert type(error) is kind
    assert (error.status, error.reason) == (status, reason)


@pytest.mark.parametrize(
    ("body", "is_served"), [({"reason": "NotFound", "message": "m"}, True), ("404 page not found\n", False)]
)
def test_a_missing_object_is_told_from_a_missing_kind(server: Server, body: Any, is_served: bool) -> None:
    assert answered(server, REFS[0], 404, body).kind_is_served is is_served


def test_an_object_that_alone_gets_no_answer_is_its_error(server: Server) -> None:
    server.answers[REFS[0].path] = (NO_ANSWER, {})
    found = cluster(server.host, retry_for=0.5).survey(REFS)
    assert found[REFS[0]].status == 0
    assert all(found[ref] == {} for ref in REFS[1:])


def test_a_user_whom_the_server_does_not_know_is_an_error_at_once(server: Server) -> None:
    server.default = (401, {"reason": "Unauthorized", "message": "Unauthorized"})
    with pytest.raises(ApiError, match="HTTP 401 Unauthorized"):
        cluster(server.host).survey(REFS)
    assert len(server.asked) <= AT_ONCE


def test_a_server_that_drops_connections_is_an_error_at_once(server: Server) -> None:
    server.default = (NO_ANSWER, {})
    with pytest.raises(ApiError, match="could not be reached"):
        cluster(server.host).survey(REFS)
    assert len(server.asked) <= AT_ONCE
