# SPDX-License-Identifier: GPL-3.0-or-later
"""Module registry_replicas: how many pods serve, and how they are replaced."""

import pytest

from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import is_ready
from tests.integration.lab import Lab, warnings
from tests.integration.prediction import converge

REPLICAS = "registry_replicas"


@pytest.fixture(scope="module")
def module_serving(clean_module: Lab) -> Lab:
    setups.serve_from_claim(clean_module)
    return clean_module


@pytest.fixture
def serving(module_serving: Lab) -> Lab:
    """Two pods serve from a claim that they share, whatever the test before has left."""
    setups.serve(module_serving, {"replicas": 2, "rolloutStrategy": "RollingUpdate"})
    return module_serving


def test_pods_are_added_and_taken_away(serving: Lab) -> None:
    for wanted in (3, 1, 2):
        result = converge(serving, REPLICAS, {"replicas": wanted})
        assert [(step["kind"], step["fields"]) for step in result["plan"]] == [("Config", ["spec.replicas"])]
        pods = [pod for pod in serving.api.items(paths.REGISTRY_PODS) if not pod["metadata"].get("deletionTimestamp")]
        assert [is_ready(pod) for pod in pods] == [True] * wanted
        assert result["registry"]["replicas"] == {"wanted": wanted, "ready": wanted}


def test_strategy_alone(serving: Lab) -> None:
    result = converge(serving, REPLICAS, {"rollout_strategy": "Recreate"})
    assert result["plan"][0]["fields"] == ["spec.rolloutStrategy"]
    assert serving.api.read(paths.DEPLOYMENT)["spec"]["strategy"]["type"] == "Recreate"
    converge(serving, REPLICAS, {"rollout_strategy": "RollingUpdate", "replicas": 2})
    assert serving.api.read(paths.DEPLOYMENT)["spec"]["strategy"]["type"] == "RollingUpdate"


def test_no_pod_at_all_is_possible_with_a_warning(serving: Lab) -> None:
    result = converge(serving, REPLICAS, {"replicas": 0, "rollout_strategy": "Recreate"})
    assert serving.api.items(paths.REGISTRY_PODS) == []
    assert any("No pod will serve images" in text for text in warnings(result))
    converge(serving, REPLICAS, {"replicas": 2, "rollout_strategy": "RollingUpdate"})
