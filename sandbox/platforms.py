# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cluster of each platform starts with: the Config that the operator makes when there is none."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

FINALIZER = "imageregistry.operator.openshift.io/finalizer"
DEFAULT_CLAIM = "image-registry-storage"


@dataclass(frozen=True)
class Bootstrap:
    """The choices that depend on the platform.

    `claim_class` is the StorageClass of the ReadWriteOnce claim that the operator makes along with the Config.
    """

    storage: dict[str, Any] = field(default_factory=dict)
    management_state: str = "Managed"
    replicas: int = 1
    rollout_strategy: str = "RollingUpdate"
    claim_class: str | None = None


def _on_object_storage(backend: str) -> Bootstrap:
    return Bootstrap(storage={backend: {}}, replicas=2)


def _on_claim(storage_class: str) -> Bootstrap:
    return Bootstrap(storage={"pvc": {"claim": DEFAULT_CLAIM}}, rollout_strategy="Recreate", claim_class=storage_class)


_REMOVED = Bootstrap(management_state="Removed")
_PLATFORMS = {
    "AWS": _on_object_storage("s3"),
    "Azure": _on_object_storage("azure"),
    "GCP": _on_object_storage("gcs"),
    "IBMCloud": _on_object_storage("ibmcos"),
    "PowerVS": _on_object_storage("ibmcos"),
    # The sandbox has no Swift; with a usable one this would be swift {} and two replicas.
    "OpenStack": _on_claim("standard-csi"),
    "oVirt": _on_claim("ovirt-csi-sc"),
    "BareMetal": _REMOVED,
    "VSphere": _REMOVED,
    "None": _REMOVED,
    "Nutanix": _REMOVED,
    "KubeVirt": _REMOVED,
    "EquinixMetal": _REMOVED,
    "AlibabaCloud": _REMOVED,
    "External": _REMOVED,
    "Libvirt": Bootstrap(storage={"emptyDir": {}}),
}
PLATFORMS = tuple(_PLATFORMS)


def bootstrap(platform_type: str) -> Bootstrap:
    """Return the choices for a platform type; an unknown one gets emptyDir, as from the operator."""
    return _PLATFORMS.get(platform_type, _PLATFORMS["Libvirt"])


def bootstrap_config(platform_type: str, topology: str = "HighlyAvailable") -> dict[str, Any]:
    """Return the Config that the operator creates on a platform, serialised as the operator does.

    `platform_type` is status.platformStatus.type of the Infrastructure, `topology` its status.infrastructureTopology:
    on SingleReplica there is never more than one replica.
    """
    choice = bootstrap(platform_type)
    return {
        "apiVersion": "imageregistry.operator.openshift.io/v1",
        "kind": "Config",
        "metadata": {"name": "cluster", "finalizers": [FINALIZER]},
        "spec": {
            "logLevel": "Normal",
            "managementState": choice.management_state,
            "observedConfig": None,
            "operatorLogLevel": "Normal",
            "proxy": {},
            "replicas": min(choice.replicas, 1) if topology == "SingleReplica" else choice.replicas,
            "requests": {"read": {"maxWaitInQueue": "0s"}, "write": {"maxWaitInQueue": "0s"}},
            "rolloutStrategy": choice.rollout_strategy,
            "storage": deepcopy(choice.storage),
            "unsupportedConfigOverrides": None,
        },
    }


def platform_status(platform_type: str) -> dict[str, Any]:
    """Return status.platformStatus of the Infrastructure for a platform, with the region that AWS and GCP have."""
    status: dict[str, Any] = {"type": platform_type}
    if platform_type == "AWS":
        status["aws"] = {"region": "us-east-1"}
    if platform_type == "GCP":
        status["gcp"] = {"projectID": "sandbox", "region": "us-east1"}
    return status
