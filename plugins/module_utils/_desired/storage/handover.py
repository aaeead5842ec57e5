# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether storage has to be handed over to the user before the registry is removed: pure.

The operator may write an older copy of the spec back over a change that it has not seen, and spares managementState
alone. Of a change to Removed and Unmanaged storage this leaves Removed and Managed storage, which it then deletes.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import medium
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup

_OWNER = ("spec", "storage", "managementState")
HANDOVER: dict[str, Any] = {"spec": {"storage": {"managementState": "Unmanaged"}}}


def is_needed(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether a change removes the registry and keeps storage of which the operator may not know yet that it stays."""
    state, state_after = (lookup(config, ("spec", "managementState")) for config in (before, after))
    lasts = any(found.backend != "emptyDir" for found in medium.removable(before))
    if state == state_after or state_after != "Removed" or not lasts:
        return False
    was_managed = medium.is_taken_over(before)
    owner, owner_after = (lookup(config, _OWNER) for config in (before, after))
    stays = owner_after != "Managed" and (owner_after or not was_managed)
    is_known = owner == "Unmanaged" and medium.is_observed(before)
    return bool(stays) and (owner == "Managed" or was_managed) and not is_known
