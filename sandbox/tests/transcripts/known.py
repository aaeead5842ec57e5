# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sandbox does not reproduce, each with its reason.

A replay that shows anything else than what is listed here fails, and so does one that shows the recorded values again:
then the entry has to go. Only where two controllers race may either of them win.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .comparison import Found


@dataclass(frozen=True)
class Known:
    """The values that the sandbox shows in place of the recorded ones, and why; of a race it does so now and then."""

    shown: tuple[Any, ...]
    reason: str
    race: bool = False


def _available(reason: str, text: str) -> list[str]:
    """ClusterOperator's Available without node-ca."""
    lines = [
        f"Available: {text}",
        "NodeCADaemonAvailable: The daemon set node-ca does not exist",
        "ImagePrunerAvailable: Pruner CronJob has been created",
    ]
    return ["False", reason, "\n".join(lines)]


def _progressing(reason: str, text: str) -> list[str]:
    """ClusterOperator's Progressing without node-ca."""
    return ["True", reason, f"Progressing: {text}\nNodeCADaemonProgressing: The daemon set node-ca does not exist"]


_NOT_COMPLETED = _progressing("DeploymentNotCompleted::NodeCADaemonNotFound", "The deployment has not completed")
_READY = _progressing("NodeCADaemonNotFound::Ready", "The registry is ready")
# Config's Progressing while a new rollout is noticed late.
_READY_AGAIN = (
    ["False", "Ready", "The registry is ready"],
    ["True", "DeploymentNotCompleted", "The deployment has not completed"],
    ["False", "Ready", "The registry is ready"],
)
_BAD_SCHEDULE = (
    "Error: unable to apply objects: failed to update object *v1.CronJob, Namespace=openshift-image-registry, "
    'Name=image-pruner: CronJob.batch "image-pruner" is invalid: spec.schedule: Invalid value: "not a cron": '
    "Expected exactly 5 fields, found 3: not a cron"
)
_NEWER_API = "the sandbox's API server is Kubernetes 1.20, the recordings' was 1.36"
_FRESH_NODE_CA = (
    "the recording's operator had not reported on node-ca before the registry was set up, and then two of its "
    "controllers wrote over each other; the stand-in has one loop and reports from the beginning"
)
_SLOW_SYNC = (
    "this sync of the recording's operator took 0.6 s after it had written the Deployment, so that it saw the new "
    "rollout at once; the stand-in most often shows the false Ready that the other recordings of such a change show, "
    "unless the Deployment controller answers before it looks"
)
_QUICK_REVERT = (
    "the operator takes back a foreign edit 0.1 s after it, in the recording and here; on a busy machine the "
    "Deployment controller has not answered by then"
)

_HOST_AT_ONCE = (
    "the recordings' cluster had no API server of OpenShift, and its router filled the host in after the creation; "
    "OpenShift's allocates it at the creation, and so does the sandbox"
)

_LATE_DEPLOYMENT = (
    "the Deployment controller of the recording had answered before the operator looked; on a busy machine it answers "
    "later here"
)
_OWN_STATUS = "The operator of the recording synced once more on its own write of the status."


_DEFAULT_ROUTE = {
    "host": "default-route-openshift-image-registry.apps.hold.example.com",
    "tls": {"termination": "reencrypt"},
    "to": {"kind": "Service", "name": "image-registry", "weight": 100},
    "wildcardPolicy": "None",
}


def _bound(mode: str, size: str) -> Known:
    """A claim that gets a volume."""
    bound = {"phase": "Bound", "accessModes": [mode], "capacity": {"storage": size}}
    reason = "nothing bound the recordings' claims, and their pods served nevertheless; here pods need a volume"
    return Known(({"phase": "Pending"}, bound), reason)


