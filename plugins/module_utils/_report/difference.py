# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The managed fields of an object before and after a step, as Ansible shows differences: pure."""

from __future__ import annotations

from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired import secrecy
from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Step
from ansible_collections.okd.image_registry.plugins.module_utils._objects.patch import project
from ansible_collections.okd.image_registry.plugins.module_utils._secrets.mask import mask_pair

_NOT_CONTENT = ("metadata", "apiVersion", "kind")


def difference(step: Step, answer: dict[str, Any] | None) -> dict[str, Any]:
    """Return the difference that a step makes.

    answer: the object as the API server would store it, None for a deletion.
    """
    managed = step.managed
    if step.action == "delete":
        managed = {key: value for key, value in (step.live or {}).items() if key not in _NOT_CONTENT}
    before, after = mask_pair(secrecy.of(step.ref.resource), project(managed, step.live), project(managed, answer))
    return {"before_header": str(step.ref), "after_header": str(step.ref), "before": before, "after": after}
