# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects as the API returns them, options as a module receives them, and what the engine makes of both."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.config import RULES
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import KINDS, Desired
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding, Forbidden
from ansible_collections.okd.image_registry.plugins.module_utils._objects.patch import merged
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    GENERATED_CREDENTIALS,
    OPERATOR_NAMESPACE,
    REGISTRY_DEPLOYMENT,
    REGISTRY_PODS,
    REGISTRY_ROUTES,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._plan import findings as plan_findings
from ansible_collections.okd.image_registry.plugins.module_utils._plan.steps import work_out
from ansible_collections.okd.image_registry.plugins.module_utils._report import summary
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.admitted import Admitted, ExpectedRoute
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.held import Held
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.passed_on import (
    CredentialsPassedOn,
    PodsRenewed,
)
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.serving import Serving
from ansible_collections.okd.image_registry.plugins.module_utils._work import writing

Manifest = dict[str, Any]

SERVER = "https://api.example.com:6443"
ALL_SECTIONS = tuple(section for kind in KINDS for section in kind.sections)
TOKEN = "token-of-the-kubeconfig"
HTTP_SECRET = "8be9030bbfc806db86596f6b80af5980fb8a5d9673d76adb"


def manifest(kind: str, name: str, **content: Any) -> Manifest:
    """Return an object with the metadata that the API server gives every object."""
    metadata = {"name": name, "uid": f"uid-of-{name}", "resourceVersion": "100", "generation": 1}
    return {"kind": kind, "metadata": metadata | content.pop("metadata", {}), **content}


def on(platform: str) -> Manifest:
    """Return what tells on which platform the cluster runs."""
    return manifest("Infrastructure", "cluster", status={"platformStatus": {"type": platform}})


def config(*, used: Manifest | None = None, status: Manifest | None = None, **spec: Any) -> Manifest:
    """Return a Config as the operator writes it back, zero values and all, with spec fields added or replaced.

    used: status.storage, what the registry really keeps its images in.
    """
    written = {
        "managementState": "Managed",
        "logLevel": "Normal",
        "operatorLogLevel": "Normal",
        "httpSecret": HTTP_SECRET,
        "observedConfig": None,
        "unsupportedConfigOverrides": None,
        "proxy": {},
        "requests": {"read": {"maxWaitInQueue": "0s"}, "write": {"maxWaitInQueue": "0s"}},
        "replicas": 1,
        "rolloutStrategy": "RollingUpdate",
        "storage": {},
    }
    seen = {"observedGeneration": 1, "storage": used or {}, "conditions": healthy(), **(status or {})}
    return manifest("Config", "cluster", spec=written | spec, status=seen)


def removed_config(**spec: Any) -> Manifest:
    """Return the Config that the operator makes on bare metal: Removed, without storage."""
    return config(managementState="Removed", httpSecret="", **spec)


def condition(kind: str, status: str, reason: str = "", message: str = "") -> Manifest:
    """Return one condition."""
    return {"type": kind, "status": status, "reason": reason, "message": message}


def conditions(**by_type: tuple[str, ...]) -> list[Manifest]:
    """Return conditions, each given as type=(status, reason, message)."""
    return [condition(kind, *values) for kind, values in by_type.items()]


def healthy(**by_type: tuple[str, ...]) -> list[Manifest]:
    """Return the conditions of a Config whose registry serves, some of them replaced."""
    usual = {
        "Available": ("True", "Ready", "The registry is ready"),
        "Progressing": ("False", "Ready", "The registry is ready"),
        "Degraded": ("False",),
        "Removed": ("False",),
    }
    return conditions(**(usual | by_type))


