# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/architecture.md shows the layers that import-linter enforces."""

import re
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
PAGE = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
}


def test_the_page_shows_the_layers_in_the_order_of_the_contract() -> None:
    shown = [_names(line) for line in _block_after("## The layers").splitlines()]
    assert shown == [_names(layer) for layer in CONTRACTS["layers"]["layers"]]


def test_the_page_names_the_pure_packages_of_the_contract() -> None:
    (sentence,) = re.findall(r"((?:`_\w+`,? |and\s)+)are pure", re.sub(r"\s+", " ", PAGE))
    assert _names(sentence) == [name.rsplit(".", 1)[-1] for name in CONTRACTS["pure"]["source_modules"]]


def _block_after(heading: str) -> str:
    return PAGE.split(f"{heading}\n", 1)[1].split("```text\n", 1)[1].split("\n```", 1)[0]


def _names(text: str) -> list[str]:
    """Return the packages that a text names, in its order."""
    return re.findall(r"(?<!\w)_[a-z]+", text)
