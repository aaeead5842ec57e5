# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipes of CONTRIBUTING.md name the files that a field, a backend and a kind are in, and count them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hack.generate.files import generated
from sandbox.state import REPOSITORY

PAGE = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
# Of a module only the block RETURN is generated.
GENERATED = {
    str(path.relative_to(REPOSITORY)): text
    for path, text in generated(REPOSITORY).items()
    if path.parent != REPOSITORY / "plugins/modules"
}
# The example of each recipe.
EXAMPLES = {
    "Add a field": "operator_log_level",
    "Add a storage backend": "ibmcos",
    "Add a kind of object": "credentials",
}
# What a file says that declares or repeats the example. The word for the kind is one for much else.
SAID = {
    "Add a field": r"\b(registry_)?operator_log_level\b",
    "Add a storage backend": r"\bibmcos\b|IbmCos",
}
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[A-Z]+\.md)`")
COUNTS = re.compile(r"^\| by hand: (\d+) \| generated: (\d+) \|$", re.MULTILINE)
ROW = re.compile(r"^\|(.*)\|(.*)\|$", re.MULTILINE)
SOURCES = ("plugins/module_utils", "plugins/doc_fragments", "hack/generate")

each_recipe = pytest.mark.parametrize("recipe", EXAMPLES)
each_recipe_with_a_telling_example = pytest.mark.parametrize("recipe", SAID)


def _text(recipe: str) -> str:
    return PAGE.split(f"\n## {recipe}\n", 1)[1].split("\n## ", 1)[0]


def _files(recipe: str) -> tuple[list[str], list[str]]:
    """Return the files in the table of a recipe: those written by hand, and those that are generated."""
    by_hand, made = zip(*ROW.findall(_text(recipe))[2:], strict=True)
    return PATH.findall("".join(by_hand)), PATH.findall("".join(made))


def test_every_recipe_is_known() -> None:
    assert re.findall(r"^## (Add .*)$", PAGE, re.MULTILINE) == list(EXAMPLES)


@each_recipe
def test_every_file_exists(recipe: str) -> None:
    named = PATH.findall(_text(recipe))
    assert f"`{EXAMPLES[recipe]}`" in _text(recipe)
    assert [name for name in named if not (REPOSITORY / name).exists()] == []


@each_recipe
def test_the_counts_are_those_of_the_files(recipe: str) -> None:
    by_hand, made = _files(recipe)
    assert COUNTS.findall(_text(recipe)) == [(str(len(set(by_hand))), str(len(set(made))))]


@each_recipe
def test_what_is_said_to_be_generated_is(recipe: str) -> None:
    by_hand, made = _files(recipe)
    assert set(made) <= GENERATED.keys()
    # The examples in the README of a role are written by hand.
    assert {name for name in by_hand if not name.endswith("README.md")}.isdisjoint(GENERATED)


@each_recipe
def test_every_file_that_is_named_after_the_example_is_in_the_recipe(recipe: str) -> None:
    by_hand, made = _files(recipe)
    names = [*GENERATED, *(str(path.relative_to(REPOSITORY)) for path in (REPOSITORY / "plugins").rglob("*.py"))]
    assert {name for name in names if EXAMPLES[recipe] in name} <= {*by_hand, *made}


@each_recipe_with_a_telling_example
def test_exactly_the_generated_files_that_say_the_example_are_in_the_recipe(recipe: str) -> None:
    _by_hand, made = _files(recipe)
    assert set(made) == {name for name, text in GENERATED.items() if re.search(SAID[recipe], text)}


@each_recipe_with_a_telling_example
def test_exactly_the_sources_that_say_the_example_are_in_the_recipe(recipe: str) -> None:
    by_hand, _made = _files(recipe)
    saying = {
        str(path.relative_to(REPOSITORY))
        for directory in SOURCES
        for path in (REPOSITORY / directory).rglob("*")
        if path.suffix in (".py", ".yml") and re.search(SAID[recipe], path.read_text(encoding="utf-8"))
    }
    assert saying == {name for name in by_hand if any(Path(name).is_relative_to(place) for place in SOURCES)}
