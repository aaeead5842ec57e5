# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of progress: at every change, and twice a minute while there is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import RolloutTimeout
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._rollout import wait as rollout
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import DONE, Expected, Verdict


class Pods(Expected):
    """As many pods as the Config of a snapshot says."""

    def refs(self) -> set[Ref]:
        return {CLUSTER_CONFIG}

    def verdict(self, seen: Snapshot) -> Verdict:
        config: Any = seen[CLUSTER_CONFIG]
        return DONE if config["pods"] == 2 else Verdict("waiting", f"{config['pods']} of 2 pods")


class Script:
    """Watches that show what is given: seconds that pass, and pods that are seen then (None: nothing changes)."""

    def __init__(self, *steps: tuple[float, int | None]):
        self._steps: Iterator[tuple[float, int | None]] = iter(steps)
        self._pods = 0
        self.now = 0.0
        self.unread: dict[Ref, Any] = {}

    def clock(self) -> float:
        return self.now

    def watches(self, *_arguments: Any) -> Script:
        return self

    def __enter__(self) -> Script:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def next_snapshot(self, seconds: float) -> Snapshot:
        passed, pods = next(self._steps, (seconds, None))
        self.now += min(passed, seconds)
        self._pods = self._pods if pods is None else pods
        return Snapshot({CLUSTER_CONFIG: {"pods": self._pods}})

    def get(self, _ref: Ref) -> dict[str, Any]:
        return {"pods": self._pods}


def lines(monkeypatch: pytest.MonkeyPatch, script: Script, timeout: float = 600) -> list[str]:
    told: list[str] = []
    monkeypatch.setattr(rollout, "Watches", script.watches)
    cluster: Any = script
    wait = rollout.Wait(cluster, [Pods()], (), timeout, 60, tell=told.append, clock=script.clock)
    try:
        wait.until_done()
    except RolloutTimeout:
        told.append("end")
    return told


def test_a_line_at_every_change(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script((1, 0), (2, 0), (3, 1), (4, 2))
    assert lines(monkeypatch, script) == [
        "1 s: 0 of 2 pods",
        "6 s: 1 of 2 pods",
        f"10 s: {DONE.why}",
    ]


def test_a_sign_of_life_while_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    told = lines(monkeypatch, Script((1, 0)), timeout=80)
    assert told == ["1 s: 0 of 2 pods", "31 s: 0 of 2 pods", "61 s: 0 of 2 pods", "end"]
