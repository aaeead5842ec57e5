# SPDX-License-Identifier: GPL-3.0-or-later
"""A registry that serves, as the state from which most cases start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.knobs import IN_FORCE, fingerprint
from sandbox.tests.operator_cases.watching import BASELINE, patch, reaches
from tests.integration import api as paths
from tests.integration.api import Document
from tests.integration.lab import Lab
from tests.integration.setups import wait_served

STORAGE: dict[str, Any] = {"emptyDir": {}, "managementState": "Managed"}
SERVING = {"managementState": "Managed", "replicas": 1, "rolloutStrategy": "RollingUpdate", "storage": STORAGE}
_KEPT = ("httpSecret", "logLevel", "operatorLogLevel")
_GENERATED_SECRETS = ("image-registry-private-configuration", "installation-pull-secrets")


@pytest.fixture
def knobs(knobs: Callable[..., None], lab: Lab) -> Callable[..., None]:
    """Set knobs and wait until the stand-ins act by them, because a case looks at the very next sync."""

    def change(**settings: object) -> None:
        knobs(**settings)
        lab.api.wait_for(paths.KNOBS, _are_in_force)

    return change


def _are_in_force(config_map: Document) -> bool:
    annotations = config_map["metadata"].get("annotations") or {}
    return bool(annotations.get(IN_FORCE) == fingerprint(config_map.get("data") or {}))


@pytest.fixture
def serving(clean_module: Lab, knobs: Callable[..., None]) -> Lab:
    """One replica on emptyDir that serves, nothing else; quicker than a fresh cluster for each case."""
    lab = clean_module
    knobs(podReadyDelay=0.05)
    # An operator that is not through with the case before may write its own copy of the spec over the patch.
    reaches(lab, {})
    patch(lab, **_over(lab.spec()))
    reaches(lab, BASELINE)
    for claim in lab.api.items(paths.CLAIMS):
        lab.api.delete(f"{paths.CLAIMS}/{claim['metadata']['name']}")
    for secret in lab.api.items(paths.SECRETS):
        if secret["metadata"]["name"] not in _GENERATED_SECRETS:
            lab.api.delete(f"{paths.SECRETS}/{secret['metadata']['name']}")
    wait_served(lab)
    return lab


def _over(spec: dict[str, Any]) -> dict[str, Any]:
    """A merge patch that leaves nothing of a spec but what a serving registry needs."""
    storage = dict.fromkeys(spec["storage"]) | STORAGE
    return {key: None for key in spec if key not in _KEPT} | SERVING | {"storage": storage}
