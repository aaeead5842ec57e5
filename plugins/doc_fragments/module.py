# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
requirements:
  - python >= 3.9
  - kubernetes >= 24.2.0
  - cryptography >= 39 (for the certificates of routes; it comes with ansible-core)
notes:
  - The connection options and the C(K8S_AUTH_*) environment variables are the same as for M(kubernetes.core.k8s).
  - Run the module on a host that can reach the API server, usually on C(localhost).
seealso:
  - module: okd.image_registry.registry_info
  - name: Image Registry Operator in OpenShift Container Platform
    description: How to configure the operator without this collection.
    link: https://docs.redhat.com/en/documentation/openshift_container_platform/latest/html/registry/configuring-registry-operator
"""
