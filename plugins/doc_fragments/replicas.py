# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  replicas:
    description:
      - Number of pods that serve the registry. It becomes C(spec.replicas).
      - More than one pod needs storage that pods can share. Pods cannot share
        O(okd.image_registry.registry#module:storage.empty_dir) or a C(ReadWriteOnce) claim.
    type: int
  rollout_strategy:
    description:
      - How the Deployment replaces its pods when the configuration changes. It becomes C(spec.rolloutStrategy).
        Since OpenShift 4.4.
      - A C(ReadWriteOnce) claim needs V(Recreate), because the old pod has to release the volume before the new pod can
        use it.
    type: str
    choices: [RollingUpdate, Recreate]
"""
