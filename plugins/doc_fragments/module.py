# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  proxy:
    description:
      - URL of a proxy for the connection. C(K8S_AUTH_PROXY) sets it too.
      - If it is not set, the task uses C(proxy-url) of the kubeconfig. If that is not set either, it uses C(HTTPS_PROXY)
        or C(HTTP_PROXY), as the scheme of the API server's URL says, or C(ALL_PROXY).
    type: str
  no_proxy:
    description:
      - Hosts, domains, addresses and networks that the task reaches without the proxy, as a list or as a text
        that commas, blanks or line breaks separate.
        C(K8S_AUTH_NO_PROXY) sets it too. An example is V(localhost,.example.com,127.0.0.0/8).
      - For a proxy that comes from the environment, the default is C(NO_PROXY).
    type: str
requirements:
  - python >= 3.9
  - kubernetes >= 24.2.0
  - cryptography >= 39 (for the certificates of routes; it comes with ansible-core)
notes:
  - The connection options and the C(K8S_AUTH_*) environment variables are the same as for M(kubernetes.core.k8s).
  - If a task names a cluster, by O(host), O(kubeconfig) or O(context), it does not use the cluster, the credentials and the certificates
    that the environment names. The keyword C(environment) of a task or play takes precedence over the environment of the
    process in the same way. A task that names two clusters is refused. An empty option is refused too.
  - A relative path is relative to the directory in which you start C(ansible-playbook), if the task runs on that machine.
  - Run the module on a host that can reach the API server, usually on C(localhost).
seealso:
  - module: okd.image_registry.registry_info
  - name: Image Registry Operator in OpenShift Container Platform
    description: How to configure the operator without this collection.
    link: https://docs.redhat.com/en/documentation/openshift_container_platform/latest/html/registry/configuring-registry-operator
"""
