# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings that differ from what the operator does by itself: all of them, and no others."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.replicas import ReplicasSection
from ansible_collections.okd.image_registry.plugins.module_utils._desired.routes import RoutesSection
from ansible_collections.okd.image_registry.plugins.module_utils._desired.workload import WorkloadSection
from ansible_collections.okd.image_registry.plugins.module_utils._report.settings import settings

from tests.unit.builders import config, options, removed_config

# A value of each option that differs from the default of the operator, in the terms of the API.
SET: dict[str, dict[str, Any]] = {
    "log_level": {"logLevel": "Debug"},
    "operator_log_level": {"operatorLogLevel": "Trace"},
    "rollout_strategy": {"rolloutStrategy": "Recreate"},
    "default_route": {"defaultRoute": True},
    "routes": {"routes": [{"name": "public"}]},
    "proxies.http": {"proxy": {"http": "http://proxy.example.com:3128"}},
    "proxies.https": {"proxy": {"https": "http://proxy.example.com:3128"}},
    "proxies.no_proxy": {"proxy": {"noProxy": ".example.com"}},
    "read_only": {"readOnly": True},
    "disable_redirect": {"disableRedirect": True},
    **{
        f"requests.{kind}.{option}": {"requests": {kind: {field: value}}}
        for kind in ("read", "write")
        for option, field, value in (
            ("max_running", "maxRunning", 5),
            ("max_in_queue", "maxInQueue", 5),
            ("max_wait_in_queue", "maxWaitInQueue", "30s"),
        )
    },
    "resources": {"resources": {"limits": {"cpu": "1"}}},
    "node_selector": {"nodeSelector": {"node-role.kubernetes.io/infra": ""}},
    "tolerations": {"tolerations": [{"operator": "Exists"}]},
    "affinity": {"affinity": {"nodeAffinity": {"a": "b"}}},
    "topology_spread_constraints": {"topologySpreadConstraints": [{"maxSkew": 1}]},
    "unsupported_config_overrides": {"unsupportedConfigOverrides": {"deployment": {"runtimeClassName": "x"}}},
}
NOT_TOLD = {"replicas", "http_secret", "rotate_http_secret"}


@pytest.mark.parametrize("option", SET)
def test_each_setting_is_told(option: str) -> None:
    (entry,) = settings(config(**SET[option]))
    (field,) = SET[option]
    assert entry["option"] == option
    assert entry["field"].startswith(f"spec.{field}")
    assert entry["value"] not in (None, "", {}, [])


def test_no_option_is_left_out() -> None:
    table = [field for section in (ReplicasSection, RoutesSection, WorkloadSection) for field in section.fields]
    assert {field.option for field in table} - NOT_TOLD == {option.split(".")[0] for option in SET}


@pytest.mark.parametrize("live", [config(), removed_config(), config(readOnly=False, tolerations=[], routes=[])])
def test_what_the_operator_does_anyway_is_no_setting(live: Any) -> None:
    assert settings(live) == []


def test_what_stops_pushes_comes_first() -> None:
    everything: dict[str, Any] = {}
    for spec in SET.values():
        everything.update(spec)
    told = [entry["option"] for entry in settings(config(**everything))]
    assert told[0] == "read_only"
    assert len(told) == len(everything)


def test_what_a_task_declares_is_told_from_what_it_does_not() -> None:
    live = config(readOnly=True, proxy={"http": "http://a.example.com", "https": "http://a.example.com"})
    given = options(proxies={"http": "http://a.example.com"})
    assert [(entry["option"], entry["declared"]) for entry in settings(live, given)] == [
        ("read_only", False),
        ("proxies.http", True),
        ("proxies.https", False),
    ]


def test_a_password_of_a_proxy_is_not_shown() -> None:
    (entry,) = settings(config(proxy={"http": "http://user:s3cr3t@proxy.example.com:3128"}))
    assert "s3cr3t" not in str(entry)