def deployment(wanted: int = 1, /, **status: Any) -> Manifest:
    """Return the registry's Deployment, complete unless status fields are replaced."""
    counted = {name: wanted for name in ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")}
    complete = conditions(Progressing=("True", "NewReplicaSetAvailable", "ReplicaSet has successfully progressed."))
    seen = {"observedGeneration": 1, "conditions": complete} | counted | status
    return manifest("Deployment", "image-registry", spec={"replicas": wanted, "template": {}}, status=seen)


def pod_template(storage: Manifest) -> Manifest:
    """Return the template with which pods keep images in what a spec.storage names."""
    backend = next((key for key in storage if key != "managementState"), "")
    settings = storage.get(backend) or {}
    variables = {f"REGISTRY_STORAGE_{backend}_{name}".upper(): value for name, value in settings.items()}
    source: Manifest = {}
    if backend in ("pvc", "emptyDir"):
        variables = {"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY": "/registry"}
        claimed = {"persistentVolumeClaim": {"claimName": settings.get("claim")}}
        source = claimed if backend == "pvc" else {"emptyDir": {}}
    driver = "filesystem" if source else backend
    container = {
        "name": "registry",
        "env": [{"name": name, "value": value} for name, value in {"REGISTRY_STORAGE": driver, **variables}.items()],
        "volumeMounts": [{"name": "registry-storage", "mountPath": "/registry"}],
    }
    return {"spec": {"containers": [container], "volumes": [{"name": "registry-storage", **source}]}}


def operator_deployment(wanted: int, available: int) -> Manifest:
    """Return the operator's own Deployment; as the API does, without the count when there are no available pods."""
    status = {"availableReplicas": available} if available else {}
    return manifest("Deployment", "cluster-image-registry-operator", spec={"replicas": wanted}, status=status)


def pod(name: str = "image-registry-1", **status: Any) -> Manifest:
    """Return a pod of the registry."""
    return manifest("Pod", name, metadata={"labels": {"docker-registry": "default"}}, status=status)


def route(name: str, host: str | None, *ingresses: Manifest, **texts: str) -> Manifest:
    """Return a Route that the operator made, with the PEM texts that it carries."""
    tls = {"termination": "reencrypt", **texts}
    marked = {"namespace": OPERATOR_NAMESPACE, "annotations": {"imageregistry.openshift.io": "true"}}
    spec = {"to": {"kind": "Service", "name": "image-registry"}, "tls": tls} | ({"host": host} if host else {})
    return manifest("Route", name, metadata=marked, spec=spec, status={"ingress": list(ingresses)})


def ingress(host: str, status: str = "True", reason: str = "", message: str = "", router: str = "default") -> Manifest:
    """Return what one router says of a Route."""
    return {"host": host, "routerName": router, "conditions": [condition("Admitted", status, reason, message)]}


def claim(
    name: str,
    size: str = "100Gi",
    modes: Iterable[str] = ("ReadWriteMany",),
    storage_class: str | None = "standard",
    phase: str = "Bound",
    **metadata: Any,
) -> Manifest:
    """Return a PersistentVolumeClaim."""
    spec: Manifest = {"accessModes": list(modes), "resources": {"requests": {"storage": size}}}
    if storage_class:
        spec["storageClassName"] = storage_class
    return manifest("PersistentVolumeClaim", name, metadata=metadata, spec=spec, status={"phase": phase})


def storage_class(name: str, grows: bool = True, default: bool = False) -> Manifest:
    """Return a StorageClass."""
    marks = {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}} if default else {}
    return manifest("StorageClass", name, metadata=marks, allowVolumeExpansion=grows)


def secret(name: str, data: dict[str, str], **content: Any) -> Manifest:
    """Return a Secret whose data are given as plain text."""
    return manifest("Secret", name, data={key: encoded(value) for key, value in data.items()}, **content)


def user_credentials(access_key: str = "AKIAEXAMPLE", secret_key: str = "s3cr3t-example") -> Manifest:
    """Return the Secret with the S3 credentials that an administrator made."""
    keys = {"REGISTRY_STORAGE_S3_ACCESSKEY": access_key, "REGISTRY_STORAGE_S3_SECRETKEY": secret_key}
    return secret("image-registry-private-configuration-user", keys)


def generated_credentials(access_key: str = "AKIAEXAMPLE", secret_key: str = "s3cr3t-example") -> Manifest:
    """Return the Secret that the operator makes of S3 credentials for the pods."""
    return secret("image-registry-private-configuration", {"credentials": credentials_file(access_key, secret_key)})


def credentials_file(access_key: str = "AKIAEXAMPLE", secret_key: str = "s3cr3t-example") -> str:
    """Return the credentials as the pods read them."""
    return f"[default]\naws_access_key_id = {access_key}\naws_secret_access_key = {secret_key}\n"


def encoded(text: str) -> str:
    """Return text as the data of a Secret holds it."""
    return base64.b64encode(text.encode()).decode()


