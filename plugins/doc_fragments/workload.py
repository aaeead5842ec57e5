# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  log_level:
    description: How much the registry logs. It becomes C(spec.logLevel). Since OpenShift 4.6.
    type: str
    choices: [Normal, Debug, Trace, TraceAll]
  operator_log_level:
    description: How much the operator logs. This does not replace the pods. It becomes C(spec.operatorLogLevel). Since OpenShift 4.6.
    type: str
    choices: [Normal, Debug, Trace, TraceAll]
  http_secret:
    description:
      - Secret with which the registry signs the state of uploads, the same for all pods. It becomes C(spec.httpSecret).
      - The operator generates one if there is none. Set this only to use a value of your own.
    type: str
  rotate_http_secret:
    description:
      - Whether the operator generates a new C(spec.httpSecret) and replaces the pods. This is an action - every run with V(true) does it.
    type: bool
    default: false
  proxies:
    description:
      - Proxies that the registry uses to reach other registries and its object store. Each overrides the cluster's own. An empty string
        restores that. They become C(spec.proxy).
      - For the proxy between the module and the API server use O(proxy).
    type: dict
    suboptions:
      http:
        description: URL of the proxy for HTTP. It becomes C(http).
        type: str
      https:
        description: URL of the proxy for HTTPS. It becomes C(https).
        type: str
      no_proxy:
        description: Hosts and networks that are reached without a proxy, separated by commas. It becomes C(noProxy).
        type: str
  read_only:
    description: Whether the registry refuses pushes and deletions. It becomes C(spec.readOnly).
    type: bool
  disable_redirect:
    description:
      - Whether the registry passes image data through itself instead of redirecting clients to the object store. It becomes
        C(spec.disableRedirect). Since OpenShift 4.2.
    type: bool
  requests:
    description: Limits of simultaneous requests to each pod. They become C(spec.requests).
    type: dict
    suboptions:
      read:
        description: Limits of pulls. It becomes C(read).
        type: dict
        suboptions: &queue
          max_running:
            description: Requests that are served at the same time, V(0) for no limit. It becomes C(maxRunning).
            type: int
          max_in_queue:
            description: Maximum number of requests that wait in the queue. It becomes C(maxInQueue).
            type: int
          max_wait_in_queue:
            description: How long a request may wait, as a Go duration such as V(30s). It becomes C(maxWaitInQueue).
            type: str
      write:
        description: Limits of pushes. It becomes C(write).
        type: dict
        suboptions: *queue
  resources:
    description:
      - Resources of the registry's container. They become C(spec.resources). If none are configured, the operator requests 100m CPU and
        256Mi memory.
    type: dict
    suboptions:
      requests:
        description: What is reserved, as quantities by resource name. A name that is not given is removed. It becomes C(requests).
        type: dict
      limits:
        description: What is allowed at most, as quantities by resource name. A name that is not given is removed. It becomes C(limits).
        type: dict
  node_selector:
    description:
      - Labels of the nodes on which the pods run, as the complete map. An empty map removes it. It becomes C(spec.nodeSelector).
      - With any label the operator no longer spreads the pods over nodes and zones by itself.
    type: dict
  tolerations:
    description: Taints that the pods tolerate, as the complete list. It becomes C(spec.tolerations).
    type: list
    elements: dict
    suboptions:
      key:
        description: Key of the taint. If it is omitted with O(tolerations[].operator=Exists), all taints. It becomes C(key).
        type: str
      operator:
        description: Whether the value has to be equal. It becomes C(operator).
        type: str
        choices: [Exists, Equal]
      value:
        description: Value of the taint. It becomes C(value).
        type: str
      effect:
        description: Effect of the taint, every effect if it is omitted. It becomes C(effect).
        type: str
        choices: [NoSchedule, PreferNoSchedule, NoExecute]
      toleration_seconds:
        description: Seconds for which a pod stays on a node with a C(NoExecute) taint. It becomes C(tolerationSeconds).
        type: int
  affinity:
    description:
      - Affinity of the pods, as Kubernetes writes it in a manifest (C(nodeAffinity), C(podAffinity), C(podAntiAffinity)), as the complete
        value. An empty map removes it. It becomes C(spec.affinity). Since OpenShift 4.5.
    type: dict
  topology_spread_constraints:
    description:
      - How the pods are spread, as the complete list. It becomes C(spec.topologySpreadConstraints) and replaces the operator's own
        constraints. Since OpenShift 4.11.
    type: list
    elements: dict
    suboptions:
      max_skew:
        description: By how many pods two domains may differ. It becomes C(maxSkew).
        type: int
        required: true
      topology_key:
        description: Label of the nodes whose value is their domain. It becomes C(topologyKey).
        type: str
        required: true
      when_unsatisfiable:
        description: What happens to a pod that cannot be placed like this. It becomes C(whenUnsatisfiable).
        type: str
        required: true
        choices: [DoNotSchedule, ScheduleAnyway]
      label_selector:
        description: Which pods are counted, as Kubernetes writes it in a manifest. It becomes C(labelSelector).
        type: dict
      match_label_keys:
        description: Labels of the pod whose values select the pods that are counted. It becomes C(matchLabelKeys).
        type: list
        elements: str
      min_domains:
        description: How many domains there have to be. It becomes C(minDomains).
        type: int
      node_affinity_policy:
        description: Whether only nodes that match the pod's affinity are counted. It becomes C(nodeAffinityPolicy).
        type: str
        choices: [Honor, Ignore]
      node_taints_policy:
        description: Whether only nodes whose taints the pod tolerates are counted. It becomes C(nodeTaintsPolicy).
        type: str
        choices: [Honor, Ignore]
  unsupported_config_overrides:
    description:
      - Overrides that are not supported, as the complete map. An empty map removes them. The operator knows C(deployment.annotations) and
        C(deployment.runtimeClassName). The cluster cannot be upgraded while they are set. It becomes C(spec.unsupportedConfigOverrides).
        Since OpenShift 4.6.
    type: dict
"""
