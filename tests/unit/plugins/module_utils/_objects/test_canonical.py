# SPDX-License-Identifier: GPL-3.0-or-later
"""Canonical forms: one for all spellings of a value, and values that have none."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.config import RULES
from ansible_collections.okd.image_registry.plugins.module_utils._objects.canonical import Rules, canonical, undecodable

case = pytest.param
CLOUD_FRONT = ["spec.storage.s3.cloudFront.duration: 2 weeks"]


@pytest.mark.parametrize(
    ("value", "form"),
    [
        case({"a": {"b": ""}, "c": 0}, None, id="nothing but zero values"),
        case({"a": [{"b": ""}, {"c": 1}]}, {"a": [None, {"c": 1}]}, id="an empty item keeps its place"),
        case({"nodeSelector": {"infra": ""}}, {"nodeSelector": {"infra": ""}}, id="an empty label is a label"),
        case({"tolerationSeconds": 0}, {"tolerationSeconds": 0}, id="a pointer to zero"),
        case({"labelSelector": {}}, {"labelSelector": {}}, id="a pointer to nothing"),
        case({"size": "1Ki"}, {"size": 1024}, id="a quantity"),
        case({"size": "0"}, {"size": 0}, id="a quantity of nothing"),
        case({"size": 0}, {"size": 0}, id="a quantity of nothing, as a number"),
        case({"size": None}, None, id="no quantity at all"),
        case({"size": "no size"}, {"size": "no size"}, id="no quantity"),
        case({"wait": "60m"}, {"wait": 3600 * 10**9}, id="a duration"),
        case({"wait": "0s"}, None, id="a duration of nothing"),
        case({"kept": {}}, {"kept": {}}, id="an object that is set even when it is empty"),
    ],
)
def test_the_one_form_of_a_value(value: Any, form: Any) -> None:
    rules = Rules(quantities=(("size",),), durations=(("wait",),), pointers=(("kept",),))
    assert canonical(value, (), rules) == form


@pytest.mark.parametrize(
    ("spec", "culprits"),
    [
        case({"requests": {"read": {"maxWaitInQueue": "1d"}}}, ["spec.requests.read.maxWaitInQueue: 1d"], id="a day"),
        case({"requests": {"read": {"maxWaitInQueue": "24h"}}}, [], id="24 hours"),
        case({"storage": {"s3": {"cloudFront": {"duration": "2 weeks"}}}}, CLOUD_FRONT, id="in a backend"),
        case({"rolloutStrategy": "1d"}, [], id="a word elsewhere"),
        case({"requests": {"read": {"maxWaitInQueue": None}}}, [], id="null"),
        case({"requests": {"read": {"maxWaitInQueue": 5}}}, [], id="a number"),
        case(None, [], id="no spec"),
    ],
)
def test_durations_that_stop_the_operator(spec: Any, culprits: list[str]) -> None:
    assert [f"{'.'.join(path)}: {value}" for path, value in undecodable({"spec": spec}, RULES)] == culprits
