# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  default_route:
    description:
      - Whether to expose the registry outside the cluster, at the host
        C(default-route-openshift-image-registry.<apps domain>). It becomes C(spec.defaultRoute).
      - This route uses the certificate of the router.
    type: bool
  routes:
    description:
      - Complete list of the additional routes of the registry, each with its own host. It becomes C(spec.routes).
      - The task removes routes that are not in the list. An empty list removes all of them.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the Route. It becomes C(name).
        type: str
        required: true
      hostname:
        description: Host of the Route. It becomes C(hostname). If it is omitted, the cluster chooses a host.
        type: str
      secret_name:
        description:
          - Name of an existing Secret in the namespace C(openshift-image-registry). It becomes C(secretName).
          - The Secret holds C(tls.crt), C(tls.key) and optionally C(tls.cacrt). If it holds neither C(tls.crt) nor
            C(tls.key), the task warns and the router uses its own certificate.
          - The router also uses its own certificate if both this option and O(routes[].tls) are omitted.
        type: str
      tls:
        description:
          - Certificate of the host. The task creates or updates the Secret C(<name>-tls) with it.
          - The task refuses to overwrite a Secret that has another purpose or owner. An example is
            C(image-registry-tls), which holds the certificate of the registry's pods.
          - The key must belong to the certificate. The certificate must be valid and cover the host. The task checks
            this before it changes anything.
        type: dict
        suboptions:
          certificate:
            description: Certificate as PEM text. It becomes C(tls.crt). Other certificates of the chain may follow it.
            type: str
            required: true
          key:
            description: Private key as PEM text, without a passphrase. It becomes C(tls.key).
            type: str
            required: true
          ca_certificate:
            description:
              - The certificate of the CA that issued O(routes[].tls.certificate), and those above it, as PEM text. They become C(tls.cacrt).
            type: str
"""
