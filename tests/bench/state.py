# SPDX-License-Identifier: GPL-3.0-or-later
"""The state that every variant brings the registry to: as options of the collection, and as objects of the API.

It holds everything that one Config can hold at once: a claim, credentials, replicas, the default route and a route with
a certificate of its own, settings of the pods. A trusted CA is not part of it: the operator reads one for S3 only, and
there is either a claim or S3.
"""

import base64
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]

NAMESPACE = "openshift-image-registry"
CLAIM = "registry"
SIZE = "100Gi"
HOSTNAME = "registry.example.com"
ROUTE = "public"
CREDENTIALS = {"access_key": "bench-access-key", "secret_key": "bench-secret-key"}
NODE_LABEL = "node-role.kubernetes.io/infra"
# The one field that changes in the situation "one field changed", and the values that it changes between.
LOG_LEVELS = ("Normal", "Debug")


@dataclass(frozen=True)
class DesiredState:
    """certificate, key: PEM texts for the route's host; log_level: the value of the field that changes.

    In a playbook log_level may be a template.
    """

    certificate: str
    key: str
    log_level: str

    @property
    def storage(self) -> Document:
        """Options of registry_storage."""
        return {"management_state": "Managed", "storage": {"pvc": {"claim": CLAIM, "size": SIZE}}}

    @property
    def replicas(self) -> Document:
        """Options of registry_replicas."""
        return {"replicas": 2, "rollout_strategy": "RollingUpdate"}

    @property
    def routes(self) -> Document:
        """Options of registry_route."""
        pair = {"certificate": self.certificate, "key": self.key}
        return {"default_route": True, "routes": [{"name": ROUTE, "hostname": HOSTNAME, "tls": pair}]}

    @property
    def credentials(self) -> Document:
        """Options of registry_credentials."""
        return {"credentials": {"s3": CREDENTIALS}}

    @property
    def workload(self) -> Document:
        """Options of registry_config."""
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
        claim = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": SIZE}}}
        return [
            _object("PersistentVolumeClaim", CLAIM, spec=claim),
            _object(
                "Secret",
                "image-registry-private-configuration-user",
                type="Opaque",
                data={f"REGISTRY_STORAGE_S3_{_key(name)}": _encoded(value) for name, value in CREDENTIALS.items()},
            ),
            _object(
                "Secret",
                f"{ROUTE}-tls",
                type="kubernetes.io/tls",
                data={"tls.crt": _encoded(self.certificate), "tls.key": _encoded(self.key)},
            ),
        ]

    @property
    def config(self) -> Document:
        """The Config, sparse: a JSON merge patch."""
        return {
            "apiVersion": "imageregistry.operator.openshift.io/v1",
            "kind": "Config",
            "metadata": {"name": "cluster"},
            "spec": {
                "managementState": "Managed",
                "storage": {"pvc": {"claim": CLAIM}, "managementState": "Unmanaged"},
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


def _object(kind: str, name: str, **content: Any) -> Document:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": NAMESPACE}, **content}


def _key(option: str) -> str:
    return option.replace("_", "").upper()


def _encoded(value: str) -> str:
    return base64.b64encode(value.encode()).decode()
