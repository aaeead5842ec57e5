# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Made by python -m hack.generate.
from __future__ import annotations

from ansible_collections.okd.image_registry.plugins.plugin_utils._compiled import compiled_once

with compiled_once():
    from ansible_collections.okd.image_registry.plugins.plugin_utils._engine import load
    from ansible_collections.okd.image_registry.plugins.plugin_utils._worker import Action


class ActionModule(Action):
    """Runs the task registry_storage in Ansible's worker where it can."""

    engine = load("registry_storage")
