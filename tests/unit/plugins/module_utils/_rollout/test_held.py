# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets that a task declares and somebody else overwrites while it waits."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import SECRET
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import DONE, Verdict
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.held import Held

from tests.unit.builders import observed

REF = SECRET("public-tls")
DECLARED = {"data": {"tls.crt": "b3Vycw==", "tls.key": "b3Vycw==", "tls.cacrt": None}}


def _judged(live: dict[str, Any] | None) -> Verdict:
    return Held(Wanted(REF, DECLARED)).verdict(observed(None, others={REF: live}))


def test_secret_that_still_holds_is_no_obstacle() -> None:
    # What the task does not speak of is others' business.
    assert _judged({"data": {"tls.crt": "b3Vycw==", "tls.key": "b3Vycw==", "more": "eA=="}}) == DONE


@pytest.mark.parametrize(
    ("live", "keys"),
    [
        pytest.param({"data": {"tls.crt": "b3Vycw==", "tls.key": "b3RoZXI="}}, ["tls.key"], id="another value"),
        pytest.param({"data": {"tls.crt": "b3Vycw=="}}, ["tls.key"], id="a key is gone"),
        pytest.param(
            {"data": {"tls.crt": "b3Vycw==", "tls.key": "b3Vycw==", "tls.cacrt": "eA=="}}, ["tls.cacrt"], id="came back"
        ),
        pytest.param(None, ["tls.crt", "tls.key"], id="the Secret is gone"),
    ],
)
def test_overwritten_secret_is_lost(live: dict[str, Any] | None, keys: list[str]) -> None:
    words = ", ".join(f"data.{key} of {REF}" for key in keys)
    assert _judged(live) == Verdict("lost", words)
