# SPDX-License-Identifier: GPL-3.0-or-later
"""The fragments of documentation say of every option what the tables of options say."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import KINDS
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Place, places
from ansible_collections.okd.image_registry.plugins.module_utils._work import options

SECTIONS = {name: table for kind in KINDS for name, table in kind.sections.items()}
# What every module has that can lose images and what others put on Routes.
COMMON = tuple(field for field in options(("state",)) if field not in SECTIONS["state"])
# The fragments with the options of each table.
TABLES: dict[tuple[str, ...], tuple[Field, ...]] = {
    **{(name,): table for name, table in SECTIONS.items()},
    ("consent", "consent.settings", "cluster", "wait"): COMMON,
}
PLACES = [pytest.param(names, place, id=place.option) for names, table in TABLES.items() for place in places(table)]
BECOMES = re.compile(r"\bbecomes? C\(([^)]+)\)")
SINCE = re.compile(r"Since OpenShift (\d+\.\d+)")


def documented(names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Return the documentation of every option in fragments, by its dotted name."""
    texts = [yaml.safe_load(_fragment(*name.split("."))) for name in names]
    return {name: told for text in texts for name, told in _options(text["options"])}


def _fragment(name: str, variant: str = "documentation") -> str:
    module = importlib.import_module(f"ansible_collections.okd.image_registry.plugins.doc_fragments.{name}")
    text: str = getattr(module.ModuleDocFragment, variant.upper())
    return text


def _options(told: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for option, content in told.items():
        name = f"{prefix}{option}"
        yield name, content
        yield from _options(content.get("suboptions") or {}, f"{name}[]." if content["type"] == "list" else f"{name}.")


def description(told: dict[str, Any]) -> str:
    """Return the whole description of an option."""
    text = told["description"]
    return text if isinstance(text, str) else " ".join(text)


@pytest.mark.parametrize("names", TABLES, ids=" and ".join)
def test_fragment_and_table_have_the_same_options(names: tuple[str, ...]) -> None:
    assert set(documented(names)) == {place.option for place in places(TABLES[names])}


@pytest.mark.parametrize(("names", "place"), PLACES)
def test_an_option_is_documented_as_it_is(names: tuple[str, ...], place: Place) -> None:
    told, field = documented(names)[place.option], place.field
    assert told["type"] == field.type
    assert told.get("elements") == field.elements
    assert tuple(told.get("choices") or ()) == field.choices
    assert told.get("required", False) is field.required
    assert told.get("default") == field.default
    assert ("suboptions" in told) is (field.fields is not None)


@pytest.mark.parametrize(("names", "place"), PLACES)
def test_the_description_names_the_field_that_the_option_becomes(names: tuple[str, ...], place: Place) -> None:
    told = BECOMES.findall(description(documented(names)[place.option]))
    # Below an option that becomes a field the rest of the path is enough.
    roots = {kind.root for kind in KINDS if kind.sections.keys() & set(names)}
    known = {place.field.path, *(".".join((*root, *place.path)) for root in roots)} if place.field.path else set()
    assert len(told) == bool(known), told
    assert set(told) <= known


@pytest.mark.parametrize(("names", "place"), PLACES)
def test_the_description_tells_which_openshift_brought_the_field(names: tuple[str, ...], place: Place) -> None:
    told = SINCE.findall(description(documented(names)[place.option]))
    assert told == ([place.field.since] if place.field.since else [])