KNOWN_DIFFERENCES: dict[tuple[str, str, str, str], Known] = {
    **{
        (recording, place, "Route/default-route", "spec"): Known((_DEFAULT_ROUTE,), _HOST_AT_ONCE)
        for recording, place in (
            ("deployment-edited-and-deleted", "1"),
            ("replicas-and-route", "2"),
            ("setup-removed-to-serving", "2"),
        )
    },
    ("deployment-edited-and-deleted", "3", "Deployment/image-registry", "status.observedGeneration"): Known(
        (3,), _QUICK_REVERT, race=True
    ),
    ("deployment-edited-and-deleted", "3", "Config/cluster", "cond.Available"): Known((), _QUICK_REVERT, race=True),
    ("deployment-edited-and-deleted", "3", "ClusterOperator/image-registry", "Available"): Known(
        (), _QUICK_REVERT, race=True
    ),
    ("image-config", "2", "API", "refusal"): Known(
        (
            'The Image "cluster" is invalid: <nil>: Invalid value: "": '
            '"spec.registrySources" must not validate the schema (not)',
        ),
        f"{_NEWER_API}: without CEL the CRD says the same rule with `not`, and the server words it otherwise",
    ),
    ("invalid-specs", "4", "API", "refusal"): Known(
        (
            'The Config "cluster" is invalid: spec.replicas: Invalid value: "string": '
            'spec.replicas in body must be of type integer: "string"',
        ),
        f"{_NEWER_API}: it does not add that CEL rules were not checked",
    ),
    ("invalid-specs", "5", "API", "refusal"): Known(
        (
            'The Config "cluster" is invalid: spec.logLevel: Unsupported value: "Loud": '
            'supported values: "", "Normal", "Debug", "Trace", "TraceAll"',
        ),
        f"{_NEWER_API}: it does not add that CEL rules were not checked",
    ),
    ("pruner", "3", "ImagePruner/cluster", "status.cond.Degraded"): Known(
        (["True", "SyncError", _BAD_SCHEDULE],),
        f"{_NEWER_API}: it words the refusal of a schedule otherwise",
    ),
    ("pruner", "3", "ClusterOperator/image-registry", "Degraded"): Known(
        (["True", "ImagePrunerSyncError", f"ImagePrunerDegraded: {_BAD_SCHEDULE}"],),
        f"{_NEWER_API}: it words the refusal of a schedule otherwise",
    ),
    ("setup-removed-to-serving", "start", "Config/cluster", "cond.NodeCADaemonAvailable"): Known(
        (["False", "NotFound", "The daemon set node-ca does not exist"],),
        _FRESH_NODE_CA,
    ),
    ("setup-removed-to-serving", "start", "Config/cluster", "cond.NodeCADaemonProgressing"): Known(
        (["True", "NotFound", "The daemon set node-ca does not exist"],),
        _FRESH_NODE_CA,
    ),
    ("setup-removed-to-serving", "2", "Config/cluster", "cond.NodeCADaemonAvailable"): Known((), _FRESH_NODE_CA),
    ("setup-removed-to-serving", "2", "Config/cluster", "cond.NodeCADaemonProgressing"): Known((), _FRESH_NODE_CA),
    ("setup-removed-to-serving", "2", "ClusterOperator/image-registry", "Available"): Known(
        (
            _available("NoReplicasAvailable::NodeCADaemonNotFound", "The deployment does not have available replicas"),
            _available("MinimumAvailability::NodeCADaemonNotFound", "The registry has minimum availability"),
            _available("NodeCADaemonNotFound::Ready", "The registry is ready"),
        ),
        _FRESH_NODE_CA,
    ),
    ("setup-removed-to-serving", "2", "ClusterOperator/image-registry", "Progressing"): Known(
        (_NOT_COMPLETED, _READY),
        _FRESH_NODE_CA,
    ),
    ("setup-removed-to-serving", "2", "Image/cluster", "status"): Known(
        (
            {
                "externalRegistryHostnames": ["default-route-openshift-image-registry.apps.hold.example.com"],
                "imageStreamImportMode": "Legacy",
                "internalRegistryHostname": "image-registry.openshift-image-registry.svc:5000",
            },
        ),
        f"{_HOST_AT_ONCE}: on a busy machine the router has admitted the Route before the Image config is written",
        race=True,
    ),
    ("setup-removed-to-serving", "3", "Image/cluster", "status"): Known(
        ({"imageStreamImportMode": "Legacy"},),
        "the real operator's image config controller ran between the deletions of Service and Route and wrote twice; "
        "the stand-in has one loop in place of several controllers and mostly writes once, but twice when the watch "
        "tells it of the Route only after it has looked, as happens on a busy machine",
        race=True,
    ),
    ("truth-replicas-zero", "3", "Config/cluster", "cond.Progressing"): Known(
        _READY_AGAIN,
        _LATE_DEPLOYMENT,
        race=True,
    ),
    ("truth-replicas-zero", "3", "ClusterOperator/image-registry", "Progressing"): Known(
        (_READY, _NOT_COMPLETED, _READY), _LATE_DEPLOYMENT, race=True
    ),
    ("truth-routes-of-others", "2", "Image/cluster", "status"): Known(
        tuple(
            {
                "externalRegistryHostnames": ["default-route-openshift-image-registry.apps.hold.example.com", host],
                "imageStreamImportMode": "Legacy",
                "internalRegistryHostname": "image-registry.openshift-image-registry.svc:5000",
            }
            for host in ("mine.example.com", "other.example.com")
        ),
        "until the router has answered, a Route that was taken over still tells its former host; the recording's "
        "operator looked only after that",
        race=True,
    ),
    ("setup-removed-to-serving", "1", "PersistentVolumeClaim/registry", "status"): _bound("ReadWriteMany", "100Gi"),
    ("storage-naive-merge-then-switch-to-pvc", "2", "PersistentVolumeClaim/image-registry-storage", "status"): _bound(
        "ReadWriteMany", "100Gi"
    ),
    ("storage-pvc-rwo-two-replicas", "1", "PersistentVolumeClaim/rwo", "status"): _bound("ReadWriteOnce", "10Gi"),
    ("storage-s3-trusted-ca", "4", "Config/cluster", "cond.Progressing"): Known(
        _READY_AGAIN,
        _SLOW_SYNC,
        race=True,
    ),
    ("storage-s3-trusted-ca", "4", "ClusterOperator/image-registry", "Progressing"): Known(
        (_READY, _NOT_COMPLETED, _READY),
        _SLOW_SYNC,
        race=True,
    ),
    (
        "storage-s3-trusted-ca",
        "4",
        "Config/cluster",
        "order of cond.Available#1 and cond.StorageExists#2",
    ): Known(("second", "first"), _SLOW_SYNC, race=True),
    ("trusted-ca-late", "2", "Config/cluster", "cond.StorageExists"): Known(
        (["True", "S3 Bucket Exists", "User supplied S3 bucket exists and is accessible"],), _OWN_STATUS, race=True
    ),
    ("trusted-ca-late", "3", "Config/cluster", "cond.StorageExists"): Known(
        (["True", "S3 Bucket Exists", ""],), _OWN_STATUS, race=True
    ),
    ("trusted-ca-late", "4", "Config/cluster", "cond.StorageExists"): Known(
        (["True", "S3 Bucket Exists", "User supplied S3 bucket exists and is accessible"],), _OWN_STATUS, race=True
    ),
}
"""(recording, place, object, field) -> what is shown there."""


def is_known(recording: str, found: Found) -> bool:
    """Whether the difference is listed, with exactly these values."""
    known = KNOWN_DIFFERENCES.get(_key(recording, found))
    return known is not None and known.shown == found.difference.shown


def vanished(recording: str, found: list[Found]) -> list[tuple[str, str, str, str]]:
    """Listed differences of this recording that a replay did not show, races apart."""
    seen = {_key(recording, entry) for entry in found}
    return [
        key for key, known in KNOWN_DIFFERENCES.items() if key[0] == recording and key not in seen and not known.race
    ]


def _key(recording: str, found: Found) -> tuple[str, str, str, str]:
    return recording, found.place, found.difference.object, found.difference.field
