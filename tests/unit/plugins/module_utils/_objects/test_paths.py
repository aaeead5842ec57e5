# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths in plain objects."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import (
    fields,
    leaves,
    lookup,
    matches,
    nested,
)

case = pytest.param


@pytest.mark.parametrize(
    ("patch", "paths"),
    [
        case({"spec": {"replicas": 2, "storage": {"emptyDir": None, "pvc": {"claim": "c"}}}}, None, id="nested"),
        case({}, [], id="nothing"),
        case({"spec": {"routes": [{"name": "a"}]}}, ["spec.routes"], id="a list is one field"),
        case({"spec": {"storage": {"emptyDir": {}}}}, ["spec.storage.emptyDir"], id="an empty object is a field"),
    ],
)
def test_fields_are_the_leaves_of_a_patch(patch: Any, paths: Any) -> None:
    nested_paths = ["spec.replicas", "spec.storage.emptyDir", "spec.storage.pvc.claim"]
    assert fields(patch) == (nested_paths if paths is None else paths)


@pytest.mark.parametrize(
    ("source", "value"),
    [({"a": {"b": 1}}, 1), ({"a": {}}, None), ({"a": None}, None), ({"a": "text"}, None), (None, None), ([], None)],
)
def test_lookup_of_what_may_be_absent(source: Any, value: Any) -> None:
    assert lookup(source, ("a", "b")) == value


def test_what_is_nested_is_found_again() -> None:
    assert nested(("a", "b"), 1) == {"a": {"b": 1}}
    assert lookup(nested(("a", "b"), 1), ("a", "b")) == 1
    assert list(leaves(nested(("a", "b"), {}))) == [(("a", "b"), {})]


@pytest.mark.parametrize(
    ("path", "pattern", "fits"),
    [
        (("a", "b"), ("a", "b"), True),
        (("a", "b"), ("a", "*"), True),
        (("a", "b"), ("*",), False),
        (("a",), ("a", "*"), False),
        (("a", "b"), ("b", "*"), False),
    ],
)
def test_a_star_stands_for_one_key(path: tuple[str, ...], pattern: tuple[str, ...], fits: bool) -> None:
    assert matches(path, pattern) is fits
