# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the action plugins have in common: a task runs in Ansible's worker where it can, else as a module."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any, ClassVar

from ansible import constants
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.choice import (
    ONE_OF_MANY,
    STARTED_IN,
    overruled,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    AuthenticationSetupError,
    KeyNoText,
    RegistryError,
)
from ansible_collections.okd.image_registry.plugins.plugin_utils._engine import Engine
from ansible_collections.okd.image_registry.plugins.plugin_utils._fleet import Setting, doubt, is_one_of_many
from ansible_collections.okd.image_registry.plugins.plugin_utils._keys import no_texts
from ansible_collections.okd.image_registry.plugins.plugin_utils._where import SWITCH, Circumstances, why_module


class Action(ActionBase):
    """An action plugin of a module. engine: what the module does."""

    engine: ClassVar[Engine]
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the task and return its result."""
        begun = super().run(tmp, task_vars)
        variables = task_vars or {}
        computed: dict[Any, Any] = {}
        self._compute_environment_string(computed)
        environment = {str(name): str(value) for name, value in computed.items()}
        setting = self._setting(environment)
        if doubted := doubt(self._task.args, setting, variables):
            return {**begun, **_failure(doubted)}
        for name, key in no_texts(self._task.args):
            return {**begun, **_failure(KeyNoText(name, key))}
        try:
            without = overruled(environment, os.environ if self._is_local else None)
        except AuthenticationSetupError as error:
            return {**begun, **_failure(error)}
        if is_one_of_many(setting, variables):
            without[ONE_OF_MANY] = "yes"
        reason = why_module(self._circumstances(variables, environment))
        way = f"runs as a module: {reason}" if reason else "runs in the worker"
        host = str(variables.get("inventory_hostname", ""))
        self._display.vvv(f"okd.image_registry.{self.engine.module} {way}", host=host)
        if reason:
            return {**begun, **self._as_module(variables, without)}
        return {**begun, **_as_told(self._in_worker(host, {**environment, **without}), variables)}

    @property
    def _is_local(self) -> bool:
        """Whether the task runs on the machine that runs Ansible."""
        return bool(self._connection.transport == "local")

    def _setting(self, environment: Mapping[str, str]) -> Setting:
        return Setting(
            is_local=self._is_local,
            delegated=bool(self._task.delegate_to),
            becomes=bool(self._connection.become),
            once=bool(self._task.run_once) and not _runs_for_each(self._task.get_play().strategy),
            environment=environment,
            process=os.environ,
        )

    def _as_module(self, variables: dict[str, Any], without: Mapping[str, str]) -> dict[str, Any]:
        wrap_async = bool(self._task.async_val) and not self._connection.has_native_async
        # Ansible runs it in the directory of the playbook.
        place = {STARTED_IN: os.getcwd()} if self._is_local else {}
        self._task.environment = [*(self._task.environment or []), {**without, **place}]
        result: dict[str, Any] = self._execute_module(task_vars=variables, wrap_async=wrap_async)
        if not wrap_async:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _in_worker(self, host: str, environment: Mapping[str, str]) -> dict[str, Any]:
        if self.engine.run is None:
            raise AssertionError(self.engine.missing)

        def tell(line: str) -> None:
            # What masks results and obeys no_log does not cover this. Standard output may be JSON for programs.
            if not self._task.no_log:
                self._display.display(f"[{host}] {line}", stderr=True)

        return self.engine.run(
            name=self._task.action,
            arguments=self._task.args,
            check_mode=self._task.check_mode,
            # Never put into os.environ, where the next item of a loop would find them.
            environment={**os.environ, **environment},
            tell=tell,
        )

    def _circumstances(self, variables: dict[str, Any], environment: Mapping[str, str]) -> Circumstances:
        if self._task.delegate_to:
            variables = variables.get("ansible_delegated_vars", {}).get(self._task.delegate_to, variables)
        switch = self._templar.template(variables.get(SWITCH, os.environ.get(SWITCH.upper(), False)))
        configured = constants.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
        interpreter = str(self._templar.template(configured)).strip()
        return Circumstances(
            switch=boolean(switch, strict=False),
            missing=self.engine.missing,
            transport=self._connection.transport,
            become=bool(self._connection.become),
            is_async=bool(self._task.async_val),
            keeps_files=constants.DEFAULT_KEEP_REMOTE_FILES,
            interpreter=interpreter,
            is_own=_is_own(interpreter),
            environment=frozenset(environment),
        )


def _runs_for_each(strategy: str) -> bool:
    """Whether a strategy runs a task for each host, whatever its ``run_once`` says."""
    return strategy.rpartition(".")[2] in ("free", "host_pinned")


def _failure(error: RegistryError) -> dict[str, Any]:
    return {"failed": True, "msg": error.with_code(), "code": error.code}


def _as_told(result: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
    """Return a result without what modules tell only where the user asks for it."""
    kept = dict(result)
    if not _setting("INJECT_INVOCATION", variables, True):
        del kept["invocation"]
    if not {"always", "error"} & set(_setting("DISPLAY_TRACEBACK", variables, ["always"])):
        kept.pop("exception", None)
    return kept


def _setting(name: str, variables: dict[str, Any], before: Any) -> Any:
    """Return a setting of Ansible, or how a version behaves that does not have it yet."""
    if name not in constants.config.get_configuration_definitions():
        return before
    return constants.config.get_config_value(name, variables=variables)


def _is_own(interpreter: str) -> bool:
    """Whether a path is that of the Python that runs this, in the same virtual environment."""
    # The interpreter of a virtual environment is a link to one outside of it: the directory tells them apart.
    directory, own = os.path.dirname(interpreter), os.path.dirname(sys.executable)
    return os.path.realpath(interpreter) == os.path.realpath(sys.executable) and (
        os.path.realpath(directory) == os.path.realpath(own)
    )
