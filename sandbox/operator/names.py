# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that the operator gives to objects, labels and annotations."""

NAMESPACE = "openshift-image-registry"
CONFIG_NAMESPACE = "openshift-config"
MANAGED_CONFIG_NAMESPACE = "openshift-config-managed"

CLUSTER = "cluster"
"""Name of the Config, the ImagePruner, the Infrastructure and the Image config."""

REGISTRY = "image-registry"
"""Name of the Deployment, the Service, the disruption budget and the ClusterOperator of the registry."""

DEFAULT_ROUTE = "default-route"
DEFAULT_CLAIM = "image-registry-storage"
PRIVATE_CONFIGURATION = "image-registry-private-configuration"
USER_CONFIGURATION = "image-registry-private-configuration-user"
CLOUD_CREDENTIALS = "installer-cloud-credentials"
PULL_SECRET = "pull-secret"
INSTALLATION_PULL_SECRETS = "installation-pull-secrets"
TLS_SECRET = "image-registry-tls"
CERTIFICATES = "image-registry-certificates"
MANAGED_CERTIFICATES = "image-registry-ca"
SERVICE_CA = "serviceca"
TRUSTED_CA = "trusted-ca"
SERVICE_ACCOUNT = "registry"
CLUSTER_ROLE = "system:registry"
CLUSTER_ROLE_BINDING = "registry-registry-role"
NODE_CA = "node-ca"
NETWORK_POLICY = "image-registry-networkpolicy"
PRUNER = "image-pruner"
PRUNER_SERVICE_ACCOUNT = "pruner"
PRUNER_CLUSTER_ROLE = "system:image-pruner"
PRUNER_NETWORK_POLICY = "image-pruner-networkpolicy"
PRUNER_CLUSTER_ROLE_BINDING = "openshift-image-registry-pruner"

FINALIZER = "imageregistry.operator.openshift.io/finalizer"
CHECKSUM = "imageregistry.operator.openshift.io/checksum"
DEPENDENCIES_CHECKSUM = "imageregistry.operator.openshift.io/dependencies-checksum"
SPEC_HASH = "operator.openshift.io/spec-hash"
OWNED = "imageregistry.openshift.io"
"""Annotation on the Routes and the claim that belong to the operator."""
RELEASE_VERSION_ANNOTATION = "release.openshift.io/version"
SUPPLEMENTAL_GROUPS = "openshift.io/sa.scc.supplemental-groups"

LABELS = {"docker-registry": "default"}
PORT = 5000
SERVICE_HOST = f"{REGISTRY}.{NAMESPACE}.svc"

USER_AGENT = "cluster-image-registry-operator"
RELEASE_VERSION = "4.22.0"
"""What a real operator gets as RELEASE_VERSION; the newest release whose behaviour the stand-in has."""
REGISTRY_IMAGE = "registry.example.com/openshift/docker-registry:sandbox"
PRUNER_IMAGE = "registry.example.com/openshift/cli:sandbox"
