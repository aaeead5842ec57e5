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
      - V(Unmanaged) leaves the registry as it is. Further settings are stored and take effect when it is V(Managed) again.
      - V(Removed) deletes the registry. Its images are deleted with it if O(storage.management_state) is V(Managed), which needs
        O(accept_data_loss).
      - On platforms without shared storage of their own (bare metal, vSphere, Nutanix and others) a cluster starts with V(Removed).
    type: str
    choices: [Managed, Unmanaged, Removed]
"""
