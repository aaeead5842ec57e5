# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host of a task in Ansible's worker: an action plugin.

The strategy loads the class before it starts workers: what is imported here is paid for once in a run, for all hosts.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any, ClassVar

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

# An error here would end the whole run: whatever is missing, the module tells it of its task alone.
try:
    from ansible_collections.okd.image_registry.plugins.plugin_utils import _engine, _where

    _LACKS = ""
except Exception as error:
    _engine = _where = None  # type: ignore[assignment]
    _LACKS = f"the engine cannot be loaded: {error}"

_MODULES = "ansible_collections.okd.image_registry.plugins.modules"
_VARIABLE = "okd_image_registry_run_as_module"
_display = Display()


def work_of(module: str) -> Any:
    """Return the work of a module, None if it cannot be loaded here."""
    try:
        return importlib.import_module(f"{_MODULES}.{module}").WORK
    except Exception:
        return None


class InWorker(ActionBase):
    """Runs a module's work in the worker, or hands over to the module.

    work: see work_of.
    """

    work: ClassVar[Any] = None
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the task and return its result."""
        super().run(tmp, task_vars)
        variables = task_vars or {}
        why = self._why_module(variables)
        _display.vvv(f"{self._task.action} runs " + (f"as a module: {why}" if why else "in the worker"))
        if not why:
            return self._run_here(variables)
        is_async = bool(self._task.async_val and not self._connection.has_native_async)
        result: dict[str, Any] = self._execute_module(task_vars=task_vars, wrap_async=is_async)
        if not is_async:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _why_module(self, variables: dict[str, Any]) -> str:
        if _where is None or self.work is None:
            return _LACKS or "the module cannot be loaded"
        # With delegate_to, the variables of the host that the task is delegated to hold.
        delegated = variables.get("ansible_delegated_vars", {}).get(self._task.delegate_to)
        interpreter = (delegated or variables).get("ansible_python_interpreter")
        forced = variables.get(_VARIABLE, os.environ.get(_VARIABLE.upper(), ""))
        return _where.why_module(
            _where.Circumstances(
                is_forced=str(self._templar.template(forced)).lower() in ("1", "true", "yes", "on"),
                lacks=_LACKS,
                transport=self._connection.transport,
                becomes=bool(self._task.become or self._play_context.become),
                is_async=bool(self._task.async_val),
                interpreter=None if interpreter is None else str(self._templar.template(interpreter)),
                executable=sys.executable,
            )
        )

    def _run_here(self, variables: dict[str, Any]) -> dict[str, Any]:
        declared: dict[str, Any] = {}
        self._compute_environment_string(declared)
        environment = {**os.environ, **{name: str(value) for name, value in declared.items()}}
        host = variables.get("inventory_hostname", "localhost")

        def tell(line: str) -> None:
            if not self._task.no_log:
                _display.display(f"{host}: {line}")

        return _engine.run(
            self.work, self._task.action, self._task.args, bool(self._task.check_mode), environment, tell
        )
