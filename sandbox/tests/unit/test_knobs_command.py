# SPDX-License-Identifier: GPL-3.0-or-later
"""Setting knobs from the command line."""

import pytest

from sandbox.errors import SandboxError
from sandbox.knobs_command import changed


@pytest.mark.parametrize(
    ("before", "settings", "after"),
    [
        ({}, [], {}),
        ({}, ["podReadyDelay=3"], {"podReadyDelay": "3"}),
        ({"podReadyDelay": "3"}, ["podOutcome=crash"], {"podReadyDelay": "3", "podOutcome": "crash"}),
        ({"podReadyDelay": "3"}, ["podReadyDelay="], {}),
        ({}, ["podReadyDelay="], {}),
        ({}, ["refuseMessage=a=b"], {"refuseMessage": "a=b"}),
    ],
)
def test_settings_change_what_they_name(before: dict[str, str], settings: list[str], after: dict[str, str]) -> None:
    assert changed(before, settings) == after


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("podReadyDelay", "'podReadyDelay' is not of the form NAME=VALUE"),
        ("nothing=1", "unknown knob 'nothing'; known are podReadyDelay, "),
        ("nothing=", "unknown knob 'nothing'; known are podReadyDelay, "),
        ("podReadyDelay=soon", "podReadyDelay='soon'"),
    ],
)
def test_bad_settings_are_refused(setting: str, message: str) -> None:
    with pytest.raises(SandboxError, match=message):
        changed({}, [setting])
