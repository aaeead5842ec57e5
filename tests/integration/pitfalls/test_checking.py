# SPDX-License-Identifier: GPL-3.0-or-later
"""Pitfalls of checking what is declared: what only the operator refuses, and what neither it nor the API refuses."""

import pytest

from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import Document
from tests.integration.lab import Lab


@pytest.fixture(scope="module")
def serving(clean_module: Lab) -> Lab:
    """A registry that serves from a claim; refused tasks leave it so."""
    setups.serve_from_claim(clean_module, replicas=1)
    return clean_module


DAYS = "1d"
CLOUD_FRONT = {
    "base_url": "https://d111111abcdef8.cloudfront.net",
    "keypair_id": "APKAEXAMPLE",
    "private_key": {"name": "cloudfront", "key": "private.pem"},
    "duration": DAYS,
}


@pytest.mark.parametrize(
    ("module", "args", "field"),
    [
        (
            "registry_workload",
            {"requests": {"write": {"max_wait_in_queue": DAYS}}},
            "requests.write.max_wait_in_queue",
        ),
        (
            "registry_storage",
            {"storage": {"s3": {"bucket": "images", "region": "r", "cloud_front": CLOUD_FRONT}}},
            "storage.s3.cloud_front.duration",
        ),
    ],
)
def test_durations_are_taken_in_the_syntax_of_go_only(serving: Lab, module: str, args: Document, field: str) -> None:
    """The API server accepts `1d`, and the operator cannot decode the Config any more."""
    found = {finding["field"]: finding["found"] for finding in serving.refused(module, args)["findings"]}
    assert found[field] == "'1d'"
    answer = serving.api.patch(
        f"{paths.CONFIG}?dryRun=All", {"spec": {"requests": {"write": {"maxWaitInQueue": DAYS}}}}
    )
    assert answer["spec"]["requests"]["write"]["maxWaitInQueue"] == DAYS


NEEDS_MORE_THAN_A_DRY_RUN: dict[str, tuple[str, Document]] = {
    "claim of one node for two pods": (
        "registry",
        {"storage": {"pvc": {"claim": "block", "size": "1Gi", "access_mode": "ReadWriteOnce"}}, "replicas": 2},
    ),
    "route named twice": ("registry_routes", {"routes": [{"name": "one"}, {"name": "one"}]}),
    "route named as the default one": ("registry_routes", {"routes": [{"name": "default-route"}]}),
    "negative replicas": ("registry_replicas", {"replicas": -1}),
    "negative limit": ("registry_workload", {"requests": {"read": {"max_running": -1}}}),
}


@pytest.mark.parametrize("case", NEEDS_MORE_THAN_A_DRY_RUN)
def test_check_mode_finds_what_only_the_operator_would_refuse(serving: Lab, case: str) -> None:
    """A dry run knows the schema and its defaults, but none of the operator's own checks."""
    module, args = NEEDS_MORE_THAN_A_DRY_RUN[case]
    foretold = serving.refused(module, args, check=True)
    assert foretold["findings"] == serving.refused(module, args)["findings"]
    assert not any("dry run" in finding["remedy"] for finding in foretold["findings"])
