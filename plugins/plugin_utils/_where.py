# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a task runs in Ansible's worker or as a module: pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

SWITCH = "okd_image_registry_run_as_module"

# What the interpreter or a library of the system reads only when a process begins, or only from the process itself.
_FOR_A_PROCESS = ("PYTHON", "LD_", "DYLD_", "OPENSSL_", "SSL_CERT_")


class Circumstances(NamedTuple):
    """What is known of a task before it runs.

    switch: whether the user asks for the module. missing: why the engine cannot be imported here, "" if it can.
    transport: of the connection. become: whether the task runs as another user. is_async: whether it runs in the
    background. keeps_files: whether the files of modules are kept. interpreter: the Python that is configured for
    modules. is_own: whether that is the controller's own. environment: the names of the variables that the task sets.
    """

    switch: bool = False
    missing: str = ""
    transport: str = "local"
    become: bool = False
    is_async: bool = False
    keeps_files: bool = False
    interpreter: str = "auto"
    is_own: bool = False
    environment: Iterable[str] = ()


def why_module(known: Circumstances) -> str:
    """Return why the task has to run as a module, "" if it can run in the worker."""
    if known.switch:
        return f"{SWITCH} is true"
    if known.missing:
        return f"the Python of the controller lacks what it needs: {known.missing}"
    if known.transport != "local":
        return f"the connection is {known.transport}"
    if known.become:
        return "it runs as another user (become)"
    if known.is_async:
        return "it runs in the background (async)"
    if known.keeps_files:
        return "the files of modules are kept (ANSIBLE_KEEP_REMOTE_FILES)"
    if not known.interpreter.startswith("auto") and not known.is_own:
        return f"its interpreter is {known.interpreter}"
    special = sorted(name for name in known.environment if name.startswith(_FOR_A_PROCESS))
    if special:
        return f"the environment sets {', '.join(special)}"
    return ""
