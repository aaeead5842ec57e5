#!/usr/bin/python

# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: registry_info
short_description: Gather all information about the image registry
version_added: 0.1.0
author:
  - okd.image_registry contributors (!UNKNOWN)
description:
  - Reads all objects that show the state of the image registry, in parallel.
  - RV(missing) lists the objects that do not exist or that the user may not read. The module still returns all others.
  - The task fails only if the module cannot reach the API server, or if the API server does not accept the credentials.
  - The module returns no secret values. Of each Secret it returns the name, the type and the names of the keys.
extends_documentation_fragment:
  - okd.image_registry.attributes.reading
  - okd.image_registry.attributes.action_group
  - okd.image_registry.module
  - kubernetes.core.k8s_auth_options
options:
  name:
    description:
      - Name of the Config of the registry. The operator reads only V(cluster). In the first previews of OpenShift 4 the
        name was V(instance).
    type: str
    default: cluster
"""

EXAMPLES = r"""
- name: Gather information about the image registry
  okd.image_registry.registry_info:
  register: info

- name: Check that the registry serves
  ansible.builtin.assert:
    that:
      - info.conditions.Available.status == 'True'
      - info.registry.replicas.ready == info.registry.replicas.wanted

- name: Show why pods are not ready
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.why_not_ready }}"
  loop: "{{ info.pods.registry | rejectattr('ready') }}"

- name: Show the objects that could not be read
  ansible.builtin.debug:
    msg: "{{ item.object }}: {{ item.message }}"
  loop: "{{ info.missing }}"
"""

RETURN = r"""
cluster:
  description: Which cluster this was. Also a task that fails has it, as far as it is known.
  returned: when connected
  type: dict
  sample:
    api_url: https://api.prod.example.com:6443
    infrastructure_name: prod-x7k2p
    version: 4.22.0
  contains:
    api_url:
      description: The URL of the API server that the task was connected to.
      type: str
    infrastructure_name:
      description: The name that the cluster has for itself, from the Infrastructure C(cluster). Null if it may not be read.
      type: str
    version:
      description: The version of the release, as the registry's operator reports it. Null if nothing tells it.
      type: str
registry:
  description: Summary of the registry, as the other modules return it. Values that the module could not read are null.
  returned: success
  type: dict
  sample:
    state: Managed
    backend: pvc
    storage: {claim: registry}
    storage_management_state: Unmanaged
    replicas: {wanted: 2, ready: 2}
    settings:
      - {option: log_level, field: spec.logLevel, value: Debug, declared: true}
    hosts: [registry.example.com]
    conditions:
      Available: {status: "True", reason: Ready, message: The registry is ready}
  contains:
    state:
      description: The management state of the registry.
      type: str
    backend:
      description: Name of the storage backend in C(spec.storage). Null if there is none or more than one.
      type: str
    storage:
      description: Which claim, bucket or other medium holds the images.
      type: dict
    storage_management_state:
      description: Whether the operator owns the storage.
      type: str
    replicas:
      description: The numbers of pods that are C(wanted) and that are C(ready).
      type: dict
    settings:
      description:
        - The settings that differ from what the operator does where nothing is set, those that stop pushes first. State,
          storage and number of pods are not among them.
        - C(declared) tells whether the task declares it.
      type: list
      elements: dict
    hosts:
      description: The hosts of the registry's routes that a router has admitted.
      type: list
      elements: str
    conditions:
      description:
        - The conditions Available, Progressing and Degraded of the Config, each with status, reason and message.
      type: dict
config:
  description:
    - The Config as the API returns it, without annotations and C(managedFields). The value of C(httpSecret) is hidden.
      Null if the Config is missing.
  returned: success
  type: dict
  sample:
    apiVersion: imageregistry.operator.openshift.io/v1
    kind: Config
    metadata: {name: cluster, generation: 3, creationTimestamp: "2026-01-15T10:00:00Z"}
    spec:
      managementState: Managed
      replicas: 2
      httpSecret: <hidden>
      storage: {managementState: Unmanaged, pvc: {claim: registry}}
    status:
      observedGeneration: 3
      readyReplicas: 2
      storage: {managementState: Unmanaged, pvc: {claim: registry}}
conditions:
  description: All conditions of the Config, by type. Empty if the Config is missing.
  returned: success
  type: dict
  sample:
    Available:
      status: "True"
      reason: Ready
      message: The registry is ready
      last_transition_time: "2026-01-15T10:05:00Z"
cluster_operator:
  description:
    - The ClusterOperator C(image-registry), in which the operator reports to the cluster. Null if it is missing.
  returned: success
  type: dict
  sample:
    conditions:
      Available:
        status: "True"
        reason: Ready
        message: "Available: The registry is ready"
        last_transition_time: "2026-01-15T10:05:00Z"
    versions: {operator: 4.22.0}
  contains:
    conditions:
      description: Its conditions by type, each with status, reason, message and last_transition_time.
      type: dict
    versions:
      description: The versions that it reports, by name.
      type: dict
