# SPDX-License-Identifier: GPL-3.0-or-later
"""Every object on the API server: read them all, compare two readings, bring one back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kubernetes.dynamic import DynamicClient, Resource
from kubernetes.dynamic.exceptions import ConflictError, NotFoundError
from kubernetes.dynamic.resource import ResourceList

from .manifests import create

Document = dict[str, Any]
Key = tuple[str, str, str, str]

# Kept by the API server itself.
SERVER_GROUPS = {"apiregistration.k8s.io", "flowcontrol.apiserver.k8s.io"}
# The same objects as in the core group and in networking.k8s.io.
DOUBLED_GROUPS = {"events.k8s.io", "extensions"}
SERVER_NAMESPACES = {"kube-system", "kube-public", "kube-node-lease"}
# In the order in which they have to go: what makes others before what it makes, what holds others after what it holds.
DELETED_FIRST = ("Config", "ImagePruner", "Deployment", "CronJob", "ReplicaSet", "Job")
DELETED_LAST = ("CustomResourceDefinition", "Namespace")


@dataclass(frozen=True)
class Difference:
    """What has to happen to come from one reading back to another."""

    delete: list[Document]
    create: list[Document]
    replace: list[Document]

    def __bool__(self) -> bool:
        return bool(self.delete or self.create or self.replace)


def key(document: Document) -> Key:
    """Return apiVersion, kind, namespace (empty when there is none) and name."""
    metadata = document["metadata"]
    return document["apiVersion"], document["kind"], metadata.get("namespace", ""), metadata["name"]


def content(document: Document) -> Document:
    """Return an object without the metadata that the API server alone writes."""
    metadata = {
        name: value
        for name, value in document["metadata"].items()
        if name in ("name", "namespace", "labels", "annotations", "finalizers", "ownerReferences") and value
    }
    return {**document, "metadata": metadata}


def difference(wanted: Iterable[Document], found: Iterable[Document]) -> Difference:
    """Return how to come from the objects `found` to those `wanted`.

    An object that is being deleted cannot be kept: it is deleted for good and, when it is wanted, created again.
    """
    wanted_by_key = {key(document): document for document in wanted}
    found_by_key = {key(document): document for document in found}
    dying = {name for name, document in found_by_key.items() if "deletionTimestamp" in document["metadata"]}
    surplus = {name for name in found_by_key if name not in wanted_by_key or name in dying}
    return Difference(
        delete=sorted((found_by_key[name] for name in found_by_key if name in surplus), key=_deletion_order),
        create=[document for name, document in wanted_by_key.items() if name not in found_by_key or name in dying],
        replace=[
            {**document, "metadata": {**content(document)["metadata"], "resourceVersion": _version(found_by_key[name])}}
            for name, document in wanted_by_key.items()
            if name in found_by_key and name not in surplus and content(document) != content(found_by_key[name])
        ],
    )


def read_all(client: DynamicClient) -> list[Document]:
    """Return every object of every kind, except those that the API server keeps by itself."""
    return [
        {"apiVersion": resource.group_version, "kind": resource.kind, **item}
        for resource in _resources(client)
        for item in _items(resource)
        if item["metadata"].get("namespace", item["metadata"]["name"]) not in SERVER_NAMESPACES
        and (item["metadata"].get("namespace"), item["metadata"]["name"]) != ("default", "kubernetes")
    ]


def apply(client: DynamicClient, change: Difference) -> None:
    """Delete, create and replace; what others have done meanwhile is left for the next comparison."""
    for document in change.delete:
        _delete(_resource_of(client, document), document)
    for document in change.create:
        create(client, {**content(document)})
    for document in change.replace:
        _replace(_resource_of(client, document), document)


def _resources(client: DynamicClient) -> Iterator[Resource]:
    """Yield each kind once, in its preferred version if it is served there."""
    client.resources.invalidate_cache()
    chosen: dict[tuple[str, str], Resource] = {}
    for resource in client.resources.search():
        if isinstance(resource, ResourceList) or resource.group in SERVER_GROUPS | DOUBLED_GROUPS:
            continue
        if not {"list", "delete"} <= set(resource.verbs):
            continue
        known = chosen.setdefault((resource.group, resource.kind), resource)
        if resource.preferred and not known.preferred:
            chosen[resource.group, resource.kind] = resource
    yield from chosen.values()


def _items(resource: Resource) -> list[Document]:
    try:
        found: list[Document] = resource.get().to_dict()["items"]
    except NotFoundError:
        # The CRD of the kind went between discovery and now.
        return []
    return found


def _resource_of(client: DynamicClient, document: Document) -> Resource:
    return client.resources.get(api_version=document["apiVersion"], kind=document["kind"])


def _delete(resource: Resource, document: Document) -> None:
    name, namespace = document["metadata"]["name"], document["metadata"].get("namespace")
    try:
        if document["metadata"].get("finalizers"):
            resource.patch(
                body={"metadata": {"finalizers": None}},
                name=name,
                namespace=namespace,
                content_type="application/merge-patch+json",
            )
        resource.delete(
            name=name, namespace=namespace, body={"gracePeriodSeconds": 0, "propagationPolicy": "Background"}
        )
        if document["kind"] == "Namespace":
            _finalize_namespace(resource, name)
    except (NotFoundError, ConflictError):
        pass


def _finalize_namespace(resource: Resource, name: str) -> None:
    """Let a deleted namespace go, as the namespace controller does when it is empty."""
    body = resource.get(name=name).to_dict()
    body["spec"]["finalizers"] = []
    resource.subresources["finalize"].replace(body=body, name=name)


def _replace(resource: Resource, document: Document) -> None:
    namespace = document["metadata"].get("namespace")
    try:
        written = resource.replace(body=document, namespace=namespace)
        # Also when the wanted object has no status: this takes away the one that was found.
        if "status" in resource.subresources:
            document["metadata"]["resourceVersion"] = written.metadata.resourceVersion
            resource.status.replace(body=document, namespace=namespace)
    except (NotFoundError, ConflictError):
        pass


def _version(document: Document) -> str:
    version: str = document["metadata"]["resourceVersion"]
    return version


def _deletion_order(document: Document) -> int:
    kind = document["kind"]
    if kind in DELETED_FIRST:
        return DELETED_FIRST.index(kind) - len(DELETED_FIRST)
    return DELETED_LAST.index(kind) + 1 if kind in DELETED_LAST else 0
