# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option, alone, changes exactly the field that it becomes."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired import certificates
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import KINDS
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import (
    Field,
    Form,
    Identity,
    Place,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import Path
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    SECRET,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._work import options

from tests.unit.builders import Manifest, carried_out, config, planned, worked_out
from tests.unit.declarations import ELSEWHERE, LEAVES, PLACES, SAMPLES, TABLE, declaring, samples


def becomes(place: Place) -> tuple[Ref, Path]:
    """Return the object and the field of it that an option becomes."""
    if place.option in ELSEWHERE:
        return ELSEWHERE[place.option].ref, ELSEWHERE[place.option].path
    if place.option.startswith("routes[].tls."):
        return SECRET("sample-tls"), ("data", place.field.path)
    (kind,) = [
        kind for kind in KINDS for entry in kind.fields() if entry.option == place.option.split(".")[0].rstrip("[]")
    ]
    return kind.ref, (*kind.root, *place.path)


def flat(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Yield every value with its path, those of the items of lists too."""
    items = value if isinstance(value, list) else ()
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from flat(below, (*path, key))
    elif items and all(isinstance(item, dict) for item in items):
        for item in items:
            yield from flat(item, (*path, "*"))
    else:
        yield path, repr(value)


def outcome(given: dict[str, Any], objects: list[Manifest]) -> set[tuple[str, str, Path, Any]]:
    """Return every value on the cluster after a task, with its place."""
    after = carried_out(planned(given, *objects), objects)
    return {
        (entry["kind"], entry["metadata"]["name"], path, value)
        for entry in after
        for path, value in flat({key: entry[key] for key in ("spec", "data") if key in entry}, ())
    }


@pytest.mark.parametrize("place", LEAVES)
def test_an_option_alone_changes_exactly_its_field(place: Place) -> None:
    value, other = SAMPLES.get(place.option) or samples(place.field)
    objects = [config(), *(ELSEWHERE[place.option].objects if place.option in ELSEWHERE else ())]
    # Without what is required nothing is accepted, and without a size no claim is made.
    needs_value = place.field.required or place.option == "storage.pvc.size"
    before = outcome(declaring(place, other if needs_value else None), objects)
    after = outcome(declaring(place, value), objects)
    ref, path = becomes(place)
    changed = {
        (kind, name, where)
        for kind, name, where, _value in before ^ after
        # An object that was empty is not there any more once it holds something.
        if path[: len(where)] != where or path == where
    }
    allowed = {(ref.resource.kind, ref.name, where) for _kind, _name, where in changed if where[: len(path)] == path}
    if place.field.identity is Identity.NAME:
        # What the user names is the user's.
        allowed.add(("Config", "cluster", ("spec", "storage", "managementState")))
    assert changed
    assert changed == allowed


# What gets into a text on its way to a task.
STRAYS = {
    "a blank before": lambda text: f" {text}",
    "a blank after": lambda text: f"{text} ",
    "a line break": lambda text: f"{text}\n",
    "a line break inside": lambda text: f"{text[:2]}\n{text[2:]}",
    "a tab": lambda text: f"{text}\t",
    "a byte order mark": lambda text: f"\ufeff{text}",
    "a blank that does not break": lambda text: f"{text[:2]}\u00a0{text[2:]}",
    "a byte of zero": lambda text: f"{text}\0",
}
WITH_LINES = {"storage.s3.trusted_ca_certificates", *(f"routes[].tls.{part.option}" for part in certificates.FIELDS)}
TEXT_LEAVES = [
    pytest.param(place, id=place.option)
    for place in PLACES
    if "str" in (place.field.type, place.field.elements) and not place.field.choices and place.option not in WITH_LINES
]


@pytest.mark.parametrize("stray", STRAYS)
@pytest.mark.parametrize("place", TEXT_LEAVES)
def test_no_text_is_taken_with_what_nobody_sees(place: Place, stray: str) -> None:
    good, _other = SAMPLES.get(place.option) or samples(place.field)
    bad = [STRAYS[stray](good[0])] if isinstance(good, list) else STRAYS[stray](good)
    fine, told = (list(worked_out(declaring(place, value), [config()]).desired.mistakes()) for value in (good, bad))
    (problem,) = [entry for entry in told if entry.code not in {problem.code for problem in fine}]
    assert (problem.field.split("[")[0], problem.severity) == (place.option.split("[")[0], "error")
    assert not (place.field.secret and str(bad) in str(told))


# Values that look like none, and that Kubernetes tells from none.
LITTLE = {
    **{place.option: {"cpu": "0"} for place in PLACES if place.field.form is Form.QUANTITIES},
    **{place.option: {} for place in PLACES if place.path[-1:] == ("labelSelector",)},
    **{place.option: 0 for place in PLACES if place.path[-1:] == ("tolerationSeconds",)},
}


@pytest.mark.parametrize("place", [entry for entry in LEAVES if entry.id in LITTLE])
def test_a_value_that_looks_like_none_is_written_and_taken_away_again(place: Place) -> None:
    nothing, little = declaring(place, None), declaring(place, LITTLE[place.option])
    other = declaring(place, samples(place.field)[0])
    without = carried_out(planned(nothing, config()), [config()])
    with_little = carried_out(planned(little, *without), without)
    assert with_little != without
    assert planned(little, *with_little).steps == ()
    assert carried_out(planned(little, *(carried_out(planned(other, *without), without))), without) == with_little
    if "[]" in place.option:
        # An item of a list is declared as a whole.
        assert carried_out(planned(nothing, *with_little), with_little) == without


@pytest.mark.parametrize(
    "entry", [entry for entry in options(("state",)) if entry not in TABLE], ids=attrgetter("option")
)
def test_options_of_the_task_itself_change_nothing(entry: Field) -> None:
    value = next(value for value in samples(entry) if value != entry.default)
    assert planned({entry.option: value}, config()).steps == ()
