# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose an object is, as its metadata tell: the owners of the object, the managers of its fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    SECRET,
    TRUSTED_CA,
    Ref,
)

# Under this name the API server notes which fields the collection wrote.
FIELD_MANAGER = "okd.image_registry"
# By this annotation the operator tells whether what it wants of an object has changed.
OPERATOR_CHECKSUM = "imageregistry.operator.openshift.io/checksum"


class Sign(NamedTuple):
    """A label or annotation with which something marks what it writes, and will write again.

    owner: whose such an object is, with the mark's value in place of {}.
    """

    key: str
    owner: str
    where: str = "annotations"


SIGNS = (
    Sign("cert-manager.io/certificate-name", "Certificate {} of cert-manager"),
    Sign("service.beta.openshift.io/originating-service-name", "Service {}"),
    Sign("service.alpha.openshift.io/originating-service-name", "Service {}"),
    Sign("service.beta.openshift.io/inject-cabundle", "service-ca, which fills in its CA"),
    Sign(
        "config.openshift.io/inject-trusted-cabundle",
        "the network operator, which fills in the cluster's CAs",
        "labels",
    ),
    Sign("cloudcredential.openshift.io/credentials-request", "CredentialsRequest {}"),
    Sign("reconcile.external-secrets.io/data-hash", "an ExternalSecret"),
    Sign("reconcile.external-secrets.io/managed", "an ExternalSecret", "labels"),
    Sign("sealedsecrets.bitnami.com/managed", "a SealedSecret"),
    Sign("reflector.v1.k8s.emberstack.com/reflects", "Reflector, as a copy of {}"),
    Sign("replicator.v1.mittwald.de/replicated-from-version", "Replicator, as a copy of another"),
    Sign("argocd.argoproj.io/tracking-id", "Argo CD ({})"),
    Sign("argocd.argoproj.io/instance", "application {} of Argo CD", "labels"),
    Sign("kustomize.toolkit.fluxcd.io/name", "Kustomization {} of Flux", "labels"),
    Sign("helm.toolkit.fluxcd.io/name", "HelmRelease {} of Flux", "labels"),
    Sign("meta.helm.sh/release-name", "Helm release {}"),
    Sign("apps.open-cluster-management.io/hosting-subscription", "Subscription {}"),
    Sign("olm.owner", "the Operator Lifecycle Manager, for {}", "labels"),
    Sign("include.release.openshift.io/self-managed-high-availability", "the cluster version operator"),
    Sign("openshift.io/owning-component", "{}, a component of OpenShift"),
    Sign(OPERATOR_CHECKSUM, "the image registry operator"),
    Sign("app.kubernetes.io/managed-by", "{}", "labels"),
)
# What people write to say that Ansible made an object.
_OURSELVES = "ansible"
# As what the operator writes, seen on a live object.
_OPERATOR = frozenset({"cluster-image-registry-operator", "ImageRegistryConfigObserver-ConfigObserver"})
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
# They write what a file declares again and again, also where the API server does not know that they apply it.
_DECLARING = frozenset(
    {
        "argocd-application-controller",
        "argocd-controller",
        "config-policy-controller",
        "helm",
        "kubectl-client-side-apply",
    }
)
# As what a person's command writes, or the browser behind the console: once.
_COMMANDS = frozenset({"Mozilla", "OpenAPI-Generator", "curl", "k9s", "oc", "python-requests"})


def owners(live: dict[str, Any]) -> list[str]:
    """Return whose an object is, by the references to its owners and the marks of what writes it."""
    metadata = live["metadata"]
    found = [f"{owner['kind']} {owner['name']}" for owner in metadata.get("ownerReferences") or []]
    for sign in SIGNS:
        value = (metadata.get(sign.where) or {}).get(sign.key)
        if value not in (None, "false") and value.lower() != _OURSELVES:
            found.append(sign.owner.format(value))
    return list(dict.fromkeys(found))


def is_written_by_us(live: dict[str, Any]) -> bool | None:
    """Whether the collection wrote any field of an object, None if the API server did not keep who wrote it."""
    entries = live["metadata"].get("managedFields")
    return None if not entries else any(entry.get("manager") == FIELD_MANAGER for entry in entries)


