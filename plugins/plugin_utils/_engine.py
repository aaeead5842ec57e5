# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of a module for its action plugin, which can do without it."""

from __future__ import annotations

import gc
from functools import partial
from importlib import import_module
from typing import Any, Callable, NamedTuple

from ansible_collections.okd.image_registry.plugins.plugin_utils._compiled import compiled_once

_COLLECTION = "ansible_collections.okd.image_registry.plugins"


class Engine(NamedTuple):
    """How to run what a module does in this process.

    module: its short name. run: the host of its work, without the work. missing: why there is none, "" if there is.
    """

    module: str
    run: Callable[..., dict[str, Any]] | None = None
    missing: str = ""


def load(module: str) -> Engine:
    """Import the work of a module with all that its tasks need, so that not each worker has to.

    For the top of an action plugin: Ansible imports that once a run, before it makes its workers, and whatever it
    raises there ends the run.
    """
    try:
        import_module("urllib3")
        with compiled_once():
            work = import_module(f"{_COLLECTION}.modules.{module}").WORK
            host = import_module(f"{_COLLECTION}.plugin_utils._host")
            import_module(f"{_COLLECTION}.module_utils._desired.tls")
        # Workers, which are forks, do not copy what the collector leaves alone, and the end of a run does not look for
        # cycles among all that Ansible loaded, which would be a fifth of a short run.
        gc.freeze()
        return Engine(module, partial(host.run, work))
    except Exception as error:
        return Engine(module, missing=f"{type(error).__name__}: {error}")
