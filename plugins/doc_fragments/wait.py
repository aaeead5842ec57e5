# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait until the pods that serve the configuration are ready and the routes are admitted. The task also checks
        this when nothing had to be changed.
    type: bool
    default: true
  wait_timeout:
    description: Maximum time to wait, in seconds.
    type: int
    default: 600
  error_grace:
    description:
      - Seconds for which a temporary error may last without interruption before the task fails. Examples are an error that the operator
        retries, a refused route, or a pod that cannot start.
      - An error that the operator does not retry fails the task at once.
    type: int
    default: 60
"""
