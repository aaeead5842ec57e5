# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait until the pods that serve the configuration are ready and the routes are admitted. This is also proven when nothing
        had to be changed.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait at most.
    type: int
    default: 600
  error_grace:
    description:
      - Seconds for which an error that may go away by itself is endured without a break, for example one that the operator says it retries, a
        refused route, or a pod that cannot start. Errors that the operator does not retry end the task at once.
    type: int
    default: 60
"""
