# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module's work in this process, with the result that the module would give."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from typing import Any, Callable

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.okd.image_registry.plugins.module_utils._secrets.mask import scrub, values_misplaced
from ansible_collections.okd.image_registry.plugins.module_utils._task import Task, Work


def run(
    work: Work,
    action: str,
    arguments: Mapping[str, Any],
    check_mode: bool,
    environment: Mapping[str, str],
    tell: Callable[[str], None],
) -> dict[str, Any]:
    """Validate the arguments of a task, do the work, and return the result.

    action: the module's name, as the task has it. tell: shows a line of progress; it gets none of the task's secrets.
    """
    given = _plain(arguments)
    suspects = values_misplaced(given)
    validation = ArgumentSpecValidator(work.spec).validate(given)
    options = {**given, **validation.validated_parameters}
    if validation.error_messages:
        # A value is quoted as Python writes it, which masking by value does not find.
        failure = {"failed": True, "msg": scrub(_refusal(action, validation.errors), suspects)}
        return _finished(failure, options, suspects | work.hidden(options))
    task = Task(work.module, options, check_mode, environment)
    task.tell = lambda line: tell(task.secrets.mask(line))
    try:
        result = work.run(task)
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        told = {"failed": True, "msg": f"MODULE FAILURE: {words}", "exception": traceback.format_exc()}
        result = task.secrets.mask(told)
    return _finished(result, options, work.hidden(options))


def _refusal(action: str, errors: Any) -> str:
    # As AnsibleModule says it.
    if isinstance(errors[0], UnsupportedError):
        return f"Unsupported parameters for ({action}) module: {errors.msg}"
    return str(errors.msg)


def _finished(result: dict[str, Any], options: dict[str, Any], hidden: set[str]) -> dict[str, Any]:
    whole = {**result, "invocation": {"module_args": options}}
    if not whole.get("warnings"):
        whole.pop("warnings", None)
    kept = {key: value for key, value in whole.items() if value is None or isinstance(value, bool)}
    finished: dict[str, Any] = wrap_var({**remove_values(whole, hidden), **kept})
    return finished


def _plain(value: Any) -> Any:
    """Return arguments as a module gets them: without what Ansible's own kinds of text and numbers carry along."""
    if isinstance(value, Mapping):
        return {str(key): _plain(below) for key, below in value.items()}
    if isinstance(value, (str, bytes)) or hasattr(value, "__ENCRYPTED__"):
        return str(value)
    if isinstance(value, Sequence):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool):
        return value
    for kind in (int, float):
        if isinstance(value, kind):
            return kind(value)
    return str(value)
