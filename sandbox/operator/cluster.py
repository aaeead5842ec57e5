# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in operator's only way to the API server."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from kubernetes.client import ApiClient, ApiException

from .. import hosts, knobs
from .resources import RESOURCES, Resource

Object = dict[str, Any]


class Cluster:
    """Reads and writes of whole objects; every method raises kubernetes.client.ApiException when the API refuses."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        # Bound to the instance, because which versions are served is a property of one cluster.
        self._api_version = cache(self._find_api_version)

    def read(self, kind: str, namespace: str, name: str) -> Object | None:
        """The object, or None when it does not exist."""
        try:
            return self._request("GET", self._path(kind, namespace, name))
        except ApiException as error:
            if error.status == 404:
                return None
            raise

    def list(self, kind: str, namespace: str = "") -> list[Object]:
        """All objects of a kind, in one namespace or everywhere; the kind is set on each, which the API leaves out."""
        answer = self._request("GET", self._path(kind, namespace))
        return [item | {"kind": kind} for item in answer["items"]]

    def create(self, obj: Object) -> Object:
        """Create the object and return it as the API stored it."""
        if obj["kind"] == "Route" and (host := hosts.allocated(obj, knobs.current().apps_domain)):
            obj = obj | {"spec": obj["spec"] | {"host": host}}
        path = self._path(obj["kind"], obj["metadata"].get("namespace", ""))
        return self._request("POST", path, obj | {"apiVersion": self._api_version(obj["kind"])})

    def replace(self, obj: Object, subresource: str = "") -> Object:
        """Write the object, or only its subresource `status`, over what is stored; a stale resourceVersion is a 409."""
        metadata = obj["metadata"]
        path = self._path(obj["kind"], metadata.get("namespace", ""), metadata["name"], subresource)
        return self._request("PUT", path, obj | {"apiVersion": self._api_version(obj["kind"])})

    def delete(self, kind: str, namespace: str, name: str, propagation: str = "Background") -> Object | None:
        """Delete without a grace period; returns the object when it stays until its finalizers are done."""
        options = {"propagationPolicy": propagation, "gracePeriodSeconds": 0}
        try:
            answer = self._request("DELETE", self._path(kind, namespace, name), options)
        except ApiException as error:
            if error.status == 404:
                return None
            raise
        stays = answer.get("metadata", {}).get("deletionTimestamp") and answer["metadata"].get("finalizers")
        return answer if stays else None

    def _path(self, kind: str, namespace: str, name: str = "", subresource: str = "") -> str:
        resource = RESOURCES[kind]
        api_version = self._api_version(kind)
        parts = ["/apis" if resource.group else "/api", api_version]
        if resource.namespaced and namespace:
            parts += ["namespaces", namespace]
        return "/".join([*parts, resource.plural, *filter(None, (name, subresource))])

    def _find_api_version(self, kind: str) -> str:
        resource = RESOURCES[kind]
        prefix = f"{resource.group}/" if resource.group else ""
        older = resource.versions[:-1]
        newest = next((version for version in older if self._serves(resource, version)), resource.versions[-1])
        return prefix + newest

    def _serves(self, resource: Resource, version: str) -> bool:
        try:
            answer = self._request("GET", f"/apis/{resource.group}/{version}")
        except ApiException as error:
            if error.status == 404:
                return False
            raise
        return any(served["name"] == resource.plural for served in answer["resources"])

    def _request(self, method: str, path: str, body: Object | None = None) -> Object:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        request = self._client.param_serialize(
            method, path, header_params=headers, body=body, auth_settings=["BearerToken"]
        )
        response = self._client.call_api(*request)
        data = response.read()
        if not 200 <= response.status <= 299:
            raise ApiException.from_response(http_resp=response, body=data.decode(), data=None)
        answer: Object = json.loads(data)
        return answer


def refusal(error: ApiException) -> str:
    """The API server's own words, as a Go client prints them."""
    try:
        message: str = json.loads(error.body)["message"]
    except (TypeError, ValueError, KeyError):
        return f"{error.status} {error.reason}"
    return message
