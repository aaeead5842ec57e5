# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts that only think need nothing but Python: no library, no Ansible, no order in which they are imported."""

from __future__ import annotations

import itertools
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
UTILITIES = REPOSITORY / "plugins/module_utils"
CONTRACTS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]
(PURE,) = (contract["source_modules"] for contract in CONTRACTS if contract["id"] == "pure")
# The wait sends requests, but no library has to be there for the conditions.
PACKAGES = (*(name.rpartition(".")[2] for name in PURE), "_rollout")
# It is loaded where there are certificates to check.
NOT_PURE = {UTILITIES / "_desired/tls.py"}
MODULES = {
    package: [
        ".".join(("ansible_collections.okd.image_registry", *path.relative_to(REPOSITORY).with_suffix("").parts))
        for path in (UTILITIES / package).rglob("*.py")
        if path not in NOT_PURE
    ]
    for package in PACKAGES
}
# Imports modules where nothing but the standard library and the collection itself can be imported.
PROGRAM = """
import importlib, sys

class Nothing:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top != "ansible_collections":
            raise ImportError(f"{name} is not there")

sys.meta_path.insert(0, Nothing())
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    importlib.import_module(name)
"""


def imported(*names: str) -> subprocess.CompletedProcess[str]:
    """Import modules in a process of their own, in the given order."""
    command = [sys.executable, "-I", "-c", PROGRAM, str(REPOSITORY / ".collections"), *names]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("is_reversed", [False, True], ids=["in order", "backwards"])
def test_pure_modules_need_no_library(is_reversed: bool) -> None:
    assert all(MODULES.values()), MODULES
    done = imported(*sorted(itertools.chain(*MODULES.values()), reverse=is_reversed))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("library", ["urllib3", "kubernetes", "yaml", "requests", "cryptography", "ansible"])
def test_the_test_would_notice_a_library(library: str) -> None:
    done = imported(library)
    assert f"{library} is not there" in done.stderr
