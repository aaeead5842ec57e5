# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of objects that the operator reads and writes, and where the API serves them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Resource:
    """One kind; `versions` are those that the stand-in can use, newest first; `watched`: whether its news count."""

    kind: str
    group: str
    versions: tuple[str, ...]
    plural: str
    namespaced: bool = True
    watched: bool = True


_V1 = ("v1",)
_REGISTRY_GROUP = "imageregistry.operator.openshift.io"
_CONFIG_GROUP = "config.openshift.io"
_RBAC_GROUP = "rbac.authorization.k8s.io"

RESOURCES = {
    resource.kind: resource
    for resource in (
        Resource("Config", _REGISTRY_GROUP, _V1, "configs", namespaced=False),
        Resource("ImagePruner", _REGISTRY_GROUP, _V1, "imagepruners", namespaced=False),
        Resource("Infrastructure", _CONFIG_GROUP, _V1, "infrastructures", namespaced=False),
        Resource("Image", _CONFIG_GROUP, _V1, "images", namespaced=False),
        Resource("ClusterOperator", _CONFIG_GROUP, _V1, "clusteroperators", namespaced=False),
        Resource("Namespace", "", _V1, "namespaces", namespaced=False),
        Resource("Secret", "", _V1, "secrets"),
        Resource("ConfigMap", "", _V1, "configmaps"),
        Resource("PersistentVolumeClaim", "", _V1, "persistentvolumeclaims"),
        Resource("Service", "", _V1, "services"),
        Resource("ServiceAccount", "", _V1, "serviceaccounts"),
        Resource("Route", "route.openshift.io", _V1, "routes"),
        Resource("Deployment", "apps", _V1, "deployments"),
        Resource("DaemonSet", "apps", _V1, "daemonsets"),
        Resource("Lease", "coordination.k8s.io", _V1, "leases", watched=False),
        Resource("Job", "batch", _V1, "jobs"),
        Resource("CronJob", "batch", ("v1", "v1beta1"), "cronjobs"),
        Resource("PodDisruptionBudget", "policy", ("v1", "v1beta1"), "poddisruptionbudgets"),
        Resource("NetworkPolicy", "networking.k8s.io", _V1, "networkpolicies"),
        Resource("ClusterRole", _RBAC_GROUP, _V1, "clusterroles", namespaced=False),
        Resource("ClusterRoleBinding", _RBAC_GROUP, _V1, "clusterrolebindings", namespaced=False),
    )
}
