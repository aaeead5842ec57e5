# SPDX-License-Identifier: GPL-3.0-or-later
"""A kind of object more is one class: nothing of the collection has to know of it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import KINDS
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Form, manifest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.kind import Kind
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    CONFIG,
    DEPLOYMENT,
    Ref,
    Resource,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Order, Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import DONE, Expected, Verdict
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.held import Held
from ansible_collections.okd.image_registry.plugins.module_utils._work import writing

from tests.unit import builders
from tests.unit.tasks import done
from tests.unit.tinyapi import TinyApi

TOYS = Resource("ConfigMap", "", "v1", "configmaps", "toy")
TOY = TOYS("toy")
LIMIT_SECONDS = 10
# Set once a wait has seen that nobody plays.
MISSED = threading.Event()


@dataclass(frozen=True)
class Played(Expected):
    """Somebody plays with the toy."""

    def refs(self) -> set[Ref]:
        return {TOY}

    def verdict(self, seen: Snapshot) -> Verdict:
        labels = (seen[TOY] or {"metadata": {}})["metadata"].get("labels") or {}
        if labels.get("played") == "yes":
            return DONE
        MISSED.set()
        return Verdict("waiting", "nobody plays with the toy yet")


class Toy(Kind):
    """The ConfigMap `toy` of the namespace `toy`."""

    sections: ClassVar[dict[str, tuple[Field, ...]]] = {"toy": (Field("toy", "data", "dict", form=Form.MAP),)}
    ref = TOY
    root = ()

    def reads_first(self) -> set[Ref]:
        return {TOY}

    def wanted(self, seen: Snapshot) -> Iterable[Wanted]:
        body = manifest(self.sections["toy"], self.options, seen[TOY])
        return (Wanted(TOY, body, order=Order.AFTER_CONFIG),) if body else ()

    def expected(self, change: Change, seen: Snapshot) -> Iterable[Expected]:
        return [*map(Held, self.wanted(seen)), Played()]

    def mistakes(self) -> Iterator[Finding]:
        if "broken" in (self.options.get("toy") or {}):
            yield Finding("toy-broken", str(TOY), "toy", "a broken part", "whole parts", "Mend it.")


WORK = writing("toy", "toy", kinds=(*KINDS, Toy))
BOTH = writing("toy", "toy", "replicas", kinds=(*KINDS, Toy))


@pytest.fixture
def api() -> Iterator[TinyApi]:
    """An API server that holds a registry that serves."""
    MISSED.clear()
    with TinyApi() as server:
        server.put(CONFIG, builders.config())
        server.put(DEPLOYMENT, builders.deployment())
        yield server


def play(api: TinyApi) -> None:
    """Play with the toy as soon as that is missed."""
    assert MISSED.wait(LIMIT_SECONDS)
    toy = api.cluster().get(TOY)
    assert toy
    api.put(TOYS, toy | {"metadata": toy["metadata"] | {"namespace": "toy", "labels": {"played": "yes"}}})


def test_a_kind_is_written_waited_for_and_reported(api: TinyApi) -> None:
    player = threading.Thread(target=play, args=(api,))
    player.start()
    result = done(api, WORK, toy={"wheels": "4"})
    player.join()
    assert result["changed"], result
    assert [entry["state"] for entry in result["rollout"]["seen"]] == ["nobody plays with the toy yet", DONE.why]
    assert result["plan"] == [
        {"action": "create", "kind": "ConfigMap", "name": "toy", "namespace": "toy", "fields": ["data.wheels"]}
    ]
    assert result["diff"][0]["after"] == {"data": {"wheels": "4"}}
    assert result["registry"]["state"] == "Managed"
    assert api.written == [("create", TOY.path)]


def test_the_second_run_writes_nothing(api: TinyApi) -> None:
    done(api, WORK, toy={"wheels": "4"}, wait=False)
    api.written.clear()
    again = done(api, WORK, toy={"wheels": "4"}, wait=False)
    assert (again["changed"], again["plan"], api.written) == (False, [], [])
    changed = done(api, WORK, toy={"wheels": "3"}, wait=False)
    assert [step["action"] for step in changed["plan"]] == ["patch"]


def test_a_kind_is_written_after_the_config(api: TinyApi) -> None:
    result = done(api, BOTH, toy={"wheels": "4"}, replicas=2, wait=False)
    assert result["changed"], result
    assert api.written == [("patch", CLUSTER_CONFIG.path), ("create", TOY.path)]


def test_check_mode_predicts_a_kind_and_writes_nothing(api: TinyApi) -> None:
    result = done(api, WORK, check_mode=True, toy={"wheels": "4"})
    assert (result["changed"], [step["kind"] for step in result["plan"]]) == (True, ["ConfigMap"])
    assert api.written == []


def test_findings_of_a_kind_stop_the_task(api: TinyApi) -> None:
    result = done(api, WORK, toy={"broken": "yes"})
    assert (result["failed"], result["code"]) == (True, "refused")
    assert [finding["code"] for finding in result["findings"]] == ["toy-broken"]
    assert api.written == []
