# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  cluster:
    description:
      - The cluster that the task is for, by the name that it has for itself
        (C(oc get infrastructures cluster -o jsonpath='{.status.infrastructureName}')), or by the URL of its API server,
        as RV(cluster.api_url) has it. With every other cluster the task fails before it changes anything.
    type: str
"""
