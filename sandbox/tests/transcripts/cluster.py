# SPDX-License-Identifier: GPL-3.0-or-later
"""What an administrator does to the cluster in a recording: the steps, as kubectl would carry them out."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from typing import Any

from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import NotFoundError, UnprocessibleEntityError

Object = dict[str, Any]

_MERGE = "application/merge-patch+json"
_PATCHED = {
    "patch": ("imageregistry.operator.openshift.io/v1", "Config"),
    "pruner": ("imageregistry.operator.openshift.io/v1", "ImagePruner"),
    "image": ("config.openshift.io/v1", "Image"),
}
_BY_HAND = {"route": ("route.openshift.io/v1", "Route")}
_WRITTEN_BY_HAND = {"annotate": "annotations", "label": "labels"}
_DELETED = {
    "deployment": ("apps/v1", "Deployment"),
    "secret": ("v1", "Secret"),
    "imagepruner": ("imageregistry.operator.openshift.io/v1", "ImagePruner"),
}


class Cluster:
    """Carries out steps; raises kubernetes.dynamic.exceptions.DynamicApiError for whatever is no refusal."""

    def __init__(self, client: DynamicClient):
        self._client = client

    def perform(self, step: str) -> str | None:
        """Make the change that a step describes; the API server's refusal in kubectl's words, None if it accepts."""
        action, _separator, argument = step.partition(":")
        try:
            if action == "del":
                kind, namespace, name = argument.split("/")
                self.delete(*_DELETED[kind], name, namespace or None)
            elif action == "kube":
                self.apply(json.loads(argument))
            elif action == "cmd":
                for command in argument.split(";"):
                    self._type(command)
            else:
                self.patch(*_PATCHED[action], "cluster", json.loads(argument))
        except UnprocessibleEntityError as error:
            return refusal(json.loads(error.body))
        return None

    def _type(self, command: str) -> None:
        """Do what `kubectl -n NAMESPACE annotate|label KIND NAME KEY=VALUE ...` does."""
        _kubectl, _flag, namespace, verb, kind, name, *pairs = shlex.split(command)
        written = dict(pair.split("=", 1) for pair in pairs)
        self.patch(*_BY_HAND[kind], name, {"metadata": {_WRITTEN_BY_HAND[verb]: written}}, namespace)

    def patch(self, api_version: str, kind: str, name: str, body: Object, namespace: str | None = None) -> None:
        """Apply a JSON merge patch."""
        resource = self._client.resources.get(api_version=api_version, kind=kind)
        resource.patch(name=name, namespace=namespace, body=body, content_type=_MERGE)

    def patch_status(self, api_version: str, kind: str, name: str, status: Object) -> None:
        """Apply a JSON merge patch to the status of a cluster-scoped object."""
        resource = self._client.resources.get(api_version=api_version, kind=kind)
        resource.status.patch(name=name, body={"status": status}, content_type=_MERGE)

    def apply(self, item: Object) -> None:
        """Create the object, or merge it into the one that is there."""
        namespace, name = item["metadata"].get("namespace"), item["metadata"]["name"]
        try:
            self.patch(item["apiVersion"], item["kind"], name, item, namespace)
        except NotFoundError:
            resource = self._client.resources.get(api_version=item["apiVersion"], kind=item["kind"])
            resource.create(body=item, namespace=namespace)

    def delete(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> None:
        """Delete an object, its dependents later."""
        resource = self._client.resources.get(api_version=api_version, kind=kind)
        resource.delete(name=name, namespace=namespace, body={"propagationPolicy": "Background"})

    def wait_for(
        self, api_version: str, kind: str, name: str, namespace: str, holds: Callable[[Object], bool], limit: int
    ) -> None:
        """Follow an object until `holds` is true of it. AssertionError after `limit` seconds."""
        resource = self._client.resources.get(api_version=api_version, kind=kind)
        for event in resource.watch(namespace=namespace, name=name, timeout=limit):
            if holds(event["raw_object"]):
                return
        raise AssertionError(f"{kind} {namespace}/{name} has not become what it should be within {limit} s")

    def get(self, api_version: str, kind: str, name: str) -> Object:
        """Read a cluster-scoped object."""
        found: Object = self._client.resources.get(api_version=api_version, kind=kind).get(name=name).to_dict()
        return found


def refusal(status: Object) -> str:
    """A refusal as kubectl prints it: the object, then each cause on its own."""
    details = status["details"]
    causes = [f"{cause['field']}: {cause['message']}" for cause in details.get("causes", [])]
    head = f'The {details["kind"]} "{details["name"]}" is invalid: '
    return head + causes[0] if len(causes) == 1 else head + "".join(f"\n* {cause}" for cause in causes)
