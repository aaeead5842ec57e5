# SPDX-License-Identifier: GPL-3.0-or-later
"""An API server of a few lines on the loopback interface: it reads, watches, writes, and refuses where told to."""

from __future__ import annotations

import copy
import json
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ansible_collections.okd.image_registry.plugins.module_utils._cluster.client import Cluster
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.connection import Connection
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.transport import Http
from ansible_collections.okd.image_registry.plugins.module_utils._objects.patch import merged
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import Resource

from tests.unit.builders import Manifest

# How soon threads notice that the server shall stop.
_POLL_SECONDS = 0.01
_REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    422: "Invalid",
    404: "NotFound",
    409: "Conflict",
    410: "Expired",
    500: "InternalError",
    502: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}
_WRITES = {"POST": "create", "PATCH": "patch", "DELETE": "delete"}
CUT_OFF = -1


class TinyApi:
    """The objects of a cluster, by resource.

    refusals: verb and plural to the HTTP status to answer with, CUT_OFF to close the connection without an answer, a
    text to answer with as if all were well, or a status and what to answer with it;
    asked: how often each verb and plural was asked for, dry runs too; accepted: what each list was asked for as;
    queries: the query of each request, in order, by verb and plural;
    written: the verb and path of each write that was no dry run, in order;
    lagging: plurals whose watches tell nothing until `catch_up`;
    denials: verb and plural of a write that is no dry run to the HTTP status to answer with; meanwhile: to what happens
    just before it.
    """

    def __init__(self) -> None:
        self.refusals: dict[tuple[str, str], int | str | tuple[int, Any]] = {}
        self.asked: Counter[tuple[str, str]] = Counter()
        self.accepted: list[str] = []
        self.queries: defaultdict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
        self.written: list[tuple[str, str]] = []
        self.lagging: set[str] = set()
        self.denials: dict[tuple[str, str], int] = {}
        self.meanwhile: dict[tuple[str, str], Callable[[], None]] = {}
        self._changed = threading.Condition()
        self._objects: dict[tuple[str, str], Manifest] = {}
        self._events: list[tuple[str, str, Any]] = []
        self._stopped = False
        self._cuts = 0
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                api.answer(self)

            do_POST = do_PATCH = do_DELETE = do_GET

            def log_message(self, *_words: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True

    def __enter__(self) -> TinyApi:
        threading.Thread(target=self._http.serve_forever, args=(_POLL_SECONDS,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._http.shutdown()
        self._http.server_close()

    @property
    def url(self) -> str:
        """The address of the API server."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def cluster(self, retry_for: float = 0) -> Cluster:
        """Return a connection that repeats a request for so many seconds."""
        return Cluster(Http(Connection(self.url), retry_for=retry_for))

    def put(self, resource: Resource, stored: Manifest) -> None:
        """Create or replace an object, and tell the watches."""
        self._store(resource, stored, "MODIFIED")

    def say(self, resource: Resource, event: Any) -> None:
        """Tell all watches of a resource something that is about no object."""
        with self._changed:
            self._events.append((resource.all().collection_path, "", event))
            self._changed.notify_all()

    def delete(self, resource: Resource, stored: Manifest) -> None:
        """Delete an object, and tell the watches."""
        self._store(resource, stored, "DELETED")

    def cut_watches(self) -> None:
        """Close the connection of every watch."""
        with self._changed:
            self._cuts += 1
            self._changed.notify_all()

    def catch_up(self) -> None:
        """Let all watches tell what they kept back."""
        with self._changed:
            self.lagging.clear()
            self._changed.notify_all()

    def wait_until_asked(self, verb: str, plural: str, times: int) -> None:
        """Wait until a verb was asked for so often."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.asked[verb, plural] >= times, timeout=10), self.asked

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        url = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        collection, name = self._split(url.path)
        plural = collection.rpartition("/")[2]
        verb = _WRITES.get(request.command) or ("get" if name else "watch" if query.get("watch") else "list")
        body = json.loads(request.rfile.read(int(request.headers.get("Content-Length") or 0)) or "{}")
        with self._changed:
            self.asked[verb, plural] += 1
            self.queries[verb, plural].append(query)
            if verb == "list":
                self.accepted.append(request.headers["Accept"])
            self._changed.notify_all()
            refusal, cuts = self.refusals.get((verb, plural)), self._cuts
        if refusal == CUT_OFF:
            request.close_connection = True
        elif isinstance(refusal, str):
            _send(request, 200, refusal)
        elif isinstance(refusal, tuple):
            _send(request, *refusal)
        elif refusal:
            _send(request, *_refusal(refusal, f"no {verb} {plural}"))
        elif verb == "watch":
            self._watch(request, collection, query, cuts)
        elif verb == "list" and self._cannot_select(query):
            _send(request, 400, {"kind": "Status", "reason": "BadRequest", "message": "field label not supported"})
        elif verb == "list":
            _send(request, 200, self._list(collection, query))
        elif verb in _WRITES.values():
            _send(request, *self._write(verb, collection, name or body["metadata"]["name"], body, query))
        else:
            found = self._objects.get((collection, name))
            _send(request, 200 if found else 404, found or {"reason": "NotFound"})

    def _store(self, resource: Resource, stored: Manifest, kind: str) -> None:
        with self._changed:
            key = (resource.all().collection_path, stored["metadata"]["name"])
            if kind == "DELETED":
                del self._objects[key]
            else:
                self._objects[key] = stored
            self._events.append((*key, {"type": kind, "object": stored}))
            self._changed.notify_all()

    def _write(
        self, verb: str, collection: str, name: str, body: dict[str, Any], query: dict[str, str]
    ) -> tuple[int, Manifest]:
        """Return the status and the object after a write, which is stored unless it is a dry run."""
        is_dry_run = query.get("dryRun") == "All"
        if not is_dry_run:
            written = (verb, collection.rpartition("/")[2])
            self.meanwhile.get(written, lambda: None)()
            if denial := self.denials.get(written):
                return _refusal(denial, f"no {verb} {written[1]}")
        with self._changed:
            found = self._objects.get((collection, name))
            if (found is None) != (verb == "create"):
                return _refusal(409 if found else 404)
            version = (body.get("metadata") or {}).get("resourceVersion")
            if verb == "patch" and found and version != found["metadata"]["resourceVersion"]:
                return _refusal(409)
            stored = _stored(found, body) if verb != "delete" else copy.deepcopy(found or {})
            if not is_dry_run:
                self.written.append((verb, f"{collection}/{name}"))
                if verb == "delete":
                    del self._objects[collection, name]
                else:
                    self._objects[collection, name] = stored
                self._events.append(
                    (collection, name, {"type": "DELETED" if verb == "delete" else "MODIFIED", "object": stored})
                )
                self._changed.notify_all()
            return 200, stored

    @staticmethod
    def _split(path: str) -> tuple[str, str]:
        parent, _slash, name = path.rpartition("/")
        # Only a plural ends with this letter, of all that comes before the last slash.
        return (parent, name) if parent.endswith("s") else (path, "")

    def _list(self, collection: str, query: dict[str, str]) -> dict[str, Any]:
        with self._changed:
            items = [entry for (where, _name), entry in self._objects.items() if where == collection]
            version = str(len(self._events))
        items = [item for item in items if _selected(item, query)]
        begin = int(query.get("continue", 0))
        end = begin + int(query.get("limit", len(items)))
        metadata = {"resourceVersion": version, **({"continue": str(end)} if end < len(items) else {})}
        return {"metadata": metadata, "items": items[begin:end]}

    @staticmethod
    def _cannot_select(query: dict[str, str]) -> bool:
        """As with a CustomResourceDefinition."""
        return not query.get("fieldSelector", "metadata.name").startswith("metadata.name")

    def _watch(self, request: BaseHTTPRequestHandler, collection: str, query: dict[str, str], cuts: int) -> None:
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        position, plural = int(query["resourceVersion"] or 0), collection.rpartition("/")[2]
        while True:
            with self._changed:
                while not (
                    self._stopped or self._cuts > cuts or (len(self._events) > position and plural not in self.lagging)
                ):
                    self._changed.wait()
                if self._stopped or self._cuts > cuts:
                    request.close_connection = True
                    return
                news, position = self._events[position:], len(self._events)
            for where, name, event in news:
                if where == collection and (not name or _selected(event["object"], query)):
                    line = json.dumps(event).encode() + b"\n"
                    request.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))


def _refusal(status: int, message: str = "") -> tuple[int, Manifest]:
    return status, {"kind": "Status", "reason": _REASONS[status], "message": message}


def _stored(found: Manifest | None, body: Manifest) -> Manifest:
    """Return what becomes of an object when body is merged into it: a new version, of a changed spec a generation."""
    stored: Manifest = merged(found or {"metadata": {"uid": "1", "generation": 0}}, body)
    metadata = stored["metadata"]
    metadata["resourceVersion"] = str(int((found or stored)["metadata"].get("resourceVersion") or 0) + 1)
    metadata["generation"] += stored.get("spec") != (found or {}).get("spec") or found is None
    return stored


def _selected(entry: Manifest, query: dict[str, str]) -> bool:
    return query.get("fieldSelector", "").removeprefix("metadata.name=") in ("", entry["metadata"]["name"])


def _send(request: BaseHTTPRequestHandler, status: int, body: Any) -> None:
    encoded = (body if isinstance(body, str) else json.dumps(body)).encode()
    request.send_response(status)
    request.send_header("Content-Length", str(len(encoded)))
    request.end_headers()
    request.wfile.write(encoded)
