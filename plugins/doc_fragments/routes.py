# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  default_route:
    description:
      - Whether the registry is reachable from outside under the host C(default-route-openshift-image-registry.<apps domain>), with the
        router's certificate. It becomes C(spec.defaultRoute).
    type: bool
  routes:
    description:
      - Further hosts of the registry, as the complete list. An empty list removes all. It becomes C(spec.routes).
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the Route. It becomes C(name).
        type: str
        required: true
      hostname:
        description: Host of the Route. If it is omitted, the cluster chooses one. It becomes C(hostname).
        type: str
      secret_name:
        description:
          - Name of a Secret in the namespace C(openshift-image-registry) that exists, with C(tls.crt), C(tls.key) and optionally C(tls.cacrt).
          - Without it and without O(routes[].tls) the router's own certificate is used. It is also used, with a warning, if the
            Secret has neither C(tls.crt) nor C(tls.key). It becomes C(secretName).
        type: str
      tls:
        description:
          - Certificate of the host. The Secret C(<name>-tls) is created from it, or updated. A Secret that has another
            purpose is refused, such as C(image-registry-tls), which the registry's pods serve.
          - The key must belong to the certificate, and the certificate must cover the host and be valid. This is checked before
            anything is changed.
        type: dict
        suboptions:
          certificate:
            description: Certificate, as PEM text; further certificates of the chain may follow it. It becomes C(tls.crt).
            type: str
            required: true
          key:
            description: Private key without a passphrase, as PEM text. It becomes C(tls.key).
            type: str
            required: true
          ca_certificate:
            description: CA certificates that complete the chain, as PEM text. It becomes C(tls.cacrt).
            type: str
"""
