# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks as a host runs them, against an API server of the tests."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.okd.image_registry.plugins.module_utils._task import Task, Work

from tests.unit.tinyapi import TinyApi


def done(api: TinyApi, work: Work, check_mode: bool = False, **given: Any) -> dict[str, Any]:
    """Return the result of a task with these options."""
    checked = ArgumentSpecValidator(work.spec).validate({"host": api.url, "api_key": "a-secret-token", **given})
    assert not checked.error_messages, checked.error_messages
    return work.run(Task(work.module, checked.validated_parameters, check_mode, {}))
