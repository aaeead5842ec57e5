# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that the collection touches, and where they live in the API."""

from __future__ import annotations

from typing import NamedTuple

OPERATOR_NAMESPACE = "openshift-image-registry"
CONFIG_NAMESPACE = "openshift-config"
MANAGED_NAMESPACE = "openshift-config-managed"


class Resource(NamedTuple):
    """A kind of object, with the fixed REST path that makes API discovery unnecessary.

    home: the namespace in which the registry's objects of this kind are, None for a cluster-scoped kind.
    """

    kind: str
    group: str
    version: str
    plural: str
    home: str | None = None

    @property
    def api_version(self) -> str:
        """The apiVersion of a manifest."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def __call__(self, name: str, namespace: str | None = None) -> Ref:
        """Refer to one object, in the resource's home unless another namespace is given."""
        return Ref(self, namespace or self.home, name)

    def all(self, labels: str = "", namespace: str | None = None, metadata_only: bool = False, fields: str = "") -> Ref:
        """Refer to the objects of one namespace, or those with the given labels or fields (``key=value``); see Ref."""
        return Ref(self, namespace or self.home, labels=labels, fields=fields, metadata_only=metadata_only)

    def everywhere(self, fields: str = "") -> Ref:
        """Refer to the objects of all namespaces, or those with the given fields (``spec.host=example.com``)."""
        return Ref(self, None, fields=fields)


class Ref(NamedTuple):
    """One object (name given), or all objects of a kind that a selector chooses (name None).

    namespace: None for a cluster-scoped kind, or for the objects of all namespaces. labels, fields: selectors of a
    list, several of each joined by commas. metadata_only: whether nothing but the metadata is read.
    """

    resource: Resource
    namespace: str | None = None
    name: str | None = None
    labels: str = ""
    fields: str = ""
    metadata_only: bool = False

    @property
    def collection_path(self) -> str:
        """The REST path that lists and creates objects of this kind."""
        kind = self.resource
        root = f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"
        scope = f"/namespaces/{self.namespace}" if self.namespace else ""
        return f"{root}{scope}/{kind.plural}"

    @property
    def path(self) -> str:
        """The REST path of the object, or of the list."""
        return self.collection_path if self.name is None else f"{self.collection_path}/{self.name}"

    def __str__(self) -> str:
        where = f"{self.namespace}/" if self.namespace else ""
        what = "*" if self.name is None else self.name
        return f"{self.resource.kind} {where}{what}"


CONFIG = Resource("Config", "imageregistry.operator.openshift.io", "v1", "configs")
IMAGE_PRUNER = Resource("ImagePruner", "imageregistry.operator.openshift.io", "v1", "imagepruners")
IMAGE_CONFIG = Resource("Image", "config.openshift.io", "v1", "images")
CLUSTER_OPERATOR = Resource("ClusterOperator", "config.openshift.io", "v1", "clusteroperators")
INFRASTRUCTURE = Resource("Infrastructure", "config.openshift.io", "v1", "infrastructures")
PROXY = Resource("Proxy", "config.openshift.io", "v1", "proxies")
OAUTH = Resource("OAuth", "config.openshift.io", "v1", "oauths")
AUTHENTICATION = Resource("Authentication", "config.openshift.io", "v1", "authentications")
API_SERVER = Resource("APIServer", "config.openshift.io", "v1", "apiservers")
BUILD = Resource("Build", "config.openshift.io", "v1", "builds")
STORAGE_CLASS = Resource("StorageClass", "storage.k8s.io", "v1", "storageclasses")
CLAIM = Resource("PersistentVolumeClaim", "", "v1", "persistentvolumeclaims", OPERATOR_NAMESPACE)
SECRET = Resource("Secret", "", "v1", "secrets", OPERATOR_NAMESPACE)
SERVICE = Resource("Service", "", "v1", "services", OPERATOR_NAMESPACE)
LEASE = Resource("Lease", "coordination.k8s.io", "v1", "leases", OPERATOR_NAMESPACE)
EVENT = Resource("Event", "", "v1", "events", OPERATOR_NAMESPACE)
POD = Resource("Pod", "", "v1", "pods", OPERATOR_NAMESPACE)
POD_TEMPLATE = Resource("PodTemplate", "", "v1", "podtemplates", OPERATOR_NAMESPACE)
DEPLOYMENT = Resource("Deployment", "apps", "v1", "deployments", OPERATOR_NAMESPACE)
REPLICA_SET = Resource("ReplicaSet", "apps", "v1", "replicasets", OPERATOR_NAMESPACE)
ROUTE = Resource("Route", "route.openshift.io", "v1", "routes", OPERATOR_NAMESPACE)
TRUSTED_CA = Resource("ConfigMap", "", "v1", "configmaps", CONFIG_NAMESPACE)
CONFIG_MAP = Resource("ConfigMap", "", "v1", "configmaps", OPERATOR_NAMESPACE)
CLOUD_CONFIG_MAP = Resource("ConfigMap", "", "v1", "configmaps", MANAGED_NAMESPACE)

# The operator looks at no other name.
CLUSTER_CONFIG = CONFIG("cluster")
CLUSTER_PRUNER = IMAGE_PRUNER("cluster")
CLUSTER_IMAGE_CONFIG = IMAGE_CONFIG("cluster")
# What the installer has called the cluster.
CLUSTER_INFRASTRUCTURE = INFRASTRUCTURE("cluster")
# Where the operator reports to the cluster.
REGISTRY_OPERATOR = CLUSTER_OPERATOR("image-registry")
REGISTRY_DEPLOYMENT = DEPLOYMENT("image-registry")
OPERATOR_DEPLOYMENT = DEPLOYMENT("cluster-image-registry-operator")
REGISTRY_PODS = POD.all("docker-registry=default")
OPERATOR_PODS = POD.all("name=cluster-image-registry-operator")
# Which of the operator's pods works.
OPERATOR_LEASE = LEASE("openshift-master-controllers")
POD_EVENTS = EVENT.all(fields="involvedObject.kind=Pod")
NODE_CA_PODS = POD.all("name=node-ca")
OTHER_PODS = POD.all("docker-registry!=default,name!=cluster-image-registry-operator,name!=node-ca")
REGISTRY_ROUTES = ROUTE.all()
# What the administrator writes, what the operator makes of it, what the cloud credential operator mints.
USER_CREDENTIALS = SECRET("image-registry-private-configuration-user")
GENERATED_CREDENTIALS = SECRET("image-registry-private-configuration")
MINTED_CREDENTIALS = SECRET("installer-cloud-credentials")
# All the authorities that the pods trust, which the operator collects; what the platform says of its own store.
REGISTRY_CERTIFICATES = CONFIG_MAP("image-registry-certificates")
CLOUD_CONFIG = CLOUD_CONFIG_MAP("kube-cloud-config")

# The name that OpenShift's documentation gives the CA of the registry's object store.
REGISTRY_CA_BUNDLE = TRUSTED_CA("image-registry-s3-bundle")
# What refers to ConfigMaps of openshift-config.
CONFIG_MAP_USERS = (
    PROXY("cluster"),
    CLUSTER_IMAGE_CONFIG,
    OAUTH("cluster"),
    AUTHENTICATION("cluster"),
    API_SERVER("cluster"),
    BUILD("cluster"),
    INFRASTRUCTURE("cluster"),
)

# The annotation with which the operator marks its own Routes and its own claim.
OPERATOR_MARK = "imageregistry.openshift.io"
DEFAULT_CLAIM = "image-registry-storage"
DEFAULT_ROUTE = "default-route"
