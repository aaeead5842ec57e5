# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs of the Kubernetes API, for objects at fixed paths."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Callable
from urllib.parse import urlencode

from ansible_collections.okd.image_registry.plugins.module_utils._cluster.transport import Http, NoAnswer, Stream
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    ApiError,
    Conflict,
    Forbidden,
    Gone,
    NotFound,
    NotReady,
    Unauthorized,
    Unreachable,
    UntrustedCertificate,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.ownership import FIELD_MANAGER
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    OPERATOR_NAMESPACE,
    Ref,
)

_TYPED = {401: Unauthorized, 403: Forbidden, 404: NotFound, 409: Conflict, 410: Gone}
_PAGE = 500
# The API server sends a bookmark about once a minute.
_SILENCE_SECONDS = 90.0


class Cluster:
    """A connection to the API server of one cluster; a context manager, which closes it."""

    def __init__(self, http: Http):
        self._http = http

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    def get(self, ref: Ref) -> dict[str, Any] | None:
        """Return one object, or the list object of all that ref selects; None if it, or its API, does not exist."""
        try:
            return self._read(ref)
        except NotFound:
            return None

    def get_all(self, refs: Iterable[Ref]) -> dict[Ref, Any]:
        """Read in parallel. What the user may not read is returned as the Forbidden error itself."""

        def read(ref: Ref) -> Any:
            try:
                return self.get(ref)
            except Forbidden as error:
                return error

        return self._each(read, refs)

    def survey(self, refs: Iterable[Ref]) -> dict[Ref, Any]:
        """Read in parallel. What cannot be read is returned as the ApiError that says why, also what does not exist.

        Raises only if the API server answers nothing at all or does not know the user.
        """
        heard: list[Ref] = []

        def read(ref: Ref) -> Any:
            try:
                found: Any = self._read(ref)
            except ApiError as error:
                if error.status == 401 or (error.status == 0 and not heard):
                    raise
                found = error
            heard.append(ref)
            return found

        return self._each(read, refs)

    def listed(self, ref: Ref) -> dict[str, Any]:
        """Return what ref selects as a list object, whose resourceVersion a watch can start from.

        An API that does not exist has no objects.
        """
        try:
            return self._list(ref)
        except NotFound:
            return {}

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
        return self._ask("PATCH", ref, ref.path, _writing(dry_run), body)

    def delete(self, ref: Ref, uid: str, dry_run: bool = False) -> None:
        """Delete exactly the object with this uid; one that is already gone is no error."""
        # Where there is a body, the API server ignores the query; the audit log shows only the query.
        options = {"dryRun": ["All"]} if dry_run else {}
        body = {"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": {"uid": uid}, **options}
        with contextlib.suppress(NotFound):
            self._ask("DELETE", ref, ref.path, {"dryRun": "All"} if dry_run else {}, body)

    def watch(self, ref: Ref, version: str, seconds: float) -> Watch:
        """Return the changes of what ref selects after a resourceVersion, for at most some seconds."""
        query = {"watch": "true", "allowWatchBookmarks": "true", "resourceVersion": version}
        query.update({"timeoutSeconds": str(max(1, int(seconds))), **_selecting(ref)})
        target = _target(ref.collection_path, query)
        return Watch(
            ref, self._http, self._http.stream(target, _accepting(ref, "PartialObjectMetadata"), _SILENCE_SECONDS)
        )

    def in_parallel(self, work: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        """Return what work made of each item, in order; raise the error of the first one that failed."""
        return self._http.in_parallel(work, items)

    def _each(self, read: Callable[[Ref], Any], refs: Iterable[Ref]) -> dict[Ref, Any]:
        """Read in an order of its own: whatever keeps everything from being read is told of the same object each time.

        The Config comes first, as the object that every task is about.
        """
        ordered = sorted(refs, key=lambda ref: (ref != CLUSTER_CONFIG, ref.path, str(_selecting(ref))))
        return dict(zip(ordered, self.in_parallel(read, ordered)))

    def _read(self, ref: Ref) -> dict[str, Any]:
        return self._list(ref) if ref.name is None else self._ask("GET", ref, ref.path)

    def _list(self, ref: Ref) -> dict[str, Any]:
        try:
            found = self._ask("GET", ref, ref.collection_path, _selecting(ref))
        except ApiError as error:
            # Of a CustomResourceDefinition only the names of objects can be selected by.
            if error.status != 400 or not ref.fields:
                raise
            return self._list_in_pages(ref)
        return {**found, "items": [_own(entry) for entry in found.get("items") or []]}

    def _list_in_pages(self, ref: Ref) -> dict[str, Any]:
        """Return those of all objects that have the fields of ref; no more than a page of them is held at a time."""
        ref = ref._replace(metadata_only=False)
        query = {**_selecting(ref), "limit": str(_PAGE)}
        del query["fieldSelector"]
        items: list[dict[str, Any]] = []
        while True:
            page = self._ask("GET", ref, ref.collection_path, query)
            items += [_own(entry) for entry in page.get("items") or [] if _has_fields(entry, ref.fields)]
            query["continue"] = page.get("metadata", {}).get("continue") or ""
            if not query["continue"]:
                return {**page, "items": items}

    def _ask(
        self, verb: str, ref: Ref, path: str, query: Mapping[str, str] | None = None, body: Any = None
    ) -> dict[str, Any]:
        """Send a request and return the decoded answer; raise an ApiError."""
        is_list = verb == "GET" and path == ref.collection_path
        headers = _accepting(ref, "PartialObjectMetadataList" if is_list else "PartialObjectMetadata")
        if body is not None:
            headers["Content-Type"] = "application/merge-patch+json" if verb == "PATCH" else "application/json"
        begun = time.monotonic()
        try:
            answer = self._http.request(
                verb,
                _target(path, query or {}),
                headers,
                None if body is None else json.dumps(body).encode(),
                lambda answer: _is_premature(_refused(verb, ref, answer)),
            )
        except NoAnswer as error:
            raise _unreachable(verb, ref, error, self._http) from error
        if answer.status >= 400:
            refused = _refused(verb, ref, answer)
            if isinstance(refused, Conflict):
                refused.may_be_own = self._http.was_disturbed_since(begun)
            raise _timely(refused, self._http)
        return _decoded(verb, ref, answer)


class Watch:
    """The changes of some objects as they happen. Any thread may close it at any time."""

    def __init__(self, ref: Ref, http: Http, stream: Stream):
        self._ref, self._http, self._stream = ref, http, stream

    def close(self) -> None:
        """End it, also for the thread that waits for the next event."""
        self._stream.close()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield events (``type``, ``object``), whose objects have names.

        Ends without an error when a connection that was open ends, or when something comes that is no event. Raises
        Gone if the API server no longer has the version to begin from, and another ApiError if it refuses.
        """
        try:
            answer = self._stream.open()
        except NoAnswer as error:
            raise _unreachable("watch", self._ref, error, self._http) from error
        if answer.status >= 400:
            raise _timely(_refused("watch", self._ref, answer), self._http)
        with contextlib.closing(self._stream.lines(answer)) as lines:
            for line in lines:
                event = _event(line)
                if event.get("type") == "ERROR":
                    status = event["object"]
                    raise _refusal("watch", self._ref, status.get("code", 500), status.get("reason", ""), line)
                if event.get("type") == "BOOKMARK":
                    continue
                if not _name(event):
                    return
                yield event


def _target(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _selecting(ref: Ref) -> dict[str, str]:
    name = [] if ref.name is None else [f"metadata.name={ref.name}"]
    fields = ",".join([*name, *filter(None, [ref.fields])])
    query = {"fieldSelector": fields, "labelSelector": ref.labels}
    return {parameter: value for parameter, value in query.items() if value}


def _accepting(ref: Ref, metadata_kind: str) -> dict[str, str]:
    return {"Accept": "application/json" + (f";as={metadata_kind};g=meta.k8s.io;v=v1" if ref.metadata_only else "")}


def _writing(dry_run: bool) -> dict[str, str]:
    # API servers before 1.25 ignore fieldValidation; what they drop is found by comparing the dry run's answer.
    query = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict"}
    return {**query, "dryRun": "All"} if dry_run else query


def _own(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an object of a list; a Route of another namespace without its private key."""
    tls = (entry.get("spec") or {}).get("tls") or {}
    if "key" not in tls or entry.get("metadata", {}).get("namespace") == OPERATOR_NAMESPACE:
        return entry
    kept = {name: value for name, value in tls.items() if name != "key"}
    return {**entry, "spec": {**entry["spec"], "tls": kept}}


def _has_fields(entry: dict[str, Any], fields: str) -> bool:
    return all(
        _field(entry, path) == value for path, _equals, value in (term.partition("=") for term in fields.split(","))
    )


def _field(entry: Any, path: str) -> str:
    for key in path.split("."):
        entry = entry.get(key) if isinstance(entry, dict) else None
    return "" if entry is None else str(entry)


def _event(line: bytes) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) and isinstance(event.get("object"), dict) else {}


