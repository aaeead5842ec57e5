# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that the collection touches: where they live in the API, which of their fields are secret."""

from __future__ import annotations

from dataclasses import dataclass

OPERATOR_NAMESPACE = "openshift-image-registry"
CONFIG_NAMESPACE = "openshift-config"


@dataclass(frozen=True, order=True)
class Resource:
    """A kind of object, with the fixed REST path that makes API discovery unnecessary.

    namespace is the one namespace in which the collection looks at the kind, None for a cluster-scoped kind.
    """

    kind: str
    group: str
    version: str
    plural: str
    namespace: str | None = None

    @property
    def api_version(self) -> str:
        """The apiVersion of a manifest."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def collection_path(self) -> str:
        """The path that lists and creates objects of this kind."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        scope = f"/namespaces/{self.namespace}" if self.namespace else ""
        return f"{root}{scope}/{self.plural}"

    def __call__(self, name: str) -> Ref:
        return Ref(self, name)

    def all(self, selector: str = "", fields: str = "", metadata_only: bool = False) -> Ref:
        """Refer to every object of this kind, or those with the given labels or fields; see Ref."""
        return Ref(self, None, selector, fields, metadata_only)


@dataclass(frozen=True, order=True)
class Ref:
    """One object (name given) or all objects of a kind that match (name None).

    selector: labels, as ``key=value``. fields: what the API can select by, as ``spec.host=a.example.com``. Several of
    each are joined by commas. metadata_only: whether nothing but their metadata is read.
    """

    resource: Resource
    name: str | None
    selector: str = ""
    fields: str = ""
    metadata_only: bool = False

    @property
    def path(self) -> str:
        """The REST path."""
        path = self.resource.collection_path
        return path if self.name is None else f"{path}/{self.name}"

    def __str__(self) -> str:
        where = f"{self.resource.namespace}/" if self.resource.namespace else ""
        what = "*" if self.name is None else self.name
        return f"{self.resource.kind} {where}{what}"


CONFIG = Resource("Config", "imageregistry.operator.openshift.io", "v1", "configs")
IMAGE_PRUNER = Resource("ImagePruner", "imageregistry.operator.openshift.io", "v1", "imagepruners")
IMAGE_CONFIG = Resource("Image", "config.openshift.io", "v1", "images")
CLUSTER_OPERATOR = Resource("ClusterOperator", "config.openshift.io", "v1", "clusteroperators")
STORAGE_CLASS = Resource("StorageClass", "storage.k8s.io", "v1", "storageclasses")
CLAIM = Resource("PersistentVolumeClaim", "", "v1", "persistentvolumeclaims", OPERATOR_NAMESPACE)
SECRET = Resource("Secret", "", "v1", "secrets", OPERATOR_NAMESPACE)
SERVICE = Resource("Service", "", "v1", "services", OPERATOR_NAMESPACE)
POD = Resource("Pod", "", "v1", "pods", OPERATOR_NAMESPACE)
DEPLOYMENT = Resource("Deployment", "apps", "v1", "deployments", OPERATOR_NAMESPACE)
REPLICA_SET = Resource("ReplicaSet", "apps", "v1", "replicasets", OPERATOR_NAMESPACE)
ROUTE = Resource("Route", "route.openshift.io", "v1", "routes", OPERATOR_NAMESPACE)
TRUSTED_CA = Resource("ConfigMap", "", "v1", "configmaps", CONFIG_NAMESPACE)

# Routes of all namespaces, among which a host can be claimed only once.
EVERY_ROUTE = Resource(ROUTE.kind, ROUTE.group, ROUTE.version, ROUTE.plural).all()

# The operator looks at no other name.
CLUSTER_CONFIG = CONFIG("cluster")
CLUSTER_PRUNER = IMAGE_PRUNER("cluster")
CLUSTER_IMAGE_CONFIG = IMAGE_CONFIG("cluster")
# Where the operator reports to the cluster.
REGISTRY_OPERATOR = CLUSTER_OPERATOR("image-registry")
REGISTRY_DEPLOYMENT = DEPLOYMENT("image-registry")
OPERATOR_DEPLOYMENT = DEPLOYMENT("cluster-image-registry-operator")
REGISTRY_LABEL = ("docker-registry", "default")
REGISTRY_PODS = POD.all("=".join(REGISTRY_LABEL))
# What the administrator writes, what the operator makes of it, what the cloud credential operator mints.
USER_CREDENTIALS = SECRET("image-registry-private-configuration-user")
GENERATED_CREDENTIALS = SECRET("image-registry-private-configuration")
MINTED_CREDENTIALS = SECRET("installer-cloud-credentials")

DEFAULT_CLAIM = "image-registry-storage"
DEFAULT_ROUTE = "default-route"
# The operator marks its own Routes with it and deletes marked ones that the Config does not list.
ROUTE_ANNOTATION = "imageregistry.openshift.io"

# The fields of each kind whose values no output may show; `*` stands for every key.
SECRET_FIELDS: dict[str, tuple[tuple[str, ...], ...]] = {
    CONFIG.kind: (("spec", "httpSecret"),),
    SECRET.kind: (("data", "*"), ("stringData", "*")),
    ROUTE.kind: (("spec", "tls", "key"),),
}
# The fields that hold URLs, which may carry a password.
PASSWORD_URLS: dict[str, tuple[tuple[str, ...], ...]] = {
    CONFIG.kind: (("spec", "proxy", "http"), ("spec", "proxy", "https")),
}
# What a Secret with credentials holds besides the secret itself: ordinary words, such as the name of a user.
PUBLIC_KEYS: frozenset[str] = frozenset(
    f"REGISTRY_STORAGE_SWIFT_{name}" for name in ("USERNAME", "APPLICATIONCREDENTIALID", "APPLICATIONCREDENTIALNAME")
)
