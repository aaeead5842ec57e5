# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only room that talks to the API server: fixed paths, one connection pool, typed errors, retries."""

from __future__ import annotations

import json
import random
import re
import socket
import time
from collections.abc import Iterable, Iterator
from typing import Any, Callable
from urllib.parse import urlencode

from ansible_collections.okd.image_registry.plugins.module_utils._cluster.library import RESTClientObject
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.parallel import in_parallel
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    ApiError,
    AuthenticationSetupError,
    Conflict,
    Forbidden,
    Gone,
    NotFound,
    Unauthorized,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import Ref

try:
    import urllib3
except ImportError:  # reported by the room that reads the connection options
    urllib3 = None

FIELD_MANAGER = "okd.image_registry"

_CONNECT_SECONDS = 10.0
_ANSWER_SECONDS = 30.0
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0
_RETRIED = frozenset({429, 500, 502, 503, 504})
_TYPED = {401: Unauthorized, 403: Forbidden, 404: NotFound, 409: Conflict, 410: Gone}
# More than one connection at a time is worth its TLS handshake only up to here.
_PARALLEL = 8
_PROXY_REFUSES = re.compile(r"Tunnel connection failed: 4\d\d")


class Cluster:
    """A connection to one cluster.

    configuration: a ``kubernetes.client.Configuration``. headers: of authentication, of impersonation, the user agent.
    retry_for: seconds for which a request is repeated that was answered with 429, 5xx or not at all.
    """

    def __init__(self, configuration: Any, headers: Iterable[tuple[str, str]], retry_for: float):
        configuration.connection_pool_maxsize = _PARALLEL * 2
        self._host = configuration.host
        self._pool = _pool(configuration)
        self._headers = urllib3.HTTPHeaderDict()
        for name, value in headers:
            self._headers.add(name, value)
        self._headers.add("Accept", "application/json")
        self._retry_for = retry_for

    def get(self, ref: Ref) -> dict[str, Any] | None:
        """Return one object, or the list object of all that ref selects; None if it, or its API, does not exist."""
        try:
            return self._ask("GET", ref, query=_labels(ref))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def get_all(self, refs: Iterable[Ref]) -> dict[Ref, Any]:
        """Read in parallel. What the user may not read is returned as the Forbidden error itself."""

        def read(ref: Ref) -> Any:
            try:
                return self.get(ref)
            except Forbidden as error:
                return error

        # In an order that is always the same, so that the same trouble is reported for the same object.
        asked = sorted(refs, key=str)
        return dict(zip(asked, self.in_parallel(read, asked)))

    def survey(self, refs: Iterable[Ref]) -> dict[Ref, Any]:
        """Read in parallel. What cannot be read is returned as the ApiError that says why, also what does not exist.

        Raises only if the API server answers nothing at all or does not know the user.
        """
        heard: list[Ref] = []
        hopeless: list[ApiError] = []

        def read(ref: Ref) -> Any:
            if hopeless:
                raise hopeless[0]
            try:
                found: Any = self._ask("GET", ref, query=_labels(ref))
            except ApiError as error:
                if error.status == 401 or (error.status == 0 and not heard):
                    hopeless.append(error)
                    raise
                found = error
            heard.append(ref)
            return found

        asked = list(refs)
        return dict(zip(asked, self.in_parallel(read, asked)))

    def get_listed(self, ref: Ref) -> dict[str, Any]:
        """Return what ref selects as a list object, whose resourceVersion a watch can start from.

        An API that does not exist has no objects.
        """
        try:
            return self._ask("GET", ref, ref.collection_path, _selecting(ref))
        except ApiError as error:
            if error.status == 404:
                return {}
            raise

    def create(self, ref: Ref, body: dict[str, Any], dry_run: bool = False) -> dict[str, Any]:
        """Create the object; Conflict if it exists."""
        manifest = {
            **body,
            "apiVersion": ref.resource.api_version,
            "kind": ref.resource.kind,
            "metadata": {**body.get("metadata", {}), "name": ref.name},
        }
        return self._ask("POST", ref, ref.collection_path, _writing(dry_run), manifest)

    def patch(self, ref: Ref, patch: dict[str, Any], version: str, dry_run: bool = False) -> dict[str, Any]:
        """Apply a JSON merge patch to the object as it was at a resourceVersion; Conflict if it has changed since."""
        body = {**patch, "metadata": {**patch.get("metadata", {}), "resourceVersion": version}}
        return self._ask("PATCH", ref, query=_writing(dry_run), body=body)

    def delete(self, ref: Ref, uid: str, dry_run: bool = False) -> None:
        """Delete exactly the object with this uid; one that is already gone is no error."""
        # Where there is a body, the API server ignores the query; the audit log shows only the query.
        rehearsal = {"dryRun": ["All"]} if dry_run else {}
        body = {"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": {"uid": uid}, **rehearsal}
        try:
            self._ask("DELETE", ref, query={"dryRun": "All"} if dry_run else {}, body=body)
        except ApiError as error:
            if error.status != 404:
                raise

    def watch(self, ref: Ref, version: str, seconds: float) -> Iterator[dict[str, Any]]:
        """Yield watch events (``type``, ``object``) of ref after a resourceVersion, for at most some seconds.

        Ends without an error when the connection does, once it was there; Gone when the API server no longer has that
        version.
        """
        query = {"watch": "true", "resourceVersion": version, "timeoutSeconds": str(max(1, int(seconds)))}
        query.update(_selecting(ref))
        try:
            response = self._send("GET", ref.collection_path, query, None)
        except urllib3.exceptions.HTTPError as error:
            raise ApiError("watch", str(ref), 0, "Unreachable", _unreachable(error)) from error
        try:
            if response.status >= 400:
                raise _error("watch", ref, response.status, response.reason, response.data)
            for line in _lines(response):
                event = json.loads(line)
                if event["type"] == "ERROR":
                    status = event["object"]
                    raise _error("watch", ref, status.get("code", 500), status.get("reason", ""), line)
                yield event
        except urllib3.exceptions.HTTPError:
            return
        finally:
            response.close()

    def in_parallel(self, work: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        """Return what work made of each item, in order; after the first error, which is raised, nothing is begun."""
        return in_parallel(work, items, lambda: _PARALLEL)

    def _ask(
        self, verb: str, ref: Ref, path: str = "", query: dict[str, str] | None = None, body: Any = None
    ) -> dict[str, Any]:
        """Send a request, repeat it while that can help, return the decoded answer or raise an ApiError."""
        give_up = time.monotonic() + self._retry_for
        pause = _FIRST_PAUSE_SECONDS
        while True:
            least = 0.0
            try:
                response = self._send(verb, path or ref.path, query or {}, body, preload=True)
            except urllib3.exceptions.HTTPError as error:
                failure: ApiError = ApiError(verb, str(ref), 0, "Unreachable", _unreachable(error))
                if _is_hopeless(error):
                    raise failure from error
            else:
                if response.status < 400:
                    return _decoded(verb, ref, response)
                failure = _error(verb, ref, response.status, response.reason or "", response.data)
                if response.status not in _RETRIED:
                    raise failure
                least = _retry_after(response.headers.get("Retry-After"))
            pausing = max(least, pause * random.uniform(0.5, 1.0))
            if time.monotonic() + pausing > give_up:
                raise failure
            time.sleep(pausing)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def _send(self, verb: str, path: str, query: dict[str, str], body: Any, preload: bool = False) -> Any:
        headers = self._headers.copy()
        if body is not None:
            headers["Content-Type"] = "application/merge-patch+json" if verb == "PATCH" else "application/json"
        return self._pool.request(
            verb,
            f"{self._host}{path}" + (f"?{urlencode(query)}" if query else ""),
            body=None if body is None else json.dumps(body).encode(),
            headers=headers,
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=_ANSWER_SECONDS),
            retries=False,
            preload_content=preload,
        )


