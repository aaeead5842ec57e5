# SPDX-License-Identifier: GPL-3.0-or-later
"""When a fresh cluster is ready to be used."""

import pytest

from sandbox.cleanstate import Document, missing


def synced(**conditions: str) -> Document:
    listed = [{"type": name, "status": status} for name, status in conditions.items()]
    return {"metadata": {"generation": 2}, "status": {"observedGeneration": 2, "conditions": listed}}


CONFIG = synced(Available="True", Removed="True")
PRUNER = synced(Available="True")
OPERATOR = {"metadata": {"generation": 1}, "status": {"conditions": [{"type": "Available", "status": "True"}]}}
BEHIND = {"metadata": {"generation": 2}, "status": {"observedGeneration": 1}}


def test_nothing_is_missing_when_the_operator_has_reported_everything() -> None:
    assert missing("None", CONFIG, PRUNER, OPERATOR) is None


@pytest.mark.parametrize(
    ("config", "pruner", "operator", "reason"),
    [
        (None, PRUNER, OPERATOR, "no Config yet"),
        (CONFIG, None, OPERATOR, "no ImagePruner yet"),
        ({"metadata": {"generation": 1}}, PRUNER, OPERATOR, "Config not synced yet"),
        (BEHIND, PRUNER, OPERATOR, "Config not synced yet"),
        (CONFIG, BEHIND, OPERATOR, "ImagePruner not synced yet"),
        (synced(), PRUNER, OPERATOR, "Config does not report Removed"),
        (synced(Removed="False"), PRUNER, OPERATOR, "Config does not report Removed"),
        (CONFIG, synced(Available="False"), OPERATOR, "ImagePruner does not report Available"),
        (CONFIG, PRUNER, None, "ClusterOperator does not report Available"),
        (CONFIG, PRUNER, {"metadata": {}, "status": {}}, "ClusterOperator does not report Available"),
    ],
)
def test_what_is_missing_is_named(
    config: Document | None, pruner: Document | None, operator: Document | None, reason: str
) -> None:
    assert missing("None", config, pruner, operator) == reason


def test_managed_platform_is_ready_when_it_was_synced_even_if_it_cannot_serve() -> None:
    unavailable = {"metadata": {}, "status": {"conditions": [{"type": "Available", "status": "False"}]}}
    assert missing("AWS", synced(Available="False"), PRUNER, unavailable) is None
    assert missing("AWS", synced(), PRUNER, unavailable) == "Config does not report Available"