def _name(event: dict[str, Any]) -> str:
    metadata = event.get("object", {}).get("metadata")
    return metadata.get("name") or "" if isinstance(metadata, dict) else ""


def _decoded(verb: str, ref: Ref, answer: Any) -> dict[str, Any]:
    try:
        decoded = json.loads(answer.data)
    except (ValueError, RecursionError):
        decoded = None
    if not isinstance(decoded, dict) or not isinstance(decoded.get("metadata", {}), dict):
        words = "the answer is no object. There is no API server at this address, or a proxy answers in its place"
        raise ApiError(verb, str(ref), answer.status, answer.reason or "", words)
    return decoded


def _refused(verb: str, ref: Ref, answer: Any) -> ApiError:
    return _refusal(verb, ref, answer.status, answer.reason, answer.data)


def _is_premature(error: ApiError) -> bool:
    """Whether an API server says so of what it has not learnt yet: who may do what, which kinds there are.

    For those whom it does not know it may ask another server, which stops along with it.
    """
    if isinstance(error, Forbidden):
        return error.lacks_right
    return isinstance(error, Unauthorized) or (isinstance(error, NotFound) and not error.kind_is_served)


def _timely(error: ApiError, http: Http) -> ApiError:
    """Return an error as what it is to a server that may have been started just now."""
    return NotReady.of(error) if http.is_disturbed and _is_premature(error) else error


