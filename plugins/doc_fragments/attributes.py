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
    description:
      - In C(check_mode) the module returns what it would change, and changes nothing. The API server runs each step as
        a dry run.
  diff_mode:
    support: full
    description: In diff mode, the module shows the managed fields before and after the change. It hides secret values.
  idempotent:
    support: full
    description:
      - When run twice in a row, outside C(check_mode), with the same arguments, the second run changes nothing.
"""

    READING = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: The module changes nothing. In C(check_mode) it does the same.
  diff_mode:
    support: N/A
    description: The module changes nothing. There is no difference to show.
  idempotent:
    support: full
    description: The module changes nothing.
"""

    ACTION_GROUP = r"""
options: {}
attributes:
  action_group:
    support: full
    description:
      - Use C(group/okd.image_registry.registry) in C(module_defaults) to set the connection options for all modules.
    membership:
      - okd.image_registry.registry
"""
