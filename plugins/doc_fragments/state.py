# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  management_state:
    description:
      - Whether the operator runs the registry. It becomes C(spec.managementState) of the Config.
      - With V(Managed) the operator applies the configuration to the registry and keeps it applied.
      - With V(Unmanaged) the operator leaves the registry as it is. The Config stores new settings. They take effect
        when the state is V(Managed) again.
      - With V(Removed) the operator deletes the registry. If O(storage.management_state) is V(Managed), the operator
        also deletes the images. This needs O(accept_data_loss).
      - On platforms that provide no shared storage (bare metal, vSphere, Nutanix and others) a new cluster starts with
        V(Removed).
    type: str
    choices: [Managed, Unmanaged, Removed]
"""