def is_of_registry(live: dict[str, Any], ref: Ref, config: dict[str, Any]) -> bool:
    """Whether an object evidently serves the registry: the collection wrote it, or a Config names it."""
    spec = config.get("spec") or {}
    if is_written_by_us(live):
        return True
    if ref.resource == TRUSTED_CA:
        return bool(lookup(spec, ("storage", "s3", "trustedCA", "name")) == ref.name)
    return ref.resource == SECRET and any(route.get("secretName") == ref.name for route in spec.get("routes") or [])


def declared_by_others(live: dict[str, Any], patch: dict[str, Any], doubtful: bool = False) -> dict[str, list[str]]:
    """Return the managers that declare fields which a merge patch changes, each with the fields.

    Who applies a field does so again. Who updated it once may be anybody who typed a command. doubtful: also those that
    updated it and are not known as commands or as the operator.
    """
    found: dict[str, list[str]] = {}
    for entry in live["metadata"].get("managedFields") or []:
        manager = _manager(entry)
        declares = entry.get("operation") == "Apply" or manager in _DECLARING or (doubtful and not _is_once(manager))
        if declares and manager != FIELD_MANAGER and not entry.get("subresource"):
            names = [".".join(path) for path in _shared(entry.get("fieldsV1") or {}, patch)]
            found[manager] = sorted({*found.get(manager, []), *names})
    if applied := [".".join(path) for path in _in_both(_last_applied(live), patch)]:
        # Other clients that apply files in the same way are known by this alone.
        found.setdefault("kubectl-client-side-apply", sorted(applied))
    return {manager: names for manager, names in found.items() if names}


def set_by_others(live: dict[str, Any], body: dict[str, Any]) -> list[str]:
    """Return who set fields that a sparse object has, as far as the API server noted, but for us and the operator."""
    known = {FIELD_MANAGER, *_OPERATOR}
    setting = [
        _manager(entry)
        for entry in lookup(live, ("metadata", "managedFields")) or []
        if any(_shared(entry.get("fieldsV1") or {}, body))
    ]
    return [manager for manager in dict.fromkeys(setting) if manager not in known]


def _last_applied(live: dict[str, Any]) -> dict[str, Any]:
    """Return what a client that applies files has noted of the last one."""
    try:
        found = json.loads((live["metadata"].get("annotations") or {}).get(_LAST_APPLIED) or "{}")
    # Whoever writes it may nest it without end.
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _in_both(applied: dict[str, Any], patch: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the paths at which a patch changes what was applied."""
    for key, value in patch.items():
        if isinstance(value, dict) and isinstance(applied.get(key), dict):
            yield from _in_both(applied[key], value, (*path, key))
        elif applied.get(key) is not None:
            yield *path, key


def _manager(entry: dict[str, Any]) -> str:
    return entry.get("manager") or "somebody"


def _is_once(manager: str) -> bool:
    return manager in _COMMANDS | _OPERATOR or manager.startswith("kubectl-")


def _shared(owned: dict[str, Any], patch: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the paths at which a patch changes what is owned."""
    for key, value in patch.items():
        below = owned.get(f"f:{key}")
        if below is None:
            continue
        # Without anything below, spec itself is owned: that it is there, none of its fields.
        if isinstance(value, dict) and value and (below or not path):
            yield from _shared(below, value, (*path, key))
        else:
            yield *path, key


def names_in(spec: Any) -> Iterator[str]:
    """Yield the names to which an object's spec refers, at any depth: a reference has a name, and perhaps a key."""
    if isinstance(spec, dict):
        name = spec.get("name")
        if spec.keys() <= {"name", "key"} and isinstance(name, str):
            yield name
        else:
            for value in spec.values():
                yield from names_in(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from names_in(value)


def keys(live: dict[str, Any]) -> set[str]:
    """Return the keys of a ConfigMap or Secret."""
    return {*(lookup(live, ("data",)) or {}), *(lookup(live, ("binaryData",)) or {})}
