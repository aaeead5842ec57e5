# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to messages knows every message of the modules and every reason of the operator."""

import re

from hack.tests.docs import messages
from sandbox.state import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "docsite" / "rst" / "guide_messages.rst").read_text(encoding="utf-8")
# The one verdict that is no trouble.
_GOOD = "the registry serves what was declared"


def test_every_message_of_the_modules_is_explained() -> None:
    said = dict(messages.of_the_modules())
    assert len(said) > 100
    assert _unexplained(said) == {_GOOD: said[_GOOD]}


def test_every_message_of_the_playbooks_and_roles_is_explained() -> None:
    said = dict(messages.of_the_playbooks())
    assert {"playbooks/setup.yml", "playbooks/drift.yml", "roles/registry/tasks/main.yml"} <= set(said.values())
    assert _unexplained(said) == {}


def test_every_reason_of_the_operator_is_explained() -> None:
    known = tuple(re.findall("``([^`]+)``", GUIDE))
    reasons = dict(messages.of_the_operator())
    assert {"Ready", "DeploymentNotCompleted", "StorageNotConfigured"} <= reasons.keys()
    # In the ClusterOperator the type of the condition precedes the reason.
    assert {reason: name for reason, name in reasons.items() if not reason.endswith(known)} == {}


def _unexplained(said: dict[str, str]) -> dict[str, str]:
    known = " ".join(re.sub("[`*]", "", GUIDE).split()).lower()
    return {text: place for text, place in said.items() if text.strip(" .,;:()").lower() not in known}