deployments:
  description: The Deployments of the registry and of its operator, each null if it is missing.
  returned: success
  type: dict
  sample:
    registry:
      name: image-registry
      created: "2026-01-15T10:04:00Z"
      version: 4.22.0
      images: ["quay.io/okd/registry:4.22"]
      strategy: RollingUpdate
      generation: 2
      observed_generation: 2
      replicas: {wanted: 2, current: 2, updated: 2, ready: 2, available: 2}
      conditions:
        Progressing:
          status: "True"
          reason: NewReplicaSetAvailable
          message: ReplicaSet "image-registry-5d8f7c9b6" has successfully progressed.
          last_transition_time: "2026-01-15T10:05:00Z"
    operator: null
  contains:
    registry:
      description:
        - The Deployment C(image-registry) - its C(name), its creation time (C(created)), the C(version) of the release,
          its C(images), the C(strategy) of rollouts, C(generation), C(observed_generation), and the C(conditions) by
          type.
        - C(replicas) has the numbers of pods that are C(wanted), that exist (C(current)), that have the newest template
          (C(updated)), that are C(ready) and that are C(available).
      type: dict
    operator:
      description: The Deployment C(cluster-image-registry-operator), with the same fields.
      type: dict
replica_sets:
  description: The ReplicaSets in the namespace C(openshift-image-registry), sorted by name.
  returned: success
  type: list
  elements: dict
  sample:
    - name: image-registry-5d8f7c9b6
      created: "2026-01-15T10:04:00Z"
      deployment: image-registry
      revision: 2
      images: ["quay.io/okd/registry:4.22"]
      replicas: {wanted: 2, current: 2, ready: 2, available: 2}
  contains:
    name:
      description: Name of the ReplicaSet.
      type: str
    created:
      description: Time when it was created.
      type: str
    deployment:
      description: Name of the Deployment that it belongs to.
      type: str
    revision:
      description: Revision of the Deployment that the ReplicaSet stands for. The highest revision is the newest.
      type: int
    images:
      description: The images of its containers.
      type: list
      elements: str
    replicas:
      description: The numbers of pods, C(wanted), C(current), C(ready) and C(available).
      type: dict
pods:
  description: The pods in three groups. Each group is sorted by name.
  returned: success
  type: dict
  sample:
    registry:
      - name: image-registry-5d8f7c9b6-4xk2p
        node: worker-0
        phase: Pending
        ready: false
        why_not_ready: "container registry of pod image-registry-5d8f7c9b6-4xk2p: ImagePullBackOff: Back-off pulling image"
        restarts: 0
        created: "2026-01-15T10:04:00Z"
        started: "2026-01-15T10:04:01Z"
    operator: []
    node_ca: []
  contains:
    registry:
      description:
        - The pods of the registry. Each has C(name), C(node), C(phase), the number of C(restarts) of its containers,
          and the times when it was C(created) and C(started).
        - C(ready) shows whether the pod is ready. If it is not, C(why_not_ready) has the reason, else it is null.
      type: list
      elements: dict
    operator:
      description: The pods of the operator, with the same fields.
      type: list
      elements: dict
    node_ca:
      description:
        - The pods that copy the registry's certificates to the nodes, one for each node. They have the same fields.
      type: list
      elements: dict
services:
  description: The Services in the namespace C(openshift-image-registry), sorted by name.
  returned: success
  type: list
  elements: dict
  sample:
    - name: image-registry
      type: ClusterIP
      cluster_ip: 172.30.12.34
      ports:
        - {name: 5000-tcp, port: 5000, target_port: 5000, protocol: TCP}
  contains:
    name:
      description: Name of the Service.
      type: str
    type:
      description: Its type, usually V(ClusterIP).
      type: str
    cluster_ip:
      description: Its address in the cluster.
      type: str
    ports:
      description: Its ports, each with C(name), C(port), C(target_port) of the pods and C(protocol).
      type: list
      elements: dict
routes:
  description: The Routes in the namespace C(openshift-image-registry), sorted by name.
  returned: success
  type: list
  elements: dict
  sample:
    - name: public
      host: registry.example.com
      service: image-registry
      termination: reencrypt
      has_certificate: true
      operator_owned: true
      set_by_others:
        annotations: [haproxy.router.openshift.io/timeout]
        labels: []
        fields: []
      admission:
        - router: default
          host: registry.example.com
          admitted: true
          reason: ""
          message: ""
          last_transition_time: "2026-01-15T10:05:00Z"
  contains:
    name:
      description: Name of the Route.
      type: str
    host:
      description: Host of the Route.
      type: str
    service:
      description: Name of the Service to which the Route sends requests.
      type: str
    termination:
      description: TLS termination, one of V(edge), V(reencrypt) and V(passthrough). Null if the Route has no TLS.
      type: str
    has_certificate:
      description: Whether the Route has its own certificate. If not, the router uses its own certificate.
      type: bool
    operator_owned:
      description:
        - Whether the operator created the Route from the Config. The operator deletes such a Route when the Config no
          longer lists it.
      type: bool
    set_by_others:
      description:
        - The names of C(annotations) and C(labels) that somebody else put on the Route, and of C(fields) of its spec that
          are not as the operator writes them, without their values.
        - The operator removes them as soon as it writes the Route anew, for another host or certificate.
      type: dict
    admission:
      description:
        - The decision of each C(router) about the Route. Empty until a router has decided.
        - Each entry has the C(host), whether the Route is C(admitted), the C(reason) and the C(message) if it is not,
          and the C(last_transition_time).
      type: list
      elements: dict
