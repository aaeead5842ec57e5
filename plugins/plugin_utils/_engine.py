# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of a module for its action plugin, which can do without it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, Callable

from ansible_collections.okd.image_registry.plugins.plugin_utils._compiled import compiled_once

_COLLECTION = "ansible_collections.okd.image_registry.plugins"


@dataclass(frozen=True)
class Engine:
    """How to run what a module does in this process.

    module: its short name. run: the host of its work, without the work. missing: why there is none, "" if there is.
    """

    module: str
    run: Callable[..., dict[str, Any]] | None = None
    missing: str = ""


def load(module: str) -> Engine:
    """Import the work of a module, all that a task without changes needs.

    For the top of an action plugin: Ansible imports that once a run, before it makes its workers, and whatever it
    raises there ends the run.
    """
    try:
        import_module("urllib3")
        with compiled_once():
            work = import_module(f"{_COLLECTION}.modules.{module}").WORK
            host = import_module(f"{_COLLECTION}.plugin_utils._host")
        return Engine(module, partial(host.run, work))
    except Exception as error:
        return Engine(module, missing=f"{type(error).__name__}: {error}")
