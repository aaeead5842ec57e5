# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of the steps of a task, for one that does not get through all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Step
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import ApiError, Conflict
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import fields
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import Ref
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Order

# A step in every round that sets out to do it: the object, and whether it is only to be handed over.
_Key = tuple[Ref, bool]
_DONE, _NOT_DONE, _UNKNOWN = "done", "not done", "unknown"
_WORDS = {_DONE: "Done", _NOT_DONE: "Not done", _UNKNOWN: "Not known whether done"}


class Outcomes:
    """The steps that a task set out to do, and what is known of each.

    has_written: whether any of them was done, or may have been.
    """

    def __init__(self) -> None:
        self._steps: dict[_Key, Step] = {}
        self._outcomes: dict[_Key, str] = {}
        self.has_written = False

    def __bool__(self) -> bool:
        return bool(self._steps)

    def set_out(self, steps: Iterable[Step]) -> None:
        """Note the steps of one round; what an earlier round set out to do and this one need not do is done."""
        self._outcomes = dict.fromkeys(self._outcomes, _DONE)
        for step in steps:
            self._steps[_key(step)] = step
            self._outcomes[_key(step)] = _NOT_DONE

    def begin(self, step: Step) -> None:
        """Note that a step is being sent: from now on it may have been done, whatever is heard of it."""
        self._outcomes[_key(step)] = _UNKNOWN

    def done(self, step: Step) -> None:
        """Note that a step was done."""
        self._outcomes[_key(step)] = _DONE
        self.has_written = True

    def failed(self, step: Step, error: ApiError) -> None:
        """Note how a step ended otherwise."""
        if error.is_final:
            self._outcomes[_key(step)] = _NOT_DONE
        self.has_written |= not error.is_final or (isinstance(error, Conflict) and error.may_be_own)

    def plan(self) -> list[dict[str, Any]]:
        """Return the steps as a task reports them, each with its outcome."""
        return [{**step.as_dict(), "outcome": self._outcomes[key]} for key, step in self._steps.items()]

    def __str__(self) -> str:
        """Say what was done and what was not, "" if all was."""
        if not self.has_written:
            return "Nothing was changed." if self else ""
        if set(self._outcomes.values()) == {_DONE}:
            return ""
        named = {
            words: [self._name(self._steps[key]) for key, found in self._outcomes.items() if found == outcome]
            for outcome, words in _WORDS.items()
        }
        return " ".join(f"{words}: {', '.join(steps)}." for words, steps in named.items() if steps)

    def _name(self, step: Step) -> str:
        name = f"{step.action} {step.ref}"
        is_one_of_several = sum(step.ref == ref for ref, _is_handover in self._steps) > 1
        return f"{name} ({', '.join(fields(step.body))})" if is_one_of_several else name


def _key(step: Step) -> _Key:
    return step.ref, step.order == Order.HANDOVER