def _refusal(verb: str, ref: Ref, status: int, reason: str | None, answer: bytes) -> ApiError:
    try:
        decoded = json.loads(answer)
    except (ValueError, RecursionError):
        decoded = {}
    if not isinstance(decoded, dict):
        decoded = {}
    decoded = decoded.get("object", decoded)
    message = decoded.get("message") or answer[:500].decode("utf-8", "replace") or "no explanation"
    causes = (decoded.get("details") or {}).get("causes") or []
    return _TYPED.get(status, ApiError)(verb, str(ref), status, decoded.get("reason") or reason or "", message, causes)


def _unreachable(verb: str, ref: Ref, error: NoAnswer, http: Http) -> Unreachable:
    if error.is_by_proxy:
        words = (
            f"the proxy does not connect to it: {error}. Correct the proxy (proxy, proxy-url in the kubeconfig, or "
            "HTTPS_PROXY), or except the address from it (no_proxy, or NO_PROXY)."
        )
        return Unreachable(verb, str(ref), words)
    if error.is_untrusted:
        words = (
            f"its certificate is not trusted: {error}. Give the CA that issued it as ca_cert, or as "
            "certificate-authority-data in the kubeconfig. Connect to a host name that the certificate contains."
        )
        return UntrustedCertificate(verb, str(ref), words)
    if http.has_answered:
        words = f"{error}. It has answered before. Run the task again when it does so: oc get --raw /readyz."
        return Unreachable(verb, str(ref), words)
    words = (
        f"{error}. Compare its address with the output of `oc whoami --show-server`. Check the proxies and firewalls "
        "on the way."
    )
    return Unreachable(verb, str(ref), words)
