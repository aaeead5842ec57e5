# SPDX-License-Identifier: GPL-3.0-or-later
"""Arguments that Ansible's own validation would fall over: for every option that holds others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.okd.image_registry.plugins.module_utils._arguments import refusable
from ansible_collections.okd.image_registry.plugins.modules.registry import WORK


def holders(spec: dict[str, Any], *above: str) -> Iterator[tuple[str, ...]]:
    """Yield where an option holds others, as the names on the way."""
    for name, option in spec.items():
        if "options" in option:
            yield (*above, name)
            yield from holders(option["options"], *above, name)


def given(path: tuple[str, ...], value: Any, spec: dict[str, Any]) -> dict[str, Any]:
    """Return arguments with a value at a place."""
    name, *rest = path
    below = given(tuple(rest), value, spec[name]["options"]) if rest else value
    return {name: [below] if spec[name]["type"] == "list" else below}


@pytest.mark.parametrize("value", [7, 0, 1.5, True, False])
@pytest.mark.parametrize("path", list(holders(WORK.spec)), ids=".".join)
def test_a_number_in_place_of_options_is_refused_in_words(path: tuple[str, ...], value: Any) -> None:
    validated = ArgumentSpecValidator(WORK.spec).validate(refusable(WORK.spec, given(path, value, WORK.spec)))
    assert validated.error_messages
    told = " ".join(validated.error_messages)
    assert f"'{path[-1]}'" in told, told
    assert "dict" in told or "must be a list" in told, told


def test_all_else_stays_as_it_is() -> None:
    arguments = {"storage": {"s3": {"bucket": "b", "chunk_size_mib": 7}}, "routes": [{"name": "r"}], "replicas": 2}
    assert refusable(WORK.spec, {**arguments, "colour": 7}) == {**arguments, "colour": 7}
