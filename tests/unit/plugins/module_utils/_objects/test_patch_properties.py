# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches: what holds for every pair of a desired and a live object."""

from __future__ import annotations

from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.config import RULES
from ansible_collections.okd.image_registry.plugins.module_utils._objects.patch import merge_patch, merged, whole
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import leaves, lookup, nested
from hypothesis import given
from hypothesis import strategies as st

WORDS = st.sampled_from(["1h", "1Gi"]) | st.text("ab0 \n\x00é", max_size=3)
NUMBERS = st.integers(-2, 2) | st.integers()
BACKENDS = st.sampled_from(["emptyDir", "pvc", "s3"])
# A field has one type in the API; the first letter of its name tells it here.
SCALARS = {"word": WORDS, "number": NUMBERS, "flag": st.booleans(), "list": st.lists(st.none() | WORDS, max_size=2)}


def objects(values: dict[str, st.SearchStrategy[Any]], absent: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return sparse objects of which every key may also have the value that absent gives."""
    return st.fixed_dictionaries({}, optional={key: value | absent for key, value in values.items()})


def configs(absent: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return objects with nested fields and with storage backends, which count even when they are empty."""
    plain = objects(SCALARS, absent)
    storage = st.dictionaries(BACKENDS, plain | absent)
    return st.fixed_dictionaries({"spec": objects({**SCALARS, "below": plain, "storage": storage}, absent)})


MAPS = st.recursive(
    st.fixed_dictionaries({}, optional={"word": WORDS, "list": SCALARS["list"]}),
    lambda below: st.fixed_dictionaries({}, optional={"word": WORDS, "map": below, "other": below}),
    max_leaves=4,
)
DESIRED = configs(st.none())
LIVE = configs(st.none())


def patched(desired: Any, live: Any) -> Any:
    """Return the patch for a Config."""
    return merge_patch(desired, live, RULES)


def applied(desired: Any, live: Any) -> Any:
    """Return live after the patch for desired, as the API server stores it."""
    return merged(live, patched(desired, live) or {})


def plain(value: Any) -> Any:
    """Return value with every zero value dropped: the spellings of "not set" that objects of the API have."""
    if isinstance(value, dict):
        return {key: plain(below) for key, below in value.items() if plain(below)} or None
    if isinstance(value, list):
        return [plain(item) for item in value] or None
    return value or None


def without(named: Any, source: Any) -> Any:
    """Return the part of source that named says nothing about."""
    if not isinstance(source, dict) or not isinstance(named, dict):
        return None
    rest = {key: without(named[key], value) if key in named else value for key, value in source.items()}
    return {key: value for key, value in rest.items() if value is not None}


@given(LIVE)
def test_an_object_equals_itself(live: Any) -> None:
    assert patched(live, live) is None


@given(DESIRED, LIVE)
def test_the_second_patch_is_empty(desired: Any, live: Any) -> None:
    assert patched(desired, applied(desired, live)) is None


@given(DESIRED, LIVE)
def test_the_patch_yields_what_is_desired(desired: Any, live: Any) -> None:
    after = applied(desired, live)
    for path, want in leaves(desired):
        if want != {}:
            assert plain(lookup(after, path)) == plain(want)


@given(DESIRED, LIVE)
def test_a_desired_backend_is_there_and_a_removed_one_is_not(desired: Any, live: Any) -> None:
    after = lookup(applied(desired, live), ("spec", "storage")) or {}
    for backend, want in (desired["spec"].get("storage") or {}).items():
        assert (after.get(backend) is None) == (want is None)


@given(DESIRED, LIVE)
def test_no_key_is_touched_that_was_not_named(desired: Any, live: Any) -> None:
    assert plain(without(desired, applied(desired, live))) == plain(without(desired, live))


@given(DESIRED, LIVE)
def test_every_field_of_the_patch_was_needed(desired: Any, live: Any) -> None:
    for path, value in leaves(patched(desired, live) or {}):
        have = lookup(live, path)
        assert plain(have) != plain(value) or (have is None) != (value is None)


@given(DESIRED, LIVE)
def test_the_inputs_stay_as_they_are(desired: Any, live: Any) -> None:
    before = repr((desired, live))
    applied(desired, live)
    assert repr((desired, live)) == before


@given(st.dictionaries(WORDS, WORDS), st.none() | st.dictionaries(WORDS, WORDS))
def test_a_map_declared_as_a_whole_is_that_map(declared: Any, live: Any) -> None:
    selector = whole(declared, live) or None
    after = applied({"spec": {"nodeSelector": selector}}, {"spec": {"nodeSelector": live}})
    assert (after["spec"].get("nodeSelector") or {}) == declared


@given(MAPS, st.none() | MAPS)
def test_a_nested_map_declared_as_a_whole_is_that_map(declared: Any, live: Any) -> None:
    after = applied({"spec": {"affinity": whole(declared, live) or None}}, {"spec": {"affinity": live}})
    assert plain(after["spec"].get("affinity")) == plain(declared)


@given(st.integers(0, 59), st.integers(0, 59), st.integers(0, 2_000_000))
def test_durations_are_compared_by_length(seconds: int, minutes: int, hours: int) -> None:
    path, length = ("spec", "requests", "read", "maxWaitInQueue"), (hours * 60 + minutes) * 60 + seconds
    canonical = nested(path, f"{hours}h{minutes}m{seconds}s")
    assert patched(nested(path, f"{length}s"), canonical) is None
    assert patched(nested(path, f"{length + 1}s"), canonical)


@given(st.integers(1, 2**40), st.sampled_from([("Ki", 2**10), ("Mi", 2**20), ("Gi", 2**30), ("k", 10**3)]))
def test_quantities_are_compared_by_size(amount: int, unit: tuple[str, int]) -> None:
    name, size = unit
    path = ("spec", "resources", "requests", "memory")
    live = nested(path, str(amount * size))
    assert patched(nested(path, f"{amount}{name}"), live) is None
    assert patched(nested(path, f"{amount + 1}{name}"), live)
