# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: replicas, rollout strategy, management state, and options that do not exist."""

from tests.integration.bad_input.case import CONFIG, Case, claim

_REPLICAS = "registry_replicas"

CASES = [
    Case(
        "replicas-negative",
        _REPLICAS,
        {"replicas": -1},
        (CONFIG, "replicas"),
        ("has -1", "0 or more", "Give the number of pods"),
    ),
    Case(
        "replicas-beyond-int32",
        _REPLICAS,
        {"replicas": 2**31},
        (CONFIG, "replicas"),
        ("has 2147483648", "up to 2147483647", "Give the number of pods"),
    ),
    Case(
        "replicas-none-rolled",
        _REPLICAS,
        {"replicas": 0},
        (CONFIG, "rollout_strategy"),
        ("RollingUpdate with 0 replicas", "Recreate, or 1 replica or more", "[no-replicas-without-recreate]"),
        "bucket",
    ),
    Case(
        "replicas-in-words",
        _REPLICAS,
        {"replicas": "two"},
        (f"Module {_REPLICAS}", "replicas"),
        ('the text "two"', "a whole number"),
    ),
    Case(
        "strategy-unknown",
        _REPLICAS,
        {"rollout_strategy": "Rolling"},
        None,
        ("value of rollout_strategy must be one of: RollingUpdate, Recreate", "got: Rolling"),
    ),
    Case(
        "block-claim-scaled-up",
        _REPLICAS,
        {"replicas": 3},
        (claim("block"), "replicas"),
        ("3 with a claim that is ReadWriteOnce", "at most 1", "use a claim that is ReadWriteMany"),
        "block",
    ),
    Case(
        "block-claim-rolled",
        _REPLICAS,
        {"rollout_strategy": "RollingUpdate"},
        (claim("block"), "rollout_strategy"),
        ("RollingUpdate with a claim that is ReadWriteOnce", "needs Recreate"),
        "block",
    ),
    Case(
        "disks-scaled-up",
        _REPLICAS,
        {"replicas": 2},
        (CONFIG, "replicas"),
        ("2 with storage.empty_dir", "at most 1"),
        "disks",
    ),
    Case(
        "state-unknown",
        "registry",
        {"management_state": "Present"},
        None,
        ("value of management_state must be one of: Managed, Unmanaged, Removed", "got: Present"),
    ),
    Case(
        "storage-state-unknown",
        "registry_storage",
        {"storage": {"management_state": "Removed"}},
        None,
        ("value of management_state must be one of: Managed, Unmanaged", "got: Removed", "found in storage"),
    ),
    Case(
        "option-of-another-module",
        _REPLICAS,
        {"replicas": 2, "default_route": True},
        None,
        ("Unsupported parameters", "default_route", "replicas, rollout_strategy"),
    ),
    Case(
        "option-misspelt",
        "registry",
        {"defaultRoute": True},
        None,
        ("Unsupported parameters", "defaultRoute", "default_route"),
    ),
    Case(
        "route-option-misspelt",
        "registry_routes",
        {"routes": [{"name": "public", "host": "registry.example.com"}]},
        None,
        ("Unsupported parameters", "routes.host", "hostname"),
    ),
    Case(
        "config-not-there",
        "registry",
        {"management_state": "Managed", "replicas": 2},
        (CONFIG, "metadata.name"),
        ("no such object", "the Config that the image registry operator creates", "capability ImageRegistry"),
        "absent",
    ),
]
