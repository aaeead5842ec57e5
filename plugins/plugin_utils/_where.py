# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a task runs: in Ansible's worker, or as a module in a process of its own. Pure."""

from __future__ import annotations

import os
from dataclasses import dataclass

# With these Ansible looks for a Python by itself, because none is named.
_AUTOMATIC = frozenset({"", "auto", "auto_legacy", "auto_silent", "auto_legacy_silent"})


@dataclass(frozen=True)
class Circumstances:
    """What decides where a task runs.

    is_forced: whether the user wants a module. lacks: why the engine cannot run here, "" if it can. transport: the name
    of the connection plugin. interpreter: ansible_python_interpreter as it holds for the task, None if it is not set.
    executable: the Python that runs Ansible.
    """

    is_forced: bool
    lacks: str
    transport: str
    becomes: bool
    is_async: bool
    interpreter: str | None
    executable: str


def why_module(found: Circumstances) -> str:
    """Return why a task has to run as a module, "" if the worker gives the same result."""
    if found.is_forced:
        return "it is asked for"
    if found.lacks:
        return found.lacks
    if found.transport != "local":
        return f"the connection is {found.transport}"
    if found.becomes:
        return "it runs as another user"
    if found.is_async:
        return "it is asynchronous"
    interpreter = found.interpreter or ""
    if interpreter not in _AUTOMATIC and not _is_same(interpreter, found.executable):
        return f"its Python is {interpreter}"
    return ""


def _is_same(interpreter: str, executable: str) -> bool:
    # All environments of one Python are links to the same file: its directory tells them apart.
    directories = {os.path.dirname(os.path.abspath(path)) for path in (interpreter, executable)}
    return len(directories) == 1 and os.path.realpath(interpreter) == os.path.realpath(executable)
