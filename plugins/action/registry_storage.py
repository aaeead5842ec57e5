# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.okd.image_registry.plugins.plugin_utils._worker import InWorker, work_of


class ActionModule(InWorker):
    """Runs the module of this name in Ansible's worker where that gives the same result."""

    work = work_of("registry_storage")
