# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host of a task in Ansible's worker: options are validated and results are masked as a module does it."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Callable

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible_collections.okd.image_registry.plugins.module_utils._arguments import refusal, understand
from ansible_collections.okd.image_registry.plugins.module_utils._desired import secrecy
from ansible_collections.okd.image_registry.plugins.module_utils._secrets.mask import (
    scrub,
    unmistakable,
    values_misplaced,
)
from ansible_collections.okd.image_registry.plugins.module_utils._task import Task, Work


def run(
    work: Work,
    name: str,
    arguments: Mapping[str, Any],
    check_mode: bool,
    environment: Mapping[str, str],
    tell: Callable[[str], None],
) -> dict[str, Any]:
    """Do the work and return the result, the same that the module would give.

    name: of the module, as the task gives it. arguments: of the task. environment: the variables that count for it.
    tell: shows a line of progress.
    """
    given = _as_sent(arguments)
    suspects = values_misplaced(given, secrecy.OPTIONS)
    understood = understand(work.module, work.fields, given)
    validated = ArgumentSpecValidator(work.spec).validate(understood.arguments)
    options = validated.validated_parameters
    warnings = [
        f"Both option {double['option']} and its alias {double['alias']} are set." for double in validated._warnings
    ]
    words = validated.errors.msg if validated.error_messages else ""
    if words and isinstance(validated.errors[0], UnsupportedError):
        words = f"Unsupported parameters for ({name}) module: {words}"
    if words or understood.findings:
        return _answer(work, {"failed": True, **refusal(understood.findings, words)}, warnings, options, suspects)
    task = Task(work.module, options, check_mode, environment)
    task.tell = lambda line: tell(task.secrets.mask(line))
    # A program that a kubeconfig names would talk to the terminal, if there is one.
    with contextlib.redirect_stdout(io.StringIO()):
        result = work.run(task)
    return _answer(work, result, warnings + result.pop("warnings"), options, suspects)


def _answer(
    work: Work, result: dict[str, Any], warnings: list[str], options: dict[str, Any], suspects: set[str]
) -> dict[str, Any]:
    hidden = work.hidden(options)
    result["invocation"] = {"module_args": work.shown(options)}
    if warnings:
        result["warnings"] = warnings
    if result.get("failed"):
        hidden = hidden | suspects
        result["msg"] = scrub(result["msg"], suspects)
    # Ansible lets these through at the top, whatever an option that is secret says.
    plain = {key: value for key, value in result.items() if value is None or isinstance(value, bool)}
    masked: dict[str, Any] = _as_sent({**remove_values(result, unmistakable(hidden)), **plain})
    return masked


def _as_sent(value: Any) -> Any:
    """Return a value as it is after the way to or from a module: as JSON, without what Ansible knows of its origin."""
    return json.loads(json.dumps(value, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (set, tuple)):
        return list(value)
    return str(value)
