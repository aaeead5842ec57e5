# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API shows of a desired state, seen from outside."""

import base64
from collections.abc import Mapping
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
    wanted = {*declared.objects, *needed(declared)}
    return lacking({path: api.get(path) for path in wanted}, declared)


def needed(declared: Declared) -> set[str]:
    """Return the paths of the objects that tell whether a desired state is served."""
    routes = {f"{paths.ROUTES}/{name}" for name in declared.routes}
    return {paths.CONFIG, paths.DEPLOYMENT, paths.GENERATED_SECRET} | routes


def lacking(objects: Mapping[str, Document | None], declared: Declared) -> list[str]:
    """The same for objects by path; one that is not among them does not exist."""
    wrong = [
        f"{path} {'.'.join(field)}: {_value(objects.get(path), field)!r} instead of {value!r}"
        for path, fields in declared.objects.items()
        for field, value in fields.items()
        if _value(objects.get(path), field) != value
    ]
    return wrong + _unserved(declared, objects)


def _unserved(declared: Declared, objects: Mapping[str, Document | None]) -> list[str]:
    config, deployment = objects.get(paths.CONFIG), objects.get(paths.DEPLOYMENT)
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
        if not _is_admitted(objects.get(f"{paths.ROUTES}/{name}"), host):
            wrong.append(f"Route {name} is not admitted for {host}")
    if declared.credentials and not _holds(objects.get(paths.GENERATED_SECRET), declared.credentials):
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
    if condition(deployment, "Progressing").get("reason", "NewReplicaSetAvailable") != "NewReplicaSetAvailable":
        return False
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
