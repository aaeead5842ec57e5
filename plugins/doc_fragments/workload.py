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
    description:
      - How much the operator logs. It becomes C(spec.operatorLogLevel). Since OpenShift 4.6. A change does not replace
        the pods.
    type: str
    choices: [Normal, Debug, Trace, TraceAll]
  http_secret:
    description:
      - Secret that the registry uses to sign the state of uploads. It becomes C(spec.httpSecret). All pods use the same
        secret.
      - If there is no secret, the operator generates one. Set this option only to use your own value.
    type: str
  rotate_http_secret:
    description:
      - Whether to rotate C(spec.httpSecret). The operator then generates a new secret and replaces the pods.
      - This is an action. Every run with V(true) does it again.
    type: bool
    default: false
  proxies:
    description:
      - Proxies that the registry uses to reach other registries and its object store. They become C(spec.proxy).
      - Each value overrides the proxy setting of the cluster. An empty string restores the setting of the cluster.
      - To set the proxy between the module and the API server, use O(proxy).
    type: dict
    suboptions:
      http:
        description: URL of the proxy for HTTP. It becomes C(http).
        type: str
      https:
        description: URL of the proxy for HTTPS. It becomes C(https).
        type: str
      no_proxy:
        description:
          - Hosts and networks that the registry reaches without a proxy, as a list or as a text that commas, blanks or
            line breaks separate. They become C(noProxy), separated by commas.
        type: str
  read_only:
    description: Whether the registry refuses pushes and deletions. It becomes C(spec.readOnly).
    type: bool
  disable_redirect:
    description:
      - Whether the registry sends image data itself, instead of redirecting clients to the object store. It becomes
        C(spec.disableRedirect). Since OpenShift 4.2.
    type: bool
  requests:
    description: Limits for simultaneous requests to each pod. They become C(spec.requests).
    type: dict
    suboptions:
      read:
        description: Limits for pulls. They become C(read).
        type: dict
        suboptions: &queue
          max_running:
            description:
              - Maximum number of requests that a pod serves at the same time. It becomes C(maxRunning). V(0) means no
                limit.
            type: int
          max_in_queue:
            description: Maximum number of requests that wait in the queue. It becomes C(maxInQueue).
            type: int
          max_wait_in_queue:
            description:
              - Maximum time that a request waits in the queue, as a Go duration such as V(30s). It becomes
                C(maxWaitInQueue). It has an effect only beside a limit above V(0).
            type: str
      write:
        description: Limits for pushes. They become C(write).
        type: dict
        suboptions: *queue
  resources:
    description:
      - Resources of the registry's container. They become C(spec.resources).
      - If no resources are configured, the operator requests 100m CPU and 256Mi memory.
      - An empty dictionary removes the resources. A dictionary that leaves neither requests nor limits does the same.
    type: dict
    suboptions:
      requests:
        description:
          - Resources that are reserved for the container, as a map from resource name to quantity. It becomes
            C(requests). The task removes resources that are not in the map. V(0) reserves nothing. Without a request a
            container requests its limit.
        type: dict
      limits:
        description:
          - Maximum resources of the container, as a map from resource name to quantity. It becomes C(limits).
            The task removes resources that are not in the map.
        type: dict
  node_selector:
    description:
      - Complete map of the labels that a node must have to run the pods. It becomes C(spec.nodeSelector). An empty map
        removes all labels. An empty text is a label without a value.
      - If there is any label, the operator no longer spreads the pods over nodes and zones.
    type: dict
  tolerations:
    description:
      - Complete list of the taints that the pods tolerate. It becomes C(spec.tolerations). An empty list removes all of
        them.
    type: list
    elements: dict
    suboptions:
      key:
        description:
          - Key of the taint. It becomes C(key). If it is omitted, and the operator is O(tolerations[].operator=Exists),
            the pods tolerate all taints.
        type: str
      operator:
        description:
          - With V(Equal) the taint must have the key and the value. With V(Exists) the key is enough. It becomes
            C(operator).
        type: str
        choices: [Exists, Equal]
      value:
        description: Value of the taint. It becomes C(value).
        type: str
      effect:
        description: Effect of the taint. It becomes C(effect). If it is omitted, the pods tolerate every effect.
        type: str
        choices: [NoSchedule, PreferNoSchedule, NoExecute]
      toleration_seconds:
        description: Seconds that a pod stays on a node with a C(NoExecute) taint. They become C(tolerationSeconds).
        type: int
  affinity:
    description:
      - Complete affinity of the pods. It becomes C(spec.affinity). Since OpenShift 4.5.
      - Write it as in a manifest of Kubernetes, with C(nodeAffinity), C(podAffinity) and C(podAntiAffinity).
      - It replaces what the operator sets for two pods, which is that they run on different nodes. A map that is
        empty, or whose parts all are, removes the affinity, and the operator sets its own again.
    type: dict
  topology_spread_constraints:
    description:
      - Complete list of the topology spread constraints of the pods. It becomes C(spec.topologySpreadConstraints).
        Since OpenShift 4.11.
      - The list replaces the constraints that the operator sets. An empty list removes the constraints, and the operator
        sets its own constraints again.
    type: list
    elements: dict
    suboptions:
      max_skew:
        description: Maximum difference between the numbers of pods in two domains. It becomes C(maxSkew).
        type: int
        required: true
      topology_key:
        description:
          - Key of a label of the nodes. It becomes C(topologyKey). Nodes with the same value of this label are one
            domain.
        type: str
        required: true
      when_unsatisfiable:
        description:
          - What the scheduler does with a pod that it cannot place within the constraint. It becomes
            C(whenUnsatisfiable).
        type: str
        required: true
        choices: [DoNotSchedule, ScheduleAnyway]
      label_selector:
        description:
          - Selector of the pods that the scheduler counts, as in a manifest of Kubernetes. It becomes C(labelSelector).
            An empty one selects all pods of the namespace. If it is omitted, no pod is counted.
        type: dict
      match_label_keys:
        description:
          - Keys of labels of the pod. They become C(matchLabelKeys). The scheduler counts only the pods that have the
            same values of these labels.
        type: list
        elements: str
      min_domains:
        description: Minimum number of domains. It becomes C(minDomains).
        type: int
      node_affinity_policy:
        description:
          - With V(Honor) the scheduler counts only the nodes that match the node affinity of the pod. It becomes
            C(nodeAffinityPolicy).
        type: str
        choices: [Honor, Ignore]
      node_taints_policy:
        description:
          - With V(Honor) the scheduler counts only the nodes whose taints the pod tolerates. It becomes
            C(nodeTaintsPolicy).
        type: str
        choices: [Honor, Ignore]
  unsupported_config_overrides:
    description:
      - Complete map of overrides that OpenShift does not support. It becomes C(spec.unsupportedConfigOverrides).
        Since OpenShift 4.6. An empty map removes the overrides.
      - The operator reads C(deployment.annotations) and C(deployment.runtimeClassName). Other keys are refused.
      - The cluster cannot be upgraded while overrides are set.
    type: dict
"""
