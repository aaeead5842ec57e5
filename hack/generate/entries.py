# SPDX-License-Identifier: GPL-3.0-or-later
"""What each module has besides its own file: an action plugin, and an entry in the action group."""

from __future__ import annotations

from pathlib import Path

from hack.generate import modules
from hack.generate.places import filled

_GROUP = "    # modules: made by python -m hack.generate\n", "    # end of modules\n"
# REUSE-IgnoreStart
_ACTION = '''\
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
    """Runs the task {name} in Ansible's worker where it can."""

    engine = load("{name}")
'''
# REUSE-IgnoreEnd


def files(repository: Path) -> dict[Path, str]:
    """Return the text of each action plugin, and of the file with the action group."""
    names = modules.names(repository)
    made = {repository / "plugins/action" / f"{name}.py": _ACTION.format(name=name) for name in names}
    runtime = repository / "meta/runtime.yml"
    group = "".join(f"    - {name}\n" for name in names)
    return {**made, runtime: filled(runtime.read_text(encoding="utf-8"), *_GROUP, group)}
