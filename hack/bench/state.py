# SPDX-License-Identifier: GPL-3.0-or-later
"""The state that every variant brings the registry to: as options of the collection, and as objects of the API.

It holds as much as one Config can make use of at once: a bucket with credentials and a trusted CA, replicas, the
default route and a route with a certificate of its own, settings of the pods. A claim would take the place of the
bucket, and of the credentials and the CA with it, which the operator then does not read.
"""

import base64
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]

NAMESPACE, CONFIG_NAMESPACE = "openshift-image-registry", "openshift-config"
BUCKET = "registry"
REGION = "us-east-1"
TRUSTED_CA = "registry-bucket-ca"
HOSTNAME = "registry.example.com"
ROUTE = "public"
CREDENTIALS = {"access_key": "bench-access-key", "secret_key": "bench-secret-key"}
NODE_LABEL = "node-role.kubernetes.io/infra"
# The one field that changes in the situation "one field changed", and the values that it changes between.
LOG_LEVELS = ("Normal", "Debug")


@dataclass(frozen=True)
class DesiredState:
    """One desired state.

    certificate, key: PEM texts for the route's host; the certificate serves as the trusted CA too. s3_endpoint: URL of
    the object store. log_level: the value of the field that changes.
    """

    certificate: str
    key: str
    s3_endpoint: str
    log_level: str = LOG_LEVELS[0]

    @property
    def storage(self) -> Document:
        """Options of registry_storage."""
        bucket = {"bucket": BUCKET, "region": REGION, "region_endpoint": self.s3_endpoint}
        authority = {"trusted_ca": TRUSTED_CA, "trusted_ca_certificates": self.certificate}
        return {"management_state": "Managed", "storage": {"s3": {**bucket, **authority}}}

    @property
    def replicas(self) -> Document:
        """Options of registry_replicas."""
        return {"replicas": 2, "rollout_strategy": "RollingUpdate"}

    @property
    def routes(self) -> Document:
        """Options of registry_routes."""
        pair = {"certificate": self.certificate, "key": self.key}
        return {"default_route": True, "routes": [{"name": ROUTE, "hostname": HOSTNAME, "tls": pair}]}

    @property
    def credentials(self) -> Document:
        """Options of registry_credentials."""
        return {"credentials": {"s3": CREDENTIALS}}

    @property
    def workload(self) -> Document:
        """Options of registry_workload."""
        return {
            "log_level": self.log_level,
            "requests": {"write": {"max_running": 20, "max_in_queue": 100, "max_wait_in_queue": "30s"}},
            "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}},
            "node_selector": {NODE_LABEL: ""},
            "tolerations": [{"key": NODE_LABEL, "operator": "Exists", "effect": "NoSchedule"}],
        }

    @property
    def options(self) -> Document:
        """Options of registry: all of them."""
        return {**self.storage, **self.credentials, **self.replicas, **self.routes, **self.workload}

    @property
    def objects(self) -> list[Document]:
        """The objects that the Config refers to."""
        return [
            _object("ConfigMap", CONFIG_NAMESPACE, TRUSTED_CA, data={"ca-bundle.crt": self.certificate}),
            _object(
                "Secret",
                NAMESPACE,
                "image-registry-private-configuration-user",
                type="Opaque",
                data={f"REGISTRY_STORAGE_S3_{_key(name)}": _encoded(value) for name, value in CREDENTIALS.items()},
            ),
            _object(
                "Secret",
                NAMESPACE,
                f"{ROUTE}-tls",
                type="kubernetes.io/tls",
                data={"tls.crt": _encoded(self.certificate), "tls.key": _encoded(self.key)},
            ),
        ]

    @property
    def config(self) -> Document:
        """The Config, sparse: a JSON merge patch."""
        bucket = {
            "bucket": BUCKET,
            "region": REGION,
            "regionEndpoint": self.s3_endpoint,
            "trustedCA": {"name": TRUSTED_CA},
        }
        return {
            "apiVersion": "imageregistry.operator.openshift.io/v1",
            "kind": "Config",
            "metadata": {"name": "cluster"},
            "spec": {
                "managementState": "Managed",
                "storage": {"s3": bucket, "managementState": "Unmanaged"},
                "replicas": 2,
                "rolloutStrategy": "RollingUpdate",
                "defaultRoute": True,
                "routes": [{"name": ROUTE, "hostname": HOSTNAME, "secretName": f"{ROUTE}-tls"}],
                "logLevel": self.log_level,
                "requests": {"write": {"maxRunning": 20, "maxInQueue": 100, "maxWaitInQueue": "30s"}},
                "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}},
                "nodeSelector": {NODE_LABEL: ""},
                "tolerations": [{"key": NODE_LABEL, "operator": "Exists", "effect": "NoSchedule"}],
            },
        }


def _object(kind: str, namespace: str, name: str, **content: Any) -> Document:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, **content}


def _key(option: str) -> str:
    return option.replace("_", "").upper()


def _encoded(value: str) -> str:
    return base64.b64encode(value.encode()).decode()
