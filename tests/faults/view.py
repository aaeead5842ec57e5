# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API shows of a desired state, seen from outside."""

import base64
from typing import Any

from tests.faults.declared import Declared, Fields
from tests.integration import api as paths
from tests.integration.api import Api, Document, condition

Views = dict[str, Fields]


def views(api: Api, declared: Declared) -> Views:
    """Return, for each object that is declared, what the API shows of the fields that are declared."""
    return {path: _view(api.get(path), fields) for path, fields in declared.objects.items()}


def missing(api: Api, declared: Declared) -> list[str]:
    """Return what of a desired state the API does not show, in words; [] when it is served as declared."""
    found = views(api, declared)
    wrong = [
        f"{path} {'.'.join(field)}: {found[path][field]!r} instead of {value!r}"
        for path, fields in declared.objects.items()
        for field, value in fields.items()
        if found[path][field] != value
    ]
    objects = {path: api.get(path) for path in (paths.CONFIG, paths.DEPLOYMENT, paths.GENERATED_SECRET)}
    routes = {route["metadata"]["name"]: route for route in api.items(paths.ROUTES)}
    return wrong + unserved(declared, objects, routes)


def unserved(declared: Declared, objects: dict[str, Document | None], routes: dict[str, Document]) -> list[str]:
    """Return what is missing for the registry to serve a desired state whose Config is written, in words."""
    config, deployment = objects[paths.CONFIG], objects[paths.DEPLOYMENT]
    if config is None:
        return ["there is no Config"]
    if (config.get("status") or {}).get("observedGeneration") != config["metadata"]["generation"]:
        return ["the operator has not observed the Config"]
    if config["spec"].get("managementState") == "Removed":
        is_removed = deployment is None and condition(config, "Removed").get("status") == "True"
        return [] if is_removed and condition(config, "Progressing").get("status") == "False" else ["not removed"]
    wrong = [] if _is_complete(deployment, config["spec"]["replicas"]) else ["the Deployment is not complete"]
    if condition(config, "Available").get("status") != "True":
        wrong.append("not Available")
    if condition(config, "Progressing").get("status") == "True":
        wrong.append("still Progressing")
    for name, host in declared.routes.items():
        if not _is_admitted(routes.get(name), host):
            wrong.append(f"Route {name} is not admitted for {host}")
    if declared.credentials and not _holds(objects[paths.GENERATED_SECRET], declared.credentials):
        wrong.append("the generated Secret does not hold the credentials")
    return wrong


def _view(document: Document | None, fields: Fields) -> Fields:
    return {field: _value(document, field) for field in fields}


def _value(document: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        document = (document or {}).get(key)
    return document or None


def _is_complete(deployment: Document | None, replicas: int) -> bool:
    if deployment is None:
        return False
    status = deployment.get("status") or {}
    counts = {status.get(f"{name}Replicas", 0) for name in ("updated", "ready", "available")}
    return (
        status.get("observedGeneration") == deployment["metadata"]["generation"]
        and deployment["spec"]["replicas"] == replicas
        and counts | {status.get("replicas", 0)} == {replicas}
    )


def _is_admitted(route: Document | None, host: str | None) -> bool:
    ingresses = ((route or {}).get("status") or {}).get("ingress") or []
    return bool(ingresses) and all(
        condition({"status": ingress}, "Admitted").get("status") == "True" and host in (None, ingress["host"])
        for ingress in ingresses
    )


def _holds(secret: Document | None, credentials: str) -> bool:
    encoded = ((secret or {}).get("data") or {}).get("credentials", "")
    return base64.b64decode(encoded).decode() == credentials
