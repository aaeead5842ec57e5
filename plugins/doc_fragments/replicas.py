# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  replicas:
    description:
      - Number of pods that serve the registry. More than one needs storage that pods can share, so not
        O(okd.image_registry.registry#module:storage.empty_dir) and not a C(ReadWriteOnce) claim. It becomes C(spec.replicas).
    type: int
  rollout_strategy:
    description:
      - How pods are replaced when the configuration changes. A C(ReadWriteOnce) claim needs V(Recreate), since the old pod has to
        release the volume first. It becomes C(spec.rolloutStrategy). Since OpenShift 4.4.
    type: str
    choices: [RollingUpdate, Recreate]
"""