secrets:
  description: The Secrets in the namespace C(openshift-image-registry), sorted by name, without their values.
  returned: success
  type: list
  elements: dict
  sample:
    - name: image-registry-private-configuration-user
      type: Opaque
      data_keys: [REGISTRY_STORAGE_S3_ACCESSKEY, REGISTRY_STORAGE_S3_SECRETKEY]
  contains:
    name:
      description: Name of the Secret.
      type: str
    type:
      description: Its type, for example V(kubernetes.io/tls).
      type: str
    data_keys:
      description: The names of the keys in its data.
      type: list
      elements: str
claims:
  description: The PersistentVolumeClaims in the namespace C(openshift-image-registry), sorted by name.
  returned: success
  type: list
  elements: dict
  sample:
    - name: registry
      phase: Bound
      size: {requested: 100Gi, actual: 100Gi}
      access_modes: [ReadWriteMany]
      storage_class: cephfs
      volume: pvc-7b9d2c1e-4a5f-4d3b-9e8a-1f2c3d4e5f60
      conditions: {}
  contains:
    name:
      description: Name of the claim.
      type: str
    phase:
      description: One of V(Pending), V(Bound) and V(Lost).
      type: str
    size:
      description: The C(requested) size and the C(actual) size, as Kubernetes quantities.
      type: dict
    access_modes:
      description: Its access modes.
      type: list
      elements: str
    storage_class:
      description: Its storage class.
      type: str
    volume:
      description: Name of the PersistentVolume that it is bound to.
      type: str
    conditions:
      description: Its conditions by type, for example of a resize that is in progress.
      type: dict
image_config:
  description: The hostnames of the registry in the image configuration of the cluster. Null if it is missing.
  returned: success
  type: dict
  sample:
    internal_registry_hostname: image-registry.openshift-image-registry.svc:5000
    external_registry_hostnames: [default-route-openshift-image-registry.apps.example.com]
  contains:
    internal_registry_hostname:
      description: Host and port at which pods and nodes reach the registry. Null if there is none.
      type: str
    external_registry_hostnames:
      description: The hosts of the operator's Routes.
      type: list
      elements: str
image_pruner:
  description: The ImagePruner, which deletes images that are no longer used. Null if it is missing.
  returned: success
  type: dict
  sample:
    spec: {schedule: "", suspend: false, keepTagRevisions: 3}
    generation: 1
    observed_generation: 1
    conditions:
      Scheduled:
        status: "True"
        reason: Scheduled
        message: The pruner job has been scheduled
        last_transition_time: "2026-01-15T10:00:00Z"
  contains:
    spec:
      description:
        - Its settings as the API returns them. For settings that are absent or empty, the operator uses its defaults.
      type: dict
    generation:
      description: The generation of the settings.
      type: int
    observed_generation:
      description: The generation that the operator has seen.
      type: int
    conditions:
      description: Its conditions by type, each with status, reason, message and last_transition_time.
      type: dict
findings:
  description: >-
    Problems that no condition tells of, as the writing modules report them. At present these are credentials of an object store that are left over
    beside other storage.
  returned: success
  type: list
  elements: dict
  sample:
    - code: credentials-left
      object: Secret openshift-image-registry/image-registry-private-configuration-user
      field: credentials
      found: REGISTRY_STORAGE_S3_ACCESSKEY, REGISTRY_STORAGE_S3_SECRETKEY, which this storage does not use
      needed: no credentials of a store that is not used any more
      remedy: Remove the Secret with credentials.state absent.
      severity: warning
      consent: ""
missing:
  description: The parts of this result that are null or empty because the module could not read them.
  returned: success
  type: list
  elements: dict
  sample:
    - part: secrets
      object: Secret openshift-image-registry/*
      reason: forbidden
      message: >-
        secrets is forbidden: User "auditor" cannot list resource "secrets" in API group "" in the namespace "openshift-image-registry".
        Grant the right to list secrets, or connect as another user.
  contains:
    part:
      description: Which part of the result, for example V(deployments.registry).
      type: str
    object:
      description:
        - The object that the module requested, as kind, namespace and name. C(*) means all objects of the kind.
      type: str
    reason:
      description:
        - V(absent) if the object does not exist. V(forbidden) if the user may not read it. V(unavailable) if the API
          server had another error.
      type: str
    message:
      description: The API server's message, and what you can do.
      type: str
"""

from ansible_collections.okd.image_registry.plugins.module_utils._inform import REGISTRY_INFO as WORK
from ansible_collections.okd.image_registry.plugins.module_utils._module import run


def main() -> None:
    run(WORK)


if __name__ == "__main__":
    main()
