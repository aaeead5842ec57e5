# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes of the registry's pods, apart from the storage's own, each with the place where it is mounted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import names

Object = dict[str, Any]


@dataclass(frozen=True)
class Mounted:
    """A volume and its mount; both carry the volume's name."""

    volume: Object
    mount: Object


def mounted(name: str, source: Object, path: str, read_only: bool = False) -> Mounted:
    """A volume mounted at a path."""
    mount: Object = {"name": name, "mountPath": path}
    return Mounted({"name": name} | source, mount | {"readOnly": True} if read_only else mount)


def registry_volumes() -> list[Mounted]:
    """Certificates, trust anchors, pull secrets and the token, in the operator's order."""
    token = {"serviceAccountToken": {"audience": "openshift", "expirationSeconds": 3600, "path": "token"}}
    trusted_ca = {
        "name": names.TRUSTED_CA,
        "optional": True,
        "items": [{"key": "ca-bundle.crt", "path": "anchors/ca-bundle.crt"}],
    }
    pull_secrets = {
        "secretName": names.INSTALLATION_PULL_SECRETS,
        "optional": True,
        "items": [{"key": ".dockerconfigjson", "path": "config.json"}],
    }
    return [
        mounted("registry-tls", {"projected": {"sources": [{"secret": {"name": names.TLS_SECRET}}]}}, "/etc/secrets"),
        mounted("ca-trust-extracted", {"emptyDir": {}}, "/etc/pki/ca-trust/extracted"),
        mounted(
            "registry-certificates",
            {"configMap": {"name": names.CERTIFICATES}},
            "/etc/pki/ca-trust/source/anchors",
        ),
        mounted("trusted-ca", {"configMap": trusted_ca}, "/usr/share/pki/ca-trust-source"),
        mounted("installation-pull-secrets", {"secret": pull_secrets}, "/var/lib/kubelet/"),
        mounted(
            "bound-sa-token",
            {"projected": {"sources": [token]}},
            "/var/run/secrets/openshift/serviceaccount",
            read_only=True,
        ),
    ]


def references(volumes: Sequence[Object], environment: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Kind and name of every ConfigMap and Secret that volumes and variables take their content from."""
    sources = [part for volume in volumes for part in [volume, *volume.get("projected", {}).get("sources", [])]]
    found = [("ConfigMap", part["configMap"]["name"]) for part in sources if "configMap" in part]
    secrets = [part["secret"] for part in sources if "secret" in part]
    found += [("Secret", secret.get("secretName") or secret["name"]) for secret in secrets]
    found += [("Secret", item["valueFrom"]["secretKeyRef"]["name"]) for item in environment if "valueFrom" in item]
    return sorted(set(found))
