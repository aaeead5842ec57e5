# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox as many clusters: under each path it is the same one, but has another name for itself."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import urllib3

_INFRASTRUCTURE = "/apis/config.openshift.io/v1/infrastructures/cluster"
# What belongs to one connection, or to how an answer is cut into parts.
_OF_A_CONNECTION = {"host", "connection", "content-length", "transfer-encoding"}


class Clusters:
    """A context manager; listens on a port of the loopback interface.

    server, authority: URL of the API server of the sandbox, and the file of its CA. The path /NAME is a cluster whose
    Infrastructure has that name.
    """

    def __init__(self, server: str, authority: Path):
        self.asked: list[tuple[str, str]] = []
        self._api = urllib3.PoolManager(maxsize=32, ca_certs=str(authority))
        clusters = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                name, path = self.path[1:].split("/", 1)
                clusters.asked.append((name, self.command))
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = clusters._passed_on(self.command, f"{server}/{path}", dict(self.headers), body)
                self.send_response(answer.status)
                for header, value in answer.headers.items():
                    if header.lower() not in _OF_A_CONNECTION:
                        self.send_header(header, value)
                content = answer.data
                if f"/{path}" == _INFRASTRUCTURE and answer.status == 200:
                    content = _renamed(content, name)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_PATCH = do_DELETE = do_GET

            def log_message(self, *_words: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._api.clear()

    def url(self, name: str) -> str:
        """Return the URL of the API server of a cluster."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/{name}"

    def kubeconfig(self, name: str, directory: Path, token: str) -> Path:
        """Write a kubeconfig of a cluster into a directory; return its path."""
        content = {
            "current-context": name,
            "clusters": [{"name": name, "cluster": {"server": self.url(name)}}],
            "users": [{"name": name, "user": {"token": token}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        }
        path = directory / f"{name}.kubeconfig"
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    def _passed_on(self, method: str, url: str, headers: dict[str, str], body: bytes) -> urllib3.BaseHTTPResponse:
        kept = {name: value for name, value in headers.items() if name.lower() not in _OF_A_CONNECTION}
        return self._api.request(method, url, headers=kept, body=body or None)


def _renamed(content: bytes, name: str) -> bytes:
    document: dict[str, Any] = json.loads(content)
    document["status"]["infrastructureName"] = name
    return json.dumps(document).encode()
