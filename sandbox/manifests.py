# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that make an empty API server look like OpenShift: read from YAML and created where they are missing."""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ConflictError

from .errors import SandboxError
from .state import REPOSITORY

Document = dict[str, Any]

HERE = Path(__file__).parent
DEFINITIONS = HERE / "crds" / "definitions.yaml"
# The accounts that the collection's documentation recommends.
ACCOUNTS = REPOSITORY / "docs" / "rbac"
ESTABLISH_LIMIT_SECONDS = 60.0


def crds() -> list[Document]:
    """Return the CustomResourceDefinitions, with the schemas that they share filled in."""
    definitions = yaml.safe_load(DEFINITIONS.read_text(encoding="utf-8"))
    files = sorted(path for path in DEFINITIONS.parent.glob("*.yaml") if path != DEFINITIONS)
    return [resolve(document, definitions) for document in _documents(files)]


def objects() -> list[Document]:
    """Return the other objects, in the order in which they can be created."""
    files = [*sorted((HERE / "manifests").glob("*.yaml")), *sorted(ACCOUNTS.glob("*.yaml"))]
    return list(_documents(files))


def resolve(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Return a schema in which each `{$ref: name}` is the definition of that name, with the keys beside it added."""
    if isinstance(schema, list):
        return [resolve(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    own = {key: resolve(value, definitions) for key, value in schema.items() if key != "$ref"}
    return {**resolve(definitions[schema["$ref"]], definitions), **own} if "$ref" in schema else own


def install(client: DynamicClient) -> None:
    """Create the CRDs and objects that the API server does not have yet; leave those that it has as they are."""
    for crd in crds():
        create(client, crd)
    _await_established(client, [crd["metadata"]["name"] for crd in crds()])
    for document in objects():
        create(client, document)


def create(client: DynamicClient, document: Document) -> None:
    """Create one object, with its status, unless there is one of that name."""
    resource = client.resources.get(api_version=document["apiVersion"], kind=document["kind"])
    namespace = document["metadata"].get("namespace")
    try:
        resource.create(body=document, namespace=namespace)
    except ConflictError:
        return
    if "status" in document:
        # Create ignores the status of a kind that has the subresource.
        resource.status.patch(
            body={"status": document["status"]},
            name=document["metadata"]["name"],
            namespace=namespace,
            content_type="application/merge-patch+json",
        )


def _documents(files: Iterable[Path]) -> Iterable[Document]:
    for file in files:
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            yield from document["items"] if document["kind"] == "List" else [document]


def _await_established(client: DynamicClient, names: list[str]) -> None:
    resource = client.resources.get(api_version="apiextensions.k8s.io/v1", kind="CustomResourceDefinition")
    deadline = time.monotonic() + ESTABLISH_LIMIT_SECONDS
    for name in names:
        while not _is_served(client, crd := resource.get(name=name).to_dict()):
            if time.monotonic() > deadline:
                conditions = crd.get("status", {}).get("conditions")
                raise SandboxError(f"the API server does not serve CRD {name}: {conditions}")
            time.sleep(0.05)


def _is_served(client: DynamicClient, crd: Document) -> bool:
    """Tell whether the server answers for the kind; it does so a moment after it calls the CRD established."""
    conditions = crd.get("status", {}).get("conditions", [])
    if not any(condition["type"] == "Established" and condition["status"] == "True" for condition in conditions):
        return False
    group, plural = crd["spec"]["group"], crd["spec"]["names"]["plural"]
    try:
        client.request("get", f"/apis/{group}/v1/{plural}?limit=1")
    except ApiException as error:
        if error.status == 404:
            return False
        raise
    return True
