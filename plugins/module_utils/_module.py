# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host of a task in a process of its own: an Ansible module."""

from __future__ import annotations

import os
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.okd.image_registry.plugins.module_utils._arguments import Understood, refusal, understand
from ansible_collections.okd.image_registry.plugins.module_utils._desired import secrecy
from ansible_collections.okd.image_registry.plugins.module_utils._secrets.mask import (
    scrub,
    unmistakable,
    values_misplaced,
)
from ansible_collections.okd.image_registry.plugins.module_utils._task import Task, Work


class _Module(AnsibleModule):
    """A module that hides secrets also in what Ansible tells by itself: of options that it refuses, and in the log."""

    params: dict[str, Any]

    def __init__(self, work: Work):
        self._work = work
        self._suspects: set[str] = set()
        self._understood = Understood()
        super().__init__(argument_spec=work.spec, supports_check_mode=True)

    def _load_params(self) -> None:
        super()._load_params()
        # Now, because Ansible drops what it cannot convert, and then quotes it.
        self._suspects = values_misplaced(self.params, secrecy.OPTIONS)
        self._understood = understand(self._work.module, self._work.fields, self.params)
        self.params = self._understood.arguments

    def _log_invocation(self) -> None:
        if self._understood.findings:
            self.fail_json("")
        # The system's log would get the values as Python writes them, which Ansible's own masking does not find.
        given = sorted(name for name, value in self.params.items() if value is not None)
        self.log(f"Invoked with {', '.join(given) or 'no options'}")

    def fail_json(self, msg: str, **kwargs: Any) -> None:
        self.no_log_values = unmistakable(self._suspects | self._work.hidden(self.params))
        kwargs.update(refusal(self._understood.findings, msg))
        # A value is quoted as Python writes it, which Ansible's own masking does not find.
        kwargs["msg"] = scrub(kwargs["msg"], self._suspects)
        super().fail_json(**kwargs, invocation={"module_args": self._work.shown(self.params)})


def run(work: Work) -> None:
    """Do the work as a module, and end the process."""
    module = _Module(work)
    # Ansible takes every word of an option that is secret for a secret; these are told apart.
    module.no_log_values = unmistakable(work.hidden(module.params))
    task = Task(work.module, module.params, module.check_mode, os.environ)
    result = work.run(task)
    for warning in result.pop("warnings"):
        module.warn(warning)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result, invocation={"module_args": work.shown(module.params)})
