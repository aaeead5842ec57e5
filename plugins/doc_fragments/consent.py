# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  accept_data_loss:
    description:
      - Consent to lose stored images.
      - A task needs this to choose O(okd.image_registry.registry#module:storage.empty_dir), to move away from storage that may hold images, or
        to remove a registry whose storage is V(Managed). While images are on the disks of pods, every change that replaces or ends pods needs it.
      - Without it such a task fails before it changes anything. The error message names what would be lost.
      - A task does not need it for what the Config said before.
    type: bool
    default: false
"""

    SETTINGS = r"""
options:
  accept_settings_loss:
    description:
      - Consent to lose labels, annotations and other settings that others put on Routes of the registry, for example an
        allow list. It is needed as well if the account may not see the Routes.
      - The operator removes them when it takes over a Route, deletes a Route, or writes a Route again for another host
        or certificate. Without this option such a task fails before it changes anything. The error message names what
        would be lost.
    type: bool
    default: false
"""
