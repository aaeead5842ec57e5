# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option, alone, changes exactly the field that it becomes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.checks import Check
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import KINDS
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import (
    Field,
    Form,
    Identity,
    Place,
    places,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import Path
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLAIM,
    CLUSTER_CONFIG,
    SECRET,
    TRUSTED_CA,
    USER_CREDENTIALS,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._work import options

from tests.unit.builders import Manifest, carried_out, config, planned, user_credentials

TABLE = tuple(entry for kind in KINDS for entry in kind.fields())
# Of each type of value two that most checks accept.
_BUCKET = "crn:v1:b:p:cloud-object-storage"
TEXTS = (
    ("sample", "another"),
    ("https://sample.example.com", "https://another.example.com"),
    *((f"{_BUCKET}:sample:a:i:{end}", f"{_BUCKET}:another:a:i:{end}") for end in ("resource-key:k", ":")),
)
BY_TYPE: dict[str, tuple[tuple[Any, Any], ...]] = {
    "str": TEXTS,
    "json": (('{"sample": 1}', '{"another": 1}'),),
    "int": ((7, 8),),
    "bool": ((True, False),),
    "list": ((["sample"], ["another"]),),
    "dict": (({"matchLabels": {"sample": "a"}}, {"matchLabels": {"another": "a"}}),),
}
BY_FORM = {
    Form.DURATION: ("30s", "40s"),
    Form.MAP: ({"sample": "a"}, {"sample": "b"}),
    Form.QUANTITIES: ({"cpu": "2"}, {"cpu": "3"}),
}


@dataclass(frozen=True)
class Elsewhere:
    """An option that becomes no field of its own path.

    ref, path: what it changes. beside: options without which it does nothing. objects: what is there already.
    """

    ref: Ref
    path: Path
    beside: dict[str, Any] = field(default_factory=dict)
    objects: tuple[Manifest, ...] = ()


ELSEWHERE = {
    "storage.pvc.size": Elsewhere(CLAIM("c"), ("spec", "resources", "requests", "storage"), {"claim": "c"}),
    "storage.pvc.access_mode": Elsewhere(CLAIM("c"), ("spec", "accessModes"), {"claim": "c", "size": "1Gi"}),
    "storage.pvc.storage_class": Elsewhere(CLAIM("c"), ("spec", "storageClassName"), {"claim": "c", "size": "1Gi"}),
    "storage.pvc.volume_name": Elsewhere(CLAIM("c"), ("spec", "volumeName"), {"claim": "c", "size": "1Gi"}),
    "storage.pvc.selector": Elsewhere(CLAIM("c"), ("spec", "selector"), {"claim": "c", "size": "1Gi"}),
    "storage.s3.trusted_ca_certificates": Elsewhere(TRUSTED_CA("ca"), ("data", "ca-bundle.crt"), {"trusted_ca": "ca"}),
    "rotate_http_secret": Elsewhere(CLUSTER_CONFIG, ("spec", "httpSecret")),
    "credentials.state": Elsewhere(USER_CREDENTIALS, (), objects=(user_credentials(),)),
}
SAMPLES = {"storage.pvc.size": ("1Gi", "2Gi")}


def samples(entry: Field) -> tuple[Any, Any]:
    """Return two values of an option; a third one is its default."""
    if entry.fields == ():
        return {}, {}
    if entry.choices:
        others = [choice for choice in entry.choices if choice != entry.default]
        return others[-1], others[0]
    pairs = [BY_FORM[entry.form]] if entry.form in BY_FORM else BY_TYPE[entry.type]
    return next(pair for pair in pairs if all(map(_accepted_by(entry.check), pair)))


def _accepted_by(check: Check | None) -> Any:
    return check.accepts if check else lambda _value: True


def required(fields: tuple[Field, ...]) -> dict[str, Any]:
    """Return the options without which others of the same table are refused."""
    return {
        entry.option: required(entry.fields) if entry.fields else samples(entry)[0]
        for entry in fields
        if entry.required
    }


def declaring(place: Place, value: Any) -> dict[str, Any]:
    """Return the options of a task that declares one option, with no more than it needs beside it; None: without it."""
    *above, last = place.option.replace("[]", "").split(".")
    given: dict[str, Any] = {}
    here, fields = given, TABLE
    for name in above:
        entry = next(entry for entry in fields if entry.option == name)
        below = required(entry.fields or ())
        here[name] = [below] if entry.type == "list" else below
        here, fields = below, entry.fields or ()
    here.update(ELSEWHERE[place.option].beside if place.option in ELSEWHERE else {})
    if value is not None:
        here[last] = value
    return given


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


LEAVES = [pytest.param(place, id=place.option) for place in places(TABLE) if not place.field.fields]


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


@pytest.mark.parametrize(
    "entry", [entry for entry in options(("state",)) if entry not in TABLE], ids=attrgetter("option")
)
def test_options_of_the_task_itself_change_nothing(entry: Field) -> None:
    value = next(value for value in samples(entry) if value != entry.default)
    assert planned({entry.option: value}, config()).steps == ()
