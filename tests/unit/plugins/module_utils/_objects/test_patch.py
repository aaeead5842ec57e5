# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches: what counts as equal, and the smallest patch for what does not."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.config import RULES
from ansible_collections.okd.image_registry.plugins.module_utils._objects.patch import (
    merge_patch,
    merged,
    project,
    whole,
    without,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import nested

from tests.unit.builders import config

case = pytest.param
UNSET: list[Any] = [None, False, 0, "", [], {}]


def patched(want: Any, have: Any) -> dict[str, Any] | None:
    """Return the patch for a Config."""
    return merge_patch(want, have, RULES)


def at(path: str, value: Any) -> dict[str, Any]:
    """Return value below the keys of a dotted path."""
    return nested(tuple(path.split(".")), value)


@pytest.mark.parametrize("have", UNSET, ids=repr)
@pytest.mark.parametrize("want", UNSET, ids=repr)
def test_every_spelling_of_unset_is_equal(want: Any, have: Any) -> None:
    assert patched({"spec": {"proxy": want}}, {"spec": {"proxy": have}}) is None
    assert patched({"spec": {"proxy": want}}, {"spec": {}}) is None


@pytest.mark.parametrize(
    ("path", "want", "have"),
    [
        case("spec.resources.requests.cpu", "0.5", "500m", id="cpu in canonical form"),
        case("spec.resources.requests.cpu", "500m", "0.5", id="cpu the other way round"),
        case("spec.resources.limits.memory", "1024Mi", "1Gi", id="memory in canonical form"),
        case("spec.resources.requests.storage", "100Gi", "107374182400", id="size in bytes"),
        case("spec.resources.requests.storage", "1e3", "1k", id="exponent"),
        case("spec.resources.requests.cpu", 1, "1", id="number for a quantity"),
        case("spec.resources.requests.cpu", "", None, id="no quantity"),
        case("apiVersion", "v1", "v1", id="a field of the object itself"),
        case("spec.requests.read.maxWaitInQueue", "60m", "1h0m0s", id="duration in canonical form"),
        case("spec.requests.read.maxWaitInQueue", "0s", None, id="zero duration"),
        case("spec.requests.write.maxWaitInQueue", "1.5h", "90m", id="fraction of an hour"),
        case("spec.storage.s3.cloudFront.duration", "1200s", "20m", id="CloudFront's duration"),
        case("spec.storage.s3.cloudFront.duration", "1µs", "1000ns", id="micro sign"),
        case("spec.storage.s3.cloudFront.duration", "1\u03bcs", "1us", id="Greek mu"),
        case("spec.storage.s3", {"bucket": "b"}, {"bucket": "b", "encrypt": False}, id="zero value added in a backend"),
        case("spec.storage.s3", {"trustedCA": {"name": ""}}, {}, id="unset trusted CA in a backend"),
        case("spec.routes", [{"name": "a"}], [{"name": "a", "hostname": ""}], id="zero value in a list item"),
    ],
)
def test_equal_values_make_no_patch(path: str, want: Any, have: Any) -> None:
    assert patched(at(path, want), at(path, have)) is None


@pytest.mark.parametrize(
    ("path", "want", "have"),
    [
        case("spec.replicas", 2, 1, id="number"),
        case("spec.replicas", 0, 1, id="zero for a number"),
        case("spec.defaultRoute", False, True, id="false for true"),
        case("spec.rolloutStrategy", "Recreate", "RollingUpdate", id="word"),
        case("spec.storage.s3.bucket", "Bucket", "bucket", id="case of a word"),
        case("spec.storage.s3.bucket", "bücket", "bu\u0308cket", id="unicode is not normalised"),
        case("spec.resources.requests.storage", "200Gi", "100Gi", id="quantity"),
        case("spec.resources.requests.storage", "100G", "100Gi", id="decimal and binary unit"),
        case("spec.resources.requests.storage", "much", "100Gi", id="no quantity at all"),
        case("spec.resources.requests.cpu", "9" * 60, "9" * 59, id="huge quantity"),
        case("spec.resources.requests.cpu", "0", None, id="quantity of nothing"),
        case("spec.requests.read.maxWaitInQueue", "61m", "1h", id="duration"),
        case("spec.requests.read.maxWaitInQueue", "1d", "24h", id="not a Go duration"),
        case("spec.storage.s3.regionEndpoint", "1h0m", "60m", id="a duration elsewhere is a word"),
        case("spec.routes", [{"name": "a"}, {"name": "b"}], [{"name": "b"}, {"name": "a"}], id="order of a list"),
        case("spec.routes", [], [{"name": "a"}], id="empty list"),
        case("spec.routes", [{"name": "a"}], [{"name": "a", "hostname": "h"}], id="field less in a list item"),
        case("spec.routes", [{"name": "a"}], None, id="list for nothing"),
        case("spec.nodeSelector", {"infra": ""}, {}, id="a label without a value"),
        case("spec.tolerations", [{"tolerationSeconds": 0}], [{}], id="to evict at once is not to stay"),
        case(
            "spec.topologySpreadConstraints",
            [{"topologyKey": "zone", "labelSelector": {}}],
            [{"topologyKey": "zone"}],
            id="to select all pods is not to select none",
        ),
        case("spec.tolerations", [{}], [], id="one item without fields"),
    ],
)
def test_a_value_that_differs_is_the_whole_patch(path: str, want: Any, have: Any) -> None:
    assert patched(at(path, want), at(path, have)) == at(path, want)


@pytest.mark.parametrize(
    ("want", "have", "patch"),
    [
        case({"emptyDir": {}}, {}, {"emptyDir": {}}, id="an empty backend is set"),
        case({"emptyDir": {}}, {"emptyDir": {}}, None, id="an empty backend that is there"),
        case({"emptyDir": {}}, {"emptyDir": None}, {"emptyDir": {}}, id="an empty backend that is null"),
        case({"pvc": {}}, {"pvc": {"claim": "mine"}}, None, id="an empty backend names no field"),
        case({"emptyDir": None}, {"emptyDir": {}}, {"emptyDir": None}, id="an empty backend is removed"),
        case({"emptyDir": None}, {}, None, id="a removed backend that is not there"),
        case({"s3": None}, {"s3": {"encrypt": False}}, {"s3": None}, id="a backend of zero values is removed"),
        case(
            {"emptyDir": None, "pvc": {"claim": "c"}, "managementState": None},
            {"emptyDir": {}, "managementState": "Managed"},
            {"emptyDir": None, "pvc": {"claim": "c"}, "managementState": None},
            id="a switch",
        ),
        case({"managementState": None}, {"managementState": ""}, None, id="an empty string is removed already"),
    ],
)
def test_backend_keys_count_even_when_empty(want: Any, have: Any, patch: Any) -> None:
    assert patched({"spec": {"storage": want}}, {"spec": {"storage": have}}) == (patch and {"spec": {"storage": patch}})


@pytest.mark.parametrize("live", [None, {}, {"spec": None}, {"spec": "text"}, {"spec": []}], ids=repr)
def test_odd_live_objects_count_as_empty(live: Any) -> None:
    assert patched({"spec": {"replicas": 2}}, live) == {"spec": {"replicas": 2}}


def test_only_what_differs_is_in_the_patch() -> None:
    live = config(replicas=1, defaultRoute=True)
    desired = {"spec": {"replicas": 2, "defaultRoute": True, "storage": {"emptyDir": {}}, "routes": []}}
    assert patched(desired, live) == {"spec": {"replicas": 2, "storage": {"emptyDir": {}}}}


@pytest.mark.parametrize(
    ("declared", "live", "patch"),
    [
        case({"a": "x"}, {"a": "x", "b": "y"}, {"a": "x", "b": None}, id="a key that is not declared"),
        case({"a": "x"}, {"b": "y"}, {"a": "x", "b": None}, id="another key"),
        case({"a": "x"}, None, {"a": "x"}, id="nothing is there"),
        case({}, {"b": "y"}, {}, id="nothing is declared"),
        case({"m": {"a": 1}}, {"m": {"a": 2, "b": 3}}, {"m": {"a": 1, "b": None}}, id="a key below"),
        case({"m": {}}, {"m": {"b": 3}}, {"m": None}, id="an empty map below"),
        case({"m": {"a": 1}}, {}, {"m": {"a": 1}}, id="a map that is new"),
        case({"a": ""}, {"a": "x"}, {"a": ""}, id="an empty value is a value"),
        case({"l": [{}]}, {"l": [1]}, {"l": [{}]}, id="a list is one value"),
    ],
)
def test_a_map_declared_as_a_whole(declared: Any, live: Any, patch: Any) -> None:
    assert whole(declared, live) == patch


@pytest.mark.parametrize(
    ("body", "part", "left"),
    [
        case({"m": {"a": 1}, "b": 2}, {"m": {"a": 1}}, {"b": 2}, id="a map of which nothing is left"),
        case({"m": {"a": 1, "b": 2}}, {"m": {"a": 1, "c": 3}}, {"m": {"b": 2}}, id="a key below"),
        case({"a": 1}, {"a": 2}, {"a": 1}, id="another value"),
        case({"a": None}, {"a": 1}, {"a": None}, id="a key to remove"),
        case({"a": None, "b": {}}, {}, {"a": None, "b": {}}, id="nothing in common"),
        case({"m": {"a": 1}}, {"m": 1}, {"m": {"a": 1}}, id="an object for a word"),
    ],
)
def test_what_another_object_does_not_say_alike(body: Any, part: Any, left: Any) -> None:
    assert without(body, part) == left


@pytest.mark.parametrize(
    ("managed", "source", "part"),
    [
        case({"a": {"b": 1}}, {"a": {"b": 2, "c": 3}, "d": 4}, {"a": {"b": 2}}, id="only managed keys"),
        case({"a": {"b": 1}}, {"a": {}}, {"a": {}}, id="absent key"),
        case({"a": 1, "b": 1}, {"b": 2}, {"b": 2}, id="a key after an absent one"),
        case({"a": {"b": 1}}, None, {}, id="no object"),
        case({"a": None}, {"a": {"b": 1}}, {"a": {"b": 1}}, id="a removed key shows what it had"),
        case({"a": None}, {"a": None}, {}, id="a key that is null"),
        case({"a": {}}, {"a": {"b": 1}}, {"a": {"b": 1}}, id="an empty object shows all"),
        case({"a": {"b": 1}}, {"a": "text"}, {"a": {}}, id="a word for an object"),
        case({"a": [1]}, {"a": [1, 2]}, {"a": [1, 2]}, id="a list is one value"),
    ],
)
def test_project_keeps_what_is_managed(managed: Any, source: Any, part: Any) -> None:
    assert project(managed, source) == part


@pytest.mark.parametrize(
    ("live", "patch", "result"),
    [
        case({"a": 1, "b": 2}, {"a": None}, {"b": 2}, id="null removes"),
        case({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}, id="objects are merged"),
        case({"a": [1, 2]}, {"a": [3]}, {"a": [3]}, id="lists are replaced"),
        case({"a": 1}, {"a": {"b": None, "c": 1}}, {"a": {"c": 1}}, id="an object for a word, without its nulls"),
        case(None, {"a": 1}, {"a": 1}, id="no object before"),
    ],
)
def test_merged_is_what_the_api_server_makes_of_a_patch(live: Any, patch: Any, result: Any) -> None:
    assert merged(live, patch) == result


def test_merged_leaves_its_inputs_alone() -> None:
    live, patch = {"a": {"b": [1]}}, {"a": {"c": [2]}}
    result = merged(live, patch)
    result["a"]["b"].append(3)
    result["a"]["c"].append(3)
    assert (live, patch) == ({"a": {"b": [1]}}, {"a": {"c": [2]}})


def test_without_rules_only_plain_values_are_compared() -> None:
    assert merge_patch({"spec": {"cpu": "1"}}, {"spec": {"cpu": "1000m"}}) == {"spec": {"cpu": "1"}}
    assert merge_patch({"spec": {"below": {}}}, {"spec": {}}) is None
