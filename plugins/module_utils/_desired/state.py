# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Section: the management state of the registry."""

from __future__ import annotations

from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, never
from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import Section

STATES = ("Managed", "Unmanaged", "Removed")


class StateSection(Section):
    """management_state."""

    fields = (Field("management_state", "managementState", choices=STATES, replaces_pods=never),)
