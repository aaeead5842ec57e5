# SPDX-License-Identifier: GPL-3.0-or-later
"""The ImagePruner: its CronJob, its conditions and what it is when nobody has made one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from . import durations, names
from .conditions import Condition
from .errors import ApplyError, Undecodable
from .quantities import canonical_resources

Spec = Mapping[str, Any]
Object = dict[str, Any]

DEFAULT_SCHEDULE = "0 0 * * *"
DEFAULT_KEEP_YOUNGER_THAN = "60m"
DEFAULT_RESOURCES = {"requests": {"cpu": "100m", "memory": "256Mi"}}
SERVICE_CA_FILE = "/var/run/configmaps/serviceca/service-ca.crt"
RETRY_SCRIPT = 'for try in 1 2 3 4 5; do "$@" && exit 0; sleep 10; done; exit 1'
_LOG_LEVELS = {"Debug": 4, "Trace": 6, "TraceAll": 8}

BOOTSTRAPPED: Object = {
    "kind": "ImagePruner",
    "metadata": {"name": names.CLUSTER},
    "spec": {
        "schedule": "",
        "suspend": False,
        "keepTagRevisions": 3,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 3,
        "ignoreInvalidImageReferences": True,
        "logLevel": "Normal",
    },
}


def pruner_arguments(spec: Spec, registry_hostname: str) -> list[str]:
    """The command of the pruning job; raises Undecodable for a duration that Go cannot read."""
    arguments = [
        "oc",
        "adm",
        "prune",
        "images",
        "--confirm=true",
        f"--certificate-authority={SERVICE_CA_FILE}",
        f"--keep-tag-revisions={_given(spec, 'keepTagRevisions', 3)}",
        f"--keep-younger-than={_keep_younger_than(spec)}",
        f"--ignore-invalid-refs={str(spec.get('ignoreInvalidImageReferences', False)).lower()}",
        f"--loglevel={_LOG_LEVELS.get(spec.get('logLevel', ''), 1)}",
    ]
    if not registry_hostname:
        return [*arguments, "--prune-registry=false"]
    return [*arguments, "--prune-registry=true", f"--registry-url=https://{registry_hostname}"]


def _given(spec: Spec, key: str, default: Any) -> Any:
    return default if spec.get(key) is None else spec[key]


def _keep_younger_than(spec: Spec) -> str:
    if spec.get("keepYoungerThanDuration"):
        try:
            return durations.render(durations.parse(spec["keepYoungerThanDuration"]))
        except ValueError as error:
            raise Undecodable(str(error)) from error
    if spec.get("keepYoungerThan"):
        return durations.render(spec["keepYoungerThan"])
    return DEFAULT_KEEP_YOUNGER_THAN


def cron_job(spec: Spec, arguments: list[str]) -> Object:
    """The desired CronJob."""
    return {
        "kind": "CronJob",
        "metadata": {"name": names.PRUNER, "namespace": names.NAMESPACE},
        "spec": {
            "schedule": spec.get("schedule") or DEFAULT_SCHEDULE,
            "suspend": _given(spec, "suspend", False),
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 3600,
            "successfulJobsHistoryLimit": _given(spec, "successfulJobsHistoryLimit", 3),
            "failedJobsHistoryLimit": _given(spec, "failedJobsHistoryLimit", 3),
            "jobTemplate": {
                "metadata": {"labels": {"created-by": names.PRUNER}},
                "spec": {
                    "backoffLimit": 0,
                    "template": {"metadata": {"labels": {"app": names.PRUNER}}, "spec": _pod(spec, arguments)},
                },
            },
        },
    }


def _pod(spec: Spec, arguments: list[str]) -> Object:
    container = {
        "name": names.PRUNER,
        "image": names.PRUNER_IMAGE,
        "command": ["/bin/sh"],
        "args": ["-c", RETRY_SCRIPT, "arg0", *arguments],
        "resources": canonical_resources(spec.get("resources") or DEFAULT_RESOURCES),
        "volumeMounts": [{"name": names.SERVICE_CA, "mountPath": "/var/run/configmaps/serviceca", "readOnly": True}],
    }
    pod = {
        "restartPolicy": "Never",
        "serviceAccountName": names.PRUNER_SERVICE_ACCOUNT,
        "containers": [container],
        "volumes": [{"name": names.SERVICE_CA, "configMap": {"name": names.SERVICE_CA}}],
    }
    placement = {key: spec[key] for key in ("affinity", "nodeSelector", "tolerations") if spec.get(key)}
    return pod | placement


def pruner_conditions(
    spec: Spec, exists: bool, jobs: Iterable[Mapping[str, Any]], error: ApplyError | None
) -> dict[str, Condition]:
    """Conditions of the ImagePruner by type; `exists` tells whether its CronJob does.

    The operator takes any finished Job of the namespace for the pruner's last one.
    """
    failure = _last_failure(jobs)
    return {
        "Available": Condition("True", "AsExpected", "Pruner CronJob has been created")
        if exists
        else Condition("False", "Error", "Pruner CronJob does not exist"),
        "Failed": failure or Condition("False", "Complete", "Pruner completed successfully"),
        "Scheduled": Condition("False", "Suspended", "The pruner job has been suspended")
        if spec.get("suspend")
        else Condition("True", "Scheduled", "The pruner job has been scheduled"),
        "Degraded": _degraded(error, failure),
    }


def _degraded(error: ApplyError | None, failure: Condition | None) -> Condition:
    if error is not None:
        return Condition("True", "SyncError", f"Error: {error}")
    if failure is not None:
        return Condition("True", "JobFailed", failure.message)
    return Condition("False", "AsExpected")


def _last_failure(jobs: Iterable[Mapping[str, Any]]) -> Condition | None:
    ends = [
        (condition.get("lastTransitionTime", ""), condition)
        for job in jobs
        for condition in (job.get("status") or {}).get("conditions") or []
        if condition["type"] in ("Complete", "Failed") and condition["status"] == "True"
    ]
    if not ends:
        return None
    _, last = max(ends, key=lambda end: end[0])
    if last["type"] == "Complete":
        return None
    return Condition("True", last.get("reason", ""), last.get("message", ""))
