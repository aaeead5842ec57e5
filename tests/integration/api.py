# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster as seen from outside: plain requests to the API server, independent of the collection's own code."""

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import requests

Document = dict[str, Any]
_Found = TypeVar("_Found")

NAMESPACE = "openshift-image-registry"
CONFIGS = "/apis/imageregistry.operator.openshift.io/v1/configs"
CONFIG = f"{CONFIGS}/cluster"
IMAGE_CONFIG = "/apis/config.openshift.io/v1/images/cluster"
CLAIMS = f"/api/v1/namespaces/{NAMESPACE}/persistentvolumeclaims"
SECRETS = f"/api/v1/namespaces/{NAMESPACE}/secrets"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
ROUTES = f"/apis/route.openshift.io/v1/namespaces/{NAMESPACE}/routes"
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"
DEPLOYMENT = f"{DEPLOYMENTS}/image-registry"
OPERATOR_DEPLOYMENT = f"{DEPLOYMENTS}/cluster-image-registry-operator"
CERTIFICATES = f"/api/v1/namespaces/{NAMESPACE}/configmaps/image-registry-certificates"
TRUSTED_CAS = "/api/v1/namespaces/openshift-config/configmaps"
KNOBS = "/api/v1/namespaces/sandbox/configmaps/knobs"
USER_SECRET = f"{SECRETS}/image-registry-private-configuration-user"
GENERATED_SECRET = f"{SECRETS}/image-registry-private-configuration"

REGISTRY_PODS = f"{PODS}?labelSelector=docker-registry%3Ddefault"
# What a task of the collection may write, by kind.
WRITTEN = {"Config": CONFIGS, "PersistentVolumeClaim": CLAIMS, "Secret": SECRETS, "ConfigMap": TRUSTED_CAS}

LIMIT_SECONDS = 20.0
_ANSWER_SECONDS = 10.0


class Api:
    """A user of the API server; the user agent tells its requests from those of the modules."""

    def __init__(self, kubeconfig: Path, directory: Path):
        document = json.loads(kubeconfig.read_text(encoding="utf-8"))
        context = next(entry for entry in document["contexts"] if entry["name"] == document["current-context"])
        user = next(entry for entry in document["users"] if entry["name"] == context["context"]["user"])
        cluster = document["clusters"][0]["cluster"]
        authority = directory / "ca.crt"
        authority.write_bytes(base64.b64decode(cluster["certificate-authority-data"]))
        self.server: str = cluster["server"]
        self.token: str = user["user"]["token"]
        self.authority = authority
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(authority)
        self._session.headers.update({"Authorization": f"Bearer {self.token}", "User-Agent": "integration-tests"})

    def get(self, path: str) -> Document | None:
        """Return an object or list object, None if there is none."""
        response = self._send("GET", path)
        if response.status_code == 404:
            return None
        return _answer(response)

    def read(self, path: str) -> Document:
        """Return an object or list object that has to be there."""
        return _answer(self._send("GET", path))

    def items(self, path: str) -> list[Document]:
        """Return the objects of a list."""
        items: list[Document] = self.read(path)["items"]
        return items

    def create(self, path: str, body: Document) -> Document:
        """Create an object in the collection at path."""
        return _answer(self._send("POST", path, body))

    def patch(self, path: str, body: Document) -> Document:
        """Apply a JSON merge patch."""
        return _answer(self._send("PATCH", path, body))

    def apply(self, path: str, manager: str, body: Document) -> Document:
        """Apply what a manager declares of an object, by server-side apply, also where others declare it."""
        query = urlencode({"fieldManager": manager, "force": "true"})
        return _answer(self._send("PATCH", f"{path}?{query}", body, kind="application/apply-patch+yaml"))

    def delete(self, path: str) -> None:
        """Delete an object, at once."""
        _answer(self._send("DELETE", path, {"gracePeriodSeconds": 0}))

    def wait_for(self, path: str, holds: Callable[[Document], _Found | None], limit: float = LIMIT_SECONDS) -> _Found:
        """Follow one object until it is there and holds says yes of it; return what holds returned."""
        return self._follow(*_one(path), lambda objects: holds(objects[0]) if objects else None, limit)

    def wait_gone(self, path: str, limit: float = LIMIT_SECONDS) -> None:
        """Follow one object until it is not there."""
        self._follow(*_one(path), lambda objects: not objects, limit)

    def wait_for_all(
        self, path: str, holds: Callable[[list[Document]], _Found | None], limit: float = LIMIT_SECONDS
    ) -> _Found:
        """Follow a list until holds says yes of its objects; return what holds returned."""
        collection, _mark, query = path.partition("?")
        selection = dict(part.split("=", 1) for part in query.replace("%3D", "=").split("&") if part)
        return self._follow(collection, selection, holds, limit)

    def _follow(
        self,
        collection: str,
        selection: dict[str, str],
        holds: Callable[[list[Document]], _Found | None],
        limit: float,
    ) -> _Found:
        deadline = time.monotonic() + limit
        listed = _answer(self._send("GET", f"{collection}?{urlencode(selection)}"))
        objects = {entry["metadata"]["name"]: entry for entry in listed["items"]}
        if found := holds(list(objects.values())):
            return found
        query = {**selection, "watch": "true", "resourceVersion": listed["metadata"]["resourceVersion"]}
        query["timeoutSeconds"] = str(max(1, round(limit)))
        with self._send("GET", f"{collection}?{urlencode(query)}", stream=True) as response:
            for line in response.iter_lines():
                event = json.loads(line)
                name = event["object"]["metadata"]["name"]
                objects[name] = event["object"]
                if event["type"] == "DELETED":
                    del objects[name]
                if found := holds(list(objects.values())):
                    return found
                if time.monotonic() > deadline:
                    break
        raise AssertionError(f"not seen within {limit:g} s; last state of {collection}: {json.dumps(objects)[:4000]}")

    def _send(
        self, verb: str, path: str, body: Document | None = None, stream: bool = False, kind: str = ""
    ) -> requests.Response:
        kind = kind or ("application/merge-patch+json" if verb == "PATCH" else "application/json")
        # A watch ends by its own time limit.
        timeout = None if stream else _ANSWER_SECONDS
        return self._session.request(
            verb, self.server + path, json=body, headers={"Content-Type": kind}, timeout=timeout, stream=stream
        )


def condition(document: Document | None, kind: str) -> Document:
    """Return the condition of that type, {} if there is none."""
    conditions = ((document or {}).get("status") or {}).get("conditions") or []
    return next((entry for entry in conditions if entry["type"] == kind), {})


def is_ready(pod: Document) -> bool:
    """Whether the kubelet reports a pod as ready."""
    return condition(pod, "Ready").get("status") == "True"


def _one(path: str) -> tuple[str, dict[str, str]]:
    collection, name = path.rsplit("/", 1)
    return collection, {"fieldSelector": f"metadata.name={name}"}


def _answer(response: requests.Response) -> Document:
    if not response.ok:
        raise AssertionError(f"{response.request.method} {response.url}: {response.status_code} {response.text}")
    answer: Document = response.json()
    return answer
