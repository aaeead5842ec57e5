# SPDX-License-Identifier: GPL-3.0-or-later
"""A task for every option of the field table: one value, with no more options beside it than it needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.checks import Check
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import KINDS
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Form, Place, places
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import Path
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLAIM,
    CLUSTER_CONFIG,
    TRUSTED_CA,
    USER_CREDENTIALS,
    Ref,
)

from tests.unit.builders import Manifest, user_credentials

TABLE = tuple(entry for kind in KINDS for entry in kind.fields())
# Of each type of value two that most checks accept.
_BUCKET = "crn:v1:b:p:cloud-object-storage"
TEXTS = (
    ("sample", "another"),
    ("https://sample.example.com", "https://another.example.com"),
    ("AzurePublicCloud", "AzureChinaCloud"),
    # In base64.
    ("c2FtcGxl", "YW5vdGhlcg=="),
    *((f"{_BUCKET}:sample:a:i:{end}", f"{_BUCKET}:another:a:i:{end}") for end in ("resource-key:k", ":")),
)
PLACES = [place for place in places(TABLE) if not place.field.fields]
LEAVES = [pytest.param(place, id=place.option) for place in PLACES]
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