def _labels(ref: Ref) -> dict[str, str]:
    query = {"labelSelector": ref.labels} if ref.labels else {}
    return {**query, "fieldSelector": ref.fields} if ref.fields else query


def _selecting(ref: Ref) -> dict[str, str]:
    query = {} if ref.name is None else {"fieldSelector": f"metadata.name={ref.name}"}
    return {**query, **_labels(ref)}


def _writing(dry_run: bool) -> dict[str, str]:
    # API servers before 1.25 ignore fieldValidation; what they drop is found by comparing the dry run's answer.
    query = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict"}
    return {**query, "dryRun": "All"} if dry_run else query


def _lines(response: Any) -> Iterator[bytes]:
    rest = b""
    for chunk in response.stream(None):
        *complete, rest = (rest + chunk).split(b"\n")
        yield from (line for line in complete if line.strip())


def _decoded(verb: str, ref: Ref, response: Any) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(response.data)
        return answer
    except ValueError as error:
        words = "the answer is no JSON; something else than an API server is at this address, or a proxy answers for it"
        raise ApiError(verb, str(ref), response.status, response.reason or "", words) from error


def _error(verb: str, ref: Ref, status: int, reason: str, answer: bytes) -> ApiError:
    try:
        decoded = json.loads(answer)
    except ValueError:
        decoded = {}
    if not isinstance(decoded, dict):
        decoded = {}
    decoded = decoded.get("object", decoded)
    message = decoded.get("message") or answer[:500].decode("utf-8", "replace") or "no explanation"
    causes = (decoded.get("details") or {}).get("causes") or []
    return _TYPED.get(status, ApiError)(verb, str(ref), status, decoded.get("reason") or reason, message, causes)


def _pool(configuration: Any) -> Any:
    try:
        return RESTClientObject(configuration).pool_manager
    # A SOCKS proxy needs a library more.
    except (urllib3.exceptions.HTTPError, ImportError) as error:
        raise AuthenticationSetupError(f"The proxy cannot be used: {error}.") from error


def _cause(error: Exception) -> Exception:
    """Return what happened, without the words that a proxy adds to it."""
    return getattr(error, "original_error", error)


def _is_hopeless(error: Exception) -> bool:
    """Whether to repeat a request that got no answer cannot help."""
    cause = _cause(error)
    unknown_host = getattr(cause.__cause__ or cause.__context__, "errno", None) == socket.EAI_NONAME
    return unknown_host or isinstance(cause, urllib3.exceptions.SSLError) or bool(_PROXY_REFUSES.search(str(cause)))


def _unreachable(error: Exception) -> str:
    cause = _cause(error)
    words = f"{type(cause).__name__}: {cause}"
    if isinstance(error, urllib3.exceptions.ProxyError):
        return f"the proxy does not lead there: {words}"
    if "CERTIFICATE_VERIFY_FAILED" in words:
        return (
            f"its certificate is not trusted: {words}. Give the CA that issued it as ca_cert, or as "
            "certificate-authority-data in the kubeconfig; and connect by a name that it bears."
        )
    return f"{words}. See whether its address is the one that `oc whoami --show-server` tells, and what is in between."


def _retry_after(header: str | None) -> float:
    return float(header) if header and header.isdigit() else 0.0
