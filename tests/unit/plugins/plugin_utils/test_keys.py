# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of dictionaries that YAML does not read as texts."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import KeyNoText
from ansible_collections.okd.image_registry.plugins.plugin_utils._keys import no_texts


@pytest.mark.parametrize(
    ("key", "read"),
    [(True, "true"), (8, "8"), (1.1, "1.1"), (None, "null"), (datetime.date(2026, 1, 1), "2026-01-01")],
    ids=str,
)
@pytest.mark.parametrize(
    ("name", "around"),
    [
        ("node_selector", lambda keyed: {"node_selector": keyed}),
        ("affinity.podAffinity", lambda keyed: {"affinity": {"podAffinity": keyed}}),
        ("routes[1].tls", lambda keyed: {"replicas": 2, "routes": [{"name": "a"}, {"tls": keyed}]}),
    ],
    ids=["map", "map in a map", "map in a list"],
)
def test_a_key_that_is_no_text_is_told_with_its_option(key: object, read: str, name: str, around: Any) -> None:
    assert list(no_texts(around({key: "a"}))) == [(name, key)]
    assert f"the option {name} has the key {read}, which" in str(KeyNoText(name, key))


def test_texts_are_keys() -> None:
    assert list(no_texts({"node_selector": {"yes": "true", "010": "b"}, "routes": [], "n": None})) == []
