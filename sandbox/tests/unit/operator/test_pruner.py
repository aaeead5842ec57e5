# SPDX-License-Identifier: GPL-3.0-or-later
"""The ImagePruner: its command, its CronJob and its conditions."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.operator.conditions import Condition
from sandbox.operator.errors import ApplyError, Undecodable
from sandbox.operator.pruner import BOOTSTRAPPED, cron_job, pruner_arguments, pruner_conditions

HOST = "image-registry.openshift-image-registry.svc:5000"


def flags(spec: dict[str, Any], host: str = HOST) -> dict[str, str]:
    return dict(item.removeprefix("--").split("=", 1) for item in pruner_arguments(spec, host) if item.startswith("--"))


def test_defaults() -> None:
    assert flags({}) == {
        "confirm": "true",
        "certificate-authority": "/var/run/configmaps/serviceca/service-ca.crt",
        "keep-tag-revisions": "3",
        "keep-younger-than": "60m",
        "ignore-invalid-refs": "false",
        "loglevel": "1",
        "prune-registry": "true",
        "registry-url": f"https://{HOST}",
    }


@pytest.mark.parametrize(
    ("spec", "flag", "value"),
    [
        ({"keepTagRevisions": 0}, "keep-tag-revisions", "0"),
        ({"keepYoungerThanDuration": "96h"}, "keep-younger-than", "96h0m0s"),
        ({"keepYoungerThanDuration": "60m", "keepYoungerThan": 1}, "keep-younger-than", "1h0m0s"),
        ({"keepYoungerThan": 60_000_000_000}, "keep-younger-than", "1m0s"),
        ({"ignoreInvalidImageReferences": True}, "ignore-invalid-refs", "true"),
        ({"logLevel": "Debug"}, "loglevel", "4"),
        ({"logLevel": "Trace"}, "loglevel", "6"),
        ({"logLevel": "TraceAll"}, "loglevel", "8"),
    ],
)
def test_settings(spec: dict[str, Any], flag: str, value: str) -> None:
    assert flags(spec)[flag] == value


def test_registry_that_is_not_there_is_not_pruned() -> None:
    assert flags({}, host="").items() >= {"prune-registry": "false"}.items()
    assert "registry-url" not in flags({}, host="")


def test_duration_that_go_refuses() -> None:
    with pytest.raises(Undecodable):
        pruner_arguments({"keepYoungerThanDuration": "1d"}, HOST)


@pytest.mark.parametrize(
    ("spec", "field", "value"),
    [
        ({}, "schedule", "0 0 * * *"),
        ({"schedule": "*/5 * * * *"}, "schedule", "*/5 * * * *"),
        ({}, "suspend", False),
        ({"suspend": True}, "suspend", True),
        ({"failedJobsHistoryLimit": 0}, "failedJobsHistoryLimit", 0),
        ({}, "successfulJobsHistoryLimit", 3),
    ],
)
def test_cron_job(spec: dict[str, Any], field: str, value: object) -> None:
    assert cron_job(spec, [])["spec"][field] == value


def test_bootstrapped_pruner_has_the_default_cron_job() -> None:
    assert cron_job(BOOTSTRAPPED["spec"], []) == cron_job({}, [])


def job(kind: str, when: str) -> dict[str, Any]:
    condition = {"type": kind, "status": "True", "reason": "BackoffLimitExceeded", "message": "it failed"}
    return {"status": {"conditions": [condition | {"lastTransitionTime": when}]}}


FAILED = Condition("True", "BackoffLimitExceeded", "it failed")
COMPLETE = Condition("False", "Complete", "Pruner completed successfully")


@pytest.mark.parametrize(
    ("jobs", "failed", "degraded"),
    [
        ([], COMPLETE, Condition("False", "AsExpected")),
        ([{"status": {}}], COMPLETE, Condition("False", "AsExpected")),
        ([job("Failed", "2026-01-02")], FAILED, Condition("True", "JobFailed", "it failed")),
        (
            [job("Failed", "2026-01-02"), job("Complete", "2026-01-01")],
            FAILED,
            Condition("True", "JobFailed", "it failed"),
        ),
        ([job("Failed", "2026-01-01"), job("Complete", "2026-01-02")], COMPLETE, Condition("False", "AsExpected")),
    ],
)
def test_newest_finished_job_counts(jobs: list[dict[str, Any]], failed: Condition, degraded: Condition) -> None:
    conditions = pruner_conditions({}, True, jobs, None)
    assert (conditions["Failed"], conditions["Degraded"]) == (failed, degraded)


def test_apply_error_wins_over_a_failed_job() -> None:
    conditions = pruner_conditions({}, True, [job("Failed", "2026-01-01")], ApplyError("no"))
    assert conditions["Degraded"] == Condition("True", "SyncError", "Error: no")


@pytest.mark.parametrize(
    ("spec", "exists", "available", "scheduled"),
    [
        ({}, True, "AsExpected", "Scheduled"),
        ({"suspend": True}, True, "AsExpected", "Suspended"),
        ({"suspend": False}, False, "Error", "Scheduled"),
    ],
)
def test_available_and_scheduled(spec: dict[str, Any], exists: bool, available: str, scheduled: str) -> None:
    conditions = pruner_conditions(spec, exists, [], None)
    assert (conditions["Available"].reason, conditions["Scheduled"].reason) == (available, scheduled)
