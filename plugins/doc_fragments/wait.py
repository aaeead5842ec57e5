# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait until the pods with the declared configuration are ready and the routers have admitted the
        routes.
      - The task also checks this when it had nothing to change.
    type: bool
    default: true
  wait_timeout:
    description: Maximum time to wait, in seconds.
    type: int
    default: 600
  error_grace:
    description:
      - Maximum time, in seconds, that a temporary error may last without interruption. After this time the task fails.
      - Temporary errors are, for example, an error after which the operator tries again, a refused route, or a pod that
        cannot start.
      - If the operator does not try again after an error, the task fails at once.
    type: int
    default: 60
"""
