# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to messages knows every code, every message without one, and every reason of the operator."""

import re

from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import DONE

from hack.tests.docs import codes, messages
from sandbox.state import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "docsite" / "rst" / "guide_messages.rst").read_text(encoding="utf-8")


def test_every_code_has_an_entry_and_every_entry_a_code() -> None:
    entries = re.findall(r"^([a-z][a-z-]*)\n\^+$", GUIDE, re.MULTILINE)
    assert len(entries) == len(set(entries))
    assert set(entries) == codes.of_the_modules().keys()


def test_every_message_without_a_code_of_its_own_is_explained() -> None:
    said = dict(messages.of_the_modules())
    assert len(said) > 30
    # The one verdict that is no trouble.
    assert _unexplained(said) == {DONE.why: said[DONE.why]}


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
