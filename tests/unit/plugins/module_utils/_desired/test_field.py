# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of options: what follows from one declaration of an option."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.checks import form, one_of
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import (
    Field,
    Form,
    Identity,
    argument_spec,
    joined,
    manifest,
    mistakes,
    places,
    rules,
    secrets,
    since,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.canonical import Rules

case = pytest.param
LOWER = form("not-lower", re.compile("[a-z]+"), "small letters")
FEW = one_of("too-many", range(4), "0 to 3", "Take fewer.")
TABLE = (
    Field("name", "name", identity=Identity.NAME, check=LOWER),
    Field("count", "size.count", "int", check=FEW, since="4.5"),
    Field("wait", "wait", form=Form.DURATION),
    Field("labels", "labels", "dict", form=Form.MAP),
    Field("amounts", "amounts", "dict", form=Form.QUANTITIES),
    Field("note"),
    Field("key", "key", required=True, secret=True, check=LOWER),
    Field("below", "below", "dict", is_pointer=True, fields=(Field("word", "word", check=LOWER),), since="4.9"),
    Field("items", "items", "list", elements="dict", fields=(Field("token", "token", secret=True, check=LOWER),)),
)


@pytest.mark.parametrize(
    ("options", "live", "body"),
    [
        case({}, {}, {}, id="nothing"),
        case({"name": "a", "note": "b"}, {}, {"name": "a"}, id="an option that becomes no field"),
        case({"name": ""}, {}, {}, id="an empty name says nothing"),
        case({"key": ""}, {}, {"key": ""}, id="another empty text does"),
        case({"count": 0}, {}, {"size": {"count": 0}}, id="a path of several keys"),
        case({"below": {}}, {}, {"below": {}}, id="an object that is set even when it is empty"),
        case({"below": {"word": None}}, {}, {"below": {}}, id="what is left out below"),
        case({"items": [{"token": "a"}, {}]}, {}, {"items": [{"token": "a"}, {}]}, id="a list of objects"),
        case({"labels": {"a": "b"}}, {"labels": {"c": "d"}}, {"labels": {"a": "b", "c": None}}, id="a whole map"),
        case({"labels": {}}, {"labels": {"c": "d"}}, {"labels": None}, id="a map that is emptied"),
    ],
)
def test_options_become_an_object(options: dict[str, Any], live: dict[str, Any], body: dict[str, Any]) -> None:
    assert manifest(TABLE, options, live) == body


@pytest.mark.parametrize(
    ("options", "told"),
    [
        case({"name": "A"}, [("not-lower", "name", "'A'")], id="a check"),
        case({"name": ""}, [], id="an empty text stands for none"),
        case({"key": ""}, [("not-lower", "key", "a value that is not shown")], id="unless it is required"),
        case({"count": 4}, [("too-many", "count", "4")], id="a range"),
        case({"wait": "1d"}, [("invalid-duration", "wait", "'1d'")], id="a form"),
        case({"amounts": {"cpu": "1", "memory": "x"}}, [("invalid-quantity", "amounts.memory", "'x'")], id="an amount"),
        case({"below": {"word": "A"}}, [("not-lower", "below.word", "'A'")], id="an option below"),
        case(
            {"items": [{"token": "a"}, {"token": "A"}]},
            [("not-lower", "items[].token", "a value that is not shown")],
            id="an item of a list, without its secret",
        ),
    ],
)
def test_mistakes_are_told_by_the_name_of_the_option(options: Any, told: list[tuple[str, str, str]]) -> None:
    found = list(mistakes(TABLE, options, "Object o"))
    assert [(mistake.code, mistake.field, mistake.found) for mistake in found] == told
    assert {mistake.subject for mistake in found} <= {"Object o"}


def test_argument_specs_say_no_more_than_they_must() -> None:
    spec = argument_spec(TABLE)
    assert spec["name"] == {"type": "str"}
    assert spec["key"] == {"type": "str", "required": True, "no_log": True}
    assert spec["items"] == {"type": "list", "elements": "dict", "options": {"token": {"type": "str", "no_log": True}}}
    choice = Field("token_kind", choices=("a", "b"), default="a", exclusive=(("x", "y"),))
    assert choice.spec() == {
        "type": "str",
        "choices": ["a", "b"],
        "default": "a",
        "no_log": False,
        "mutually_exclusive": [["x", "y"]],
    }


def test_places_tell_where_each_field_stands() -> None:
    assert [(place.option, place.path) for place in places(TABLE, ("spec",)) if place.option[:2] in ("be", "it")] == [
        ("below", ("spec", "below")),
        ("below.word", ("spec", "below", "word")),
        ("items", ("spec", "items")),
        ("items[].token", ("spec", "items", "*", "token")),
    ]


def test_rules_of_comparison_come_from_the_table() -> None:
    assert rules(TABLE, ("spec",)) == Rules(
        quantities=(("spec", "amounts", "*"),), durations=(("spec", "wait"),), pointers=(("spec", "below"),)
    )


@pytest.mark.parametrize(
    ("path", "version"),
    [(("size", "count"), "4.5"), (("size",), "4.5"), (("below", "word"), "4.9"), (("name",), ""), ((), "")],
    ids=str,
)
def test_a_field_came_with_what_holds_it(path: tuple[str, ...], version: str) -> None:
    assert since(TABLE, path) == version


def test_secrets_are_found_wherever_they_are() -> None:
    given = {"name": "n", "key": "k", "below": {"word": "w"}, "items": [{"token": "t"}, {"token": None}, "odd"]}
    assert list(secrets(TABLE, given)) == ["k", "t"]


@pytest.mark.parametrize(
    ("body", "more", "both"),
    [
        ({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}),
        ({"a": {"b": 1}}, {"a": None}, {"a": None}),
        ({"a": None}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": [1]}, {"a": [2]}, {"a": [2]}),
    ],
    ids=["objects", "null is a value", "an object for null", "lists"],
)
def test_sparse_objects_are_joined(body: dict[str, Any], more: dict[str, Any], both: dict[str, Any]) -> None:
    assert joined(body, more) == both


def test_the_name_of_an_account_is_not_repeated() -> None:
    (found,) = mistakes((Field("user", "user", names_account=True),), {"user": "mine\n"}, "Object o")
    assert (found.field, found.found) == ("user", "a value that is not shown")
