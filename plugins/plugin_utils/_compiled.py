# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Import the collection's files as Python imports its own: compiled once, and not again by every run."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.machinery import FileFinder, ModuleSpec, SourceFileLoader
from typing import Any

_PLUGINS = "ansible_collections.okd.image_registry.plugins."


@contextmanager
def compiled_once() -> Iterator[None]:
    """Import the collection's files by Python's own loader, for as long as the block runs.

    Ansible's loader of collections keeps nothing that it compiled, which would be most of what a task without changes
    takes. Whether and where Python keeps it, PYTHONDONTWRITEBYTECODE and PYTHONPYCACHEPREFIX say.
    """
    # Once for each block, so that nothing of a block that imports something else at the same time is taken away.
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Finder:
    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, _target: Any = None) -> ModuleSpec | None:
        if not path or not name.startswith(_PLUGINS):
            return None
        spec = _directory(path[0]).find_spec(name)
        # Directories without a file of their own are packages for Ansible's loader only.
        return spec if spec and spec.loader else None


@cache
def _directory(path: str) -> FileFinder:
    return FileFinder(path, (SourceFileLoader, [".py"]))
