# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arguments of a task as Ansible's validation can take them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def refusable(spec: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments in which a number or boolean that stands in place of options is text.

    spec: argument specs by name. The validation reports that text is no dictionary. With a number or boolean it fails
    with a TypeError (seen in ansible-core 2.16 to 2.21).
    """
    return {name: _refusable(spec.get(name, {}), value) for name, value in given.items()}


def _refusable(spec: Mapping[str, Any], value: Any) -> Any:
    if "options" not in spec:
        return value
    if isinstance(value, Mapping):
        return refusable(spec["options"], value)
    if isinstance(value, list):
        return [_refusable(spec, item) for item in value]
    is_misplaced = spec["type"] == "dict" and isinstance(value, (bool, int, float))
    return str(value) if is_misplaced else value