def kubeconfig(user: Any = None, cluster: Any = None, context: Any = None, **rest: Any) -> Manifest:
    """Return a kubeconfig of one context, whose user has a token unless another is given."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u", **(context or {})}}],
        "clusters": [{"name": "c", "cluster": {"server": SERVER, **(cluster or {})}}],
        "users": [{"name": "u", "user": {"token": TOKEN} if user is None else user}],
        **rest,
    }


def options(sections: tuple[str, ...] = ALL_SECTIONS, **given: Any) -> dict[str, Any]:
    """Return options as a module with these sections receives them: checked, absent ones None, defaults filled in."""
    checked = ArgumentSpecValidator(writing("registry", *sections).spec).validate(given)
    assert not checked.error_messages, checked.error_messages
    validated: dict[str, Any] = checked.validated_parameters
    return validated


def observed(
    config: Manifest | None,
    deployment: Manifest | None = None,
    routes: Iterable[Manifest] = (),
    credentials: Manifest | None = None,
    pods: Iterable[Manifest] = (),
    others: dict[Ref, Manifest | None] | None = None,
) -> Snapshot:
    """Return what a wait watches, as it was last seen; credentials: the Secret that the operator generates."""
    seen: dict[Ref, Any] = {
        CLUSTER_CONFIG: config,
        REGISTRY_DEPLOYMENT: deployment,
        REGISTRY_ROUTES: {"items": list(routes)},
        GENERATED_CREDENTIALS: credentials,
        REGISTRY_PODS: {"items": list(pods)},
    }
    return Snapshot({**seen, **(others or {})})


@dataclass(frozen=True)
class Round:
    """What a task worked out in one look at the cluster."""

    desired: Desired
    options: dict[str, Any]
    change: Change
    expected: list[Expected]
    seen: Snapshot


def worked_out(
    given: dict[str, Any],
    objects: Iterable[Manifest],
    forbidden: Iterable[Ref] = (),
    sections: tuple[str, ...] = ALL_SECTIONS,
) -> Round:
    """Return what options make of a cluster that holds objects, with all that is read for it."""
    checked = options(sections, **given)
    desired, found, hidden = Desired(checked, sections), list(objects), set(forbidden)

    def read(refs: Iterable[Ref]) -> Snapshot:
        return shown(refs, found, hidden)

    seen = read(desired.reads_first() | summary.REFS)
    change = work_out(desired, seen)
    expected = desired.expected(change, seen)
    needed = plan_findings.reads(change).union(*(entry.needed() for entry in expected))
    while missing := {ref for ref in needed | desired.reads(change, seen) if ref not in seen}:
        seen = seen.joined(read(missing))
    return Round(desired, checked, change, expected, seen)


def shown(refs: Iterable[Ref], objects: list[Manifest], forbidden: Collection[Ref] = ()) -> Snapshot:
    """Return what a cluster that holds objects shows of refs."""
    return Snapshot({ref: _answer(ref, objects, set(forbidden)) for ref in refs})


def awaiting(
    declared: Manifest | None = None,
    routes: Iterable[ExpectedRoute] = (),
    absent: Iterable[str] = (),
    credentials: dict[str, str] | None = None,
    checksum_before: str | None = None,
    is_all: bool = False,
) -> list[Expected]:
    """Return what a task waits for: a Config that holds what is declared and that is served, and what else is given."""
    expected = [Held(Wanted(CLUSTER_CONFIG, declared or {}, may_create=False, rules=RULES)), Serving(RULES)]
    expected += [Admitted(tuple(routes), tuple(absent), is_all)] if routes or absent or is_all else []
    expected += [CredentialsPassedOn(credentials)] if credentials else []
    return expected + ([PodsRenewed(checksum_before)] if checksum_before else [])


def planned(given: dict[str, Any], *objects: Manifest, forbidden: Iterable[Ref] = ()) -> Change:
    """Return the change that options make to a cluster that holds objects."""
    return worked_out(given, objects, forbidden).change


def findings(given: dict[str, Any], *objects: Manifest, forbidden: Iterable[Ref] = ()) -> list[Finding]:
    """Return what the checks say of options against a cluster that holds objects."""
    found = worked_out(given, objects, forbidden)
    return [
        *plan_findings.obvious(found.desired, found.options, found.change),
        *plan_findings.findings(found.desired, found.options, found.change, found.seen),
    ]


def expected(given: dict[str, Any], *objects: Manifest, forbidden: Iterable[Ref] = ()) -> list[Expected]:
    """Return what a task with these options waits for on a cluster that holds objects."""
    return worked_out(given, objects, forbidden).expected


def carried_out(change: Change, objects: Iterable[Manifest]) -> list[Manifest]:
    """Return the objects of the cluster after every step of a change."""
    kept = {(entry["kind"], entry["metadata"]["name"]): entry for entry in objects}
    for step in change.steps:
        assert step.ref.name is not None
        key = (step.ref.resource.kind, step.ref.name)
        if step.action == "delete":
            del kept[key]
        elif step.action == "patch":
            kept[key] = merged(kept[key], step.body)
        else:
            kept[key] = merged(manifest(*key, metadata={"namespace": step.ref.namespace}), step.body)
    return list(kept.values())


def _answer(ref: Ref, objects: list[Manifest], forbidden: set[Ref]) -> Any:
    if ref in forbidden:
        return Forbidden("GET", str(ref), 403, "Forbidden", f'cannot get resource "{ref.resource.plural}"')
    alike = [entry for entry in objects if entry["kind"] == ref.resource.kind and _is_selected(ref, entry)]
    if ref.name is None:
        return {"items": alike}
    return next((entry for entry in alike if entry["metadata"]["name"] == ref.name), None)


def _is_selected(ref: Ref, entry: Manifest) -> bool:
    metadata = entry["metadata"]
    if ref.namespace not in (None, metadata.get("namespace", OPERATOR_NAMESPACE)):
        return False
    if not all(_has_label(metadata.get("labels") or {}, asked) for asked in ref.labels.split(",") if asked):
        return False
    field, _equals, value = ref.fields.partition("=")
    return not field or lookup(entry, tuple(field.split("."))) == value


def _has_label(labels: dict[str, str], asked: str) -> bool:
    name, _equals, value = asked.partition("=")
    is_wanted = not name.endswith("!")
    return (labels.get(name.rstrip("!")) == value) is is_wanted
