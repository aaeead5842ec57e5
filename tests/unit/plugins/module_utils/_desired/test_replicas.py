# SPDX-License-Identifier: GPL-3.0-or-later
"""Replicas and rollout strategy: whether the storage can serve as many pods, replaced in such a way."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLAIM

from tests.unit.builders import Manifest, claim, config, findings, removed_config, storage_class
from tests.unit.cases import CONFIG, Case, Situation, having

EMPTY_DIR = {"emptyDir": {}, "managementState": "Managed"}
ON_CLAIM = {"pvc": {"claim": "c"}, "managementState": "Unmanaged"}
RWO, RWX = claim("c", modes=["ReadWriteOnce"]), claim("c", modes=["ReadWriteMany"])
CLAIM_C = "PersistentVolumeClaim openshift-image-registry/c"
DEFAULT = storage_class("standard", default=True)


def on_claim(made: Manifest, /, live: dict[str, Any] | None = None, **given: Any) -> Situation:
    """Return a registry on the claim c, and what is declared."""
    return having(config(storage=ON_CLAIM, used=ON_CLAIM, **(live or {})), made, **given)


DEFAULT_RWO = claim(
    "image-registry-storage", modes=["ReadWriteOnce"], annotations={"imageregistry.openshift.io": "true"}
)
RECREATED: dict[str, Any] = {"rolloutStrategy": "Recreate"}
CASES = [
    Case(
        "fewer than none",
        CONFIG,
        "replicas",
        "-1",
        "0 or more",
        having(config(), replicas=-1),
        having(config(), replicas=1),
    ),
    Case(
        "more than the operator can count",
        CONFIG,
        "replicas",
        "2147483648",
        "up to 2147483647",
        having(config(), replicas=2**31),
        having(config(), replicas=2**31 - 1),
    ),
    Case(
        "none at all",
        CONFIG,
        "replicas",
        "0",
        "1 or more for a registry that serves",
        having(config(**RECREATED), replicas=0),
        having(config(**RECREATED), replicas=2),
        "warning",
    ),
    *[
        Case(
            f"no pods, {name}",
            CONFIG,
            "rollout_strategy",
            found,
            "Recreate, or 1 replica or more",
            bad,
            good,
            severity,
        )
        for name, found, bad, good, severity in (
            (
                "replaced one by one from then on",
                "RollingUpdate with 0 replicas",
                having(config(replicas=0, **RECREATED), rollout_strategy="RollingUpdate"),
                having(config(replicas=0, **RECREATED), rollout_strategy="RollingUpdate", replicas=1),
                "error",
            ),
            (
                "as it was when the registry was removed",
                "RollingUpdate with 0 replicas",
                having(removed_config(replicas=0, storage=ON_CLAIM), RWX, management_state="Managed"),
                having(removed_config(replicas=0, storage=ON_CLAIM), RWX, replicas=1, management_state="Managed"),
                "error",
            ),
            (
                "where something else changes",
                "RollingUpdate with 0 replicas",
                having(config(replicas=0, rolloutStrategy=""), log_level="Debug"),
                having(config(replicas=0, **RECREATED), log_level="Debug"),
                "warning",
            ),
        )
    ],
    Case(
        "emptyDir of several pods",
        CONFIG,
        "replicas",
        "2 with storage.empty_dir",
        "at most 1",
        having(config(storage=EMPTY_DIR), replicas=2),
        having(config(storage=EMPTY_DIR), replicas=1),
    ),
    Case(
        "several pods on the operator's claim that is there already",
        "PersistentVolumeClaim openshift-image-registry/image-registry-storage",
        "replicas",
        "2 with a claim that is ReadWriteOnce",
        "at most 1",
        having(config(replicas=2, **RECREATED), DEFAULT_RWO, storage={"pvc": {}}),
        having(config(replicas=2, **RECREATED), storage={"pvc": {}}),
    ),
    Case(
        "emptyDir for pods that are there",
        CONFIG,
        "replicas",
        "2 with storage.empty_dir",
        "at most 1",
        having(config(replicas=2), storage={"empty_dir": {}}, accept_data_loss=True),
        having(config(replicas=2), storage={"empty_dir": {}}, accept_data_loss=True, replicas=1),
    ),
    Case(
        "ReadWriteOnce and two pods",
        CLAIM_C,
        "replicas",
        "2 with a claim that is ReadWriteOnce",
        "at most 1",
        on_claim(RWO, RECREATED, replicas=2),
        on_claim(RWX, RECREATED, replicas=2),
    ),
    Case(
        "ReadWriteOnce and two pods that are there",
        CLAIM_C,
        "replicas",
        "2 with a claim that is ReadWriteOnce",
        "at most 1",
        having(config(replicas=2, **RECREATED), RWO, storage={"pvc": {"claim": "c"}}),
        having(config(replicas=2, **RECREATED), RWO, storage={"pvc": {"claim": "c"}}, replicas=1),
    ),
    Case(
        "ReadWriteOnce and RollingUpdate",
        CLAIM_C,
        "rollout_strategy",
        "RollingUpdate with a claim that is ReadWriteOnce",
        "Recreate",
        on_claim(RWO, {"replicas": 0}, replicas=1),
        on_claim(RWO, {"replicas": 0}, replicas=1, rollout_strategy="Recreate"),
    ),
    Case(
        "ReadWriteOnce and no strategy",
        CLAIM_C,
        "rollout_strategy",
        "RollingUpdate with a claim that is ReadWriteOnce",
        "Recreate",
        on_claim(RWO, {"replicas": 0, "rolloutStrategy": ""}, replicas=1),
        on_claim(RWO, {"replicas": 0, **RECREATED}, replicas=1),
    ),
    Case(
        "back to RollingUpdate",
        CLAIM_C,
        "rollout_strategy",
        "RollingUpdate",
        "Recreate",
        on_claim(RWO, RECREATED, rollout_strategy="RollingUpdate"),
        on_claim(RWX, RECREATED, rollout_strategy="RollingUpdate"),
    ),
    Case(
        "a ReadWriteOnce claim that is to be made",
        CLAIM_C,
        "replicas",
        "3 with a claim that is ReadWriteOnce",
        "at most 1",
        having(
            config(replicas=3, **RECREATED),
            DEFAULT,
            storage={"pvc": {"claim": "c", "size": "1Gi", "access_mode": "ReadWriteOnce"}},
        ),
        having(config(replicas=3, **RECREATED), DEFAULT, storage={"pvc": {"claim": "c", "size": "1Gi"}}),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_findings(case: Case) -> None:
    case.check()


def test_all_that_does_not_fit_is_told_at_once() -> None:
    problems = findings({"replicas": 2}, config(storage=ON_CLAIM), RWO)
    assert [problem.field for problem in problems] == ["replicas", "rollout_strategy"]


def test_a_problem_of_storage_and_replicas_is_told_once() -> None:
    given = {"replicas": 2, "storage": {"pvc": {"claim": "c"}}, "rollout_strategy": "Recreate"}
    problems = findings(given, config(storage=ON_CLAIM, used=ON_CLAIM), RWO)
    assert [problem.field for problem in problems] == ["replicas"]


def test_an_unfit_registry_that_stays_as_it_is_is_warned_of() -> None:
    (problem,) = findings({"replicas": 1}, config(storage=ON_CLAIM, used=ON_CLAIM), RWO)
    assert (problem.code, problem.severity) == ("rollout-needs-recreate", "warning")


def test_an_unfit_registry_can_be_changed_elsewhere() -> None:
    live = config(storage=ON_CLAIM, used=ON_CLAIM, replicas=2)
    assert findings({"default_route": True, "log_level": "Debug"}, live, RWO) == []


@pytest.mark.parametrize("modes", [["ReadWriteOnce", "ReadWriteMany"], ["ReadOnlyMany"], []], ids=str)
def test_only_a_claim_that_is_read_write_once_alone_limits_the_pods(modes: list[str]) -> None:
    live = config(storage=ON_CLAIM, used=ON_CLAIM)
    assert findings({"replicas": 2}, live, claim("c", modes=modes)) == []


def test_a_claim_that_may_not_be_read_is_not_guessed() -> None:
    live = config(storage=ON_CLAIM, used=ON_CLAIM)
    assert findings({"replicas": 3}, live, RWO, forbidden=[CLAIM("c")]) == []


def test_a_claim_that_is_missing_has_no_mode() -> None:
    assert findings({"replicas": 2}, config(storage=ON_CLAIM, used=ON_CLAIM)) == []
