# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and return what it would change, without changing anything. Each step runs as a dry run on the API server.
  diff_mode:
    support: full
    description: Shows the fields that it manages before and after, in diff mode, with secret values hidden.
  idempotent:
    support: full
    description: When run twice in a row, outside C(check_mode), with the same arguments, the second run changes nothing.
"""

    READING = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: Changes nothing, so it does the same in C(check_mode).
  diff_mode:
    support: N/A
    description: Changes nothing, so there is no difference to show.
  idempotent:
    support: full
    description: Changes nothing.
"""

    ACTION_GROUP = r"""
options: {}
attributes:
  action_group:
    support: full
    description: Use C(group/okd.image_registry.registry) in C(module_defaults) to set the options of the connection for all modules.
    membership:
      - okd.image_registry.registry
"""
