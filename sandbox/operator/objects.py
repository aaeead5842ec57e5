# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects around the registry's Deployment."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from . import names

Object = dict[str, Any]

EMPTY_PULL_SECRET = base64.b64encode(b"{}").decode()


def _metadata(name: str, namespace: str = names.NAMESPACE, **more: Any) -> Object:
    return {"name": name} | ({"namespace": namespace} if namespace else {}) | more


def _rule(groups: list[str], resources: list[str], verbs: list[str]) -> Object:
    return {"apiGroups": groups, "resources": resources, "verbs": verbs}


def cluster_role() -> Object:
    """What the registry may do in the cluster's API."""
    images = ["", "image.openshift.io"]
    mirrors = ["imagedigestmirrorsets", "imagetagmirrorsets"]
    rules = [
        _rule([""], ["limitranges", "resourcequotas"], ["list"]),
        _rule(images, ["images", "imagestreamtags"], ["get"]),
        _rule(images, ["imagestreamimages", "imagestreams/secrets"], ["get"]),
        _rule(images, ["imagestreams"], ["list", "get", "update"]),
        _rule(images, ["imagestreammappings"], ["create"]),
        _rule(["operator.openshift.io"], ["imagecontentsourcepolicies"], ["list"]),
        _rule(["config.openshift.io"], mirrors, ["list"]),
        _rule(["authorization.k8s.io", "authorization.openshift.io"], ["subjectaccessreviews"], ["create"]),
    ]
    return {"kind": "ClusterRole", "metadata": _metadata(names.CLUSTER_ROLE, ""), "rules": rules}


def cluster_role_binding(name: str, role: str, account: str) -> Object:
    """A ClusterRole for a ServiceAccount of the registry's namespace."""
    return {
        "kind": "ClusterRoleBinding",
        "metadata": _metadata(name, ""),
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": names.NAMESPACE}],
    }


def service_account(name: str) -> Object:
    """A ServiceAccount of the registry's namespace."""
    return {"kind": "ServiceAccount", "metadata": _metadata(name)}


def pull_secrets(cluster_pull_secret: Mapping[str, Any] | None) -> Object:
    """A copy of the cluster's pull secret; without one, a Secret that holds no credentials."""
    data = (cluster_pull_secret or {}).get("data") or {}
    return {
        "kind": "Secret",
        "metadata": _metadata(names.INSTALLATION_PULL_SECRETS),
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": data.get(".dockerconfigjson", EMPTY_PULL_SECRET)},
    }


def private_configuration(values: Mapping[str, str]) -> Object:
    """The Secret from which the registry's pods get their storage credentials, which nobody else may write."""
    return {
        "kind": "Secret",
        "metadata": _metadata(names.PRIVATE_CONFIGURATION),
        "type": "Opaque",
        "data": {key: base64.b64encode(value.encode()).decode() for key, value in values.items()},
    }


def service() -> Object:
    """The registry's Service; the annotation asks OpenShift's service CA for a certificate."""
    annotations = {"service.alpha.openshift.io/serving-cert-secret-name": names.TLS_SECRET}
    port = {"name": f"{names.PORT}-tcp", "port": names.PORT, "protocol": "TCP", "targetPort": names.PORT}
    return {
        "kind": "Service",
        "metadata": _metadata(names.REGISTRY, labels=names.LABELS, annotations=annotations),
        "spec": {"selector": names.LABELS, "type": "ClusterIP", "ports": [port]},
    }


def disruption_budget(replicas: int) -> Object:
    """One pod has to stay, unless there is at most one."""
    spec = {
        "minAvailable": 1 if replicas > 1 else 0,
        "selector": {"matchLabels": names.LABELS},
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
    }
    return {"kind": "PodDisruptionBudget", "metadata": _metadata(names.REGISTRY), "spec": spec}


def registry_network_policy() -> Object:
    """Everybody may reach the registry, and the registry may reach everything."""
    spec = {
        "podSelector": {"matchLabels": names.LABELS},
        "ingress": [{"ports": [{"port": names.PORT, "protocol": "TCP"}]}],
        "egress": [{}],
        "policyTypes": ["Ingress", "Egress"],
    }
    return {"kind": "NetworkPolicy", "metadata": _metadata(names.NETWORK_POLICY), "spec": spec}


def pruner_cluster_role() -> Object:
    """What the pruning job may do in the cluster's API."""
    images = ["", "image.openshift.io"]
    users = ["pods", "replicationcontrollers", "limitranges"]
    workloads = ["daemonsets", "deployments", "replicasets", "statefulsets"]
    rules = [
        _rule([""], users, ["get", "list"]),
        _rule(["apps"], workloads, ["get", "list"]),
        _rule(["batch"], ["jobs", "cronjobs"], ["get", "list"]),
        _rule(["build.openshift.io"], ["buildconfigs", "builds"], ["get", "list"]),
        _rule(["apps.openshift.io"], ["deploymentconfigs"], ["get", "list"]),
        _rule(images, ["images"], ["delete", "get", "list", "watch"]),
        _rule(images, ["imagestreams"], ["get", "list", "watch"]),
        _rule(images, ["imagestreams/status"], ["update"]),
    ]
    return {"kind": "ClusterRole", "metadata": _metadata(names.PRUNER_CLUSTER_ROLE, ""), "rules": rules}


def pruner_network_policy() -> Object:
    """The pruning job may reach everything, and nobody has to reach it."""
    spec = {
        "podSelector": {"matchLabels": {"app": names.PRUNER}},
        "egress": [{}],
        "policyTypes": ["Ingress", "Egress"],
    }
    return {"kind": "NetworkPolicy", "metadata": _metadata(names.PRUNER_NETWORK_POLICY), "spec": spec}


def service_ca() -> Object:
    """The ConfigMap into which OpenShift's service CA puts its certificate."""
    annotations = {"service.beta.openshift.io/inject-cabundle": "true"}
    return {"kind": "ConfigMap", "metadata": _metadata(names.SERVICE_CA, annotations=annotations)}


def certificates(name: str, namespace: str, data: Mapping[str, str]) -> Object:
    """A ConfigMap of certificate authorities, one key for each host."""
    annotations = {"openshift.io/owning-component": "Image Registry"}
    return {
        "kind": "ConfigMap",
        "metadata": _metadata(name, namespace, annotations=annotations),
        "data": dict(data),
    }
