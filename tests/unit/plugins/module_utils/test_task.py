# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task tells of its connection before it sends anything."""

from __future__ import annotations

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.okd.image_registry.plugins.module_utils._inform import REGISTRY_INFO
from ansible_collections.okd.image_registry.plugins.module_utils._task import Task


@pytest.mark.parametrize(
    ("host", "validate", "codes"),
    [
        ("https://api.example.com:6443", True, []),
        ("https://api.example.com:6443", False, ["[unverified-server]"]),
        ("http://api.example.com:8080", True, ["[unencrypted-server]"]),
        ("http://127.0.0.1:8001", True, []),
    ],
)
def test_who_else_may_get_the_credentials(host: str, validate: bool, codes: list[str]) -> None:
    given = {"host": host, "api_key": "t0ken", "validate_certs": validate}
    options = ArgumentSpecValidator(REGISTRY_INFO.spec).validate(given).validated_parameters
    task = Task("registry_info", options, False, {})
    with task.connect():
        assert [warning.rpartition(" ")[2] for warning in task.result.warnings] == codes
