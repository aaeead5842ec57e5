# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  credentials:
    description:
      - Credentials with which the registry reaches its object store. They become the Secret C(image-registry-private-configuration-user),
        which takes precedence over those of the cluster's credential operator. A claim or C(emptyDir) needs none.
    type: dict
    suboptions:
      s3:
        description: Credentials for O(storage.s3).
        type: dict
        suboptions:
          access_key:
            description: Access key.
            type: str
            required: true
          secret_key:
            description: Secret key.
            type: str
            required: true
      state:
        description: Whether the Secret shall exist.
        type: str
        choices: [present, absent]
        default: present
"""
