#!/usr/bin/python

# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: registry_credentials
short_description: Set the credentials that the image registry uses for its object store
version_added: 0.1.0
author:
  - okd.image_registry contributors (!UNKNOWN)
description:
  - Manages the Secret C(image-registry-private-configuration-user).
  - If the registry uses the store of these credentials, the task ends when the pods run with the credentials. Otherwise
    there is nothing to wait for.
  - Settings that are omitted stay as they are. Before the module changes anything, it looks for problems and reports
    all of them together.
extends_documentation_fragment:
  - okd.image_registry.attributes
  - okd.image_registry.attributes.action_group
  - okd.image_registry.module
  - okd.image_registry.credentials
  - okd.image_registry.cluster
  - okd.image_registry.wait
  - kubernetes.core.k8s_auth_options
"""

EXAMPLES = r"""
- name: Rotate the keys of the bucket
  okd.image_registry.registry_credentials:
    credentials:
      s3:
        access_key: "{{ vault_registry_access_key }}"
        secret_key: "{{ vault_registry_secret_key }}"

- name: Return to the credentials of the Cloud Credential Operator
  okd.image_registry.registry_credentials:
    credentials:
      state: absent
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
      description: The version of the release, as the registry's operator reports it. Null if what tells it may not be read.
      type: str
plan:
  description:
    - The steps that the task needed, in order. In check mode, the steps that it would do. The plan shows no values.
  returned: always
  type: list
  elements: dict
  sample:
    - action: patch
      kind: Config
      name: cluster
      namespace: null
      fields: [spec.managementState, spec.replicas]
  contains:
    action:
      description: One of V(create), V(patch) and V(delete).
      type: str
    kind:
      description: Kind of the object.
      type: str
    name:
      description: Name of the object.
      type: str
    namespace:
      description: Namespace of the object. Null for a cluster-scoped object.
      type: str
    fields:
      description: The fields that the step sets or removes.
      type: list
      elements: str
    outcome:
      description:
        - What became of the step, V(done), V(not done) or V(unknown). It is unknown if the API server gave no answer.
        - Of a task that does not fail every step is done, or none in check mode.
      returned: if the task failed after it had begun to write
      type: str
registry:
  description: Summary of the registry, as the task read it last.
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
rollout:
  description: The states of the registry during the wait.
  returned: always
  type: dict
  sample:
    waited: true
    duration: 12.41
    seen:
      - after: 0.08
        state: 0 of 2 pods have the new configuration, 0 of 2 pods are available
  contains:
    waited:
      description: Whether the task waited for the rollout, or proved that it was complete.
      type: bool
    duration:
      description: Duration of the wait in seconds. V(0) if there was nothing to wait for.
      type: float
    seen:
      description: The states that the task saw, each with the seconds since the start of the wait.
      type: list
      elements: dict
findings:
  description:
    - The problems that the task found before it changed anything. A warning does not stop the task. If the task is
      refused, the list has only the errors.
    - The guide Messages explains every code.
  returned: always
  type: list
  elements: dict
  sample:
    - code: claim-missing
      object: PersistentVolumeClaim openshift-image-registry/registry
      field: storage.pvc.claim
      found: no such claim
      needed: an existing claim, or the size of a new one
      remedy: Set storage.pvc.size to have it created, or create it first.
      severity: error
      consent: ""
  contains:
    code:
      description: Name of the problem. It stays the same when the words change.
      type: str
    object:
      description: Kind, namespace and name of the object.
      type: str
    field:
      description: The option, or the field of the API.
      type: str
    found:
      description: The state or value that the task found.
      type: str
    needed:
      description: The state or value that is needed.
      type: str
    remedy:
      description: What you can do.
      type: str
    severity:
      description: V(error) or V(warning).
      type: str
    consent:
      description: The option that allows the change nevertheless. Empty if there is none.
      type: str
code:
  description: Name of the error. It stays the same when the words change. The guide Messages explains it.
  returned: failure
  type: str
  sample: refused
status:
  description: HTTP status of the API server's answer. V(0) if there was no answer.
  returned: when a request to the API server failed
  type: int
  sample: 403
reason:
  description: Reason in the API server's answer.
  returned: when a request to the API server failed
  type: str
  sample: Forbidden
"""

from ansible_collections.okd.image_registry.plugins.module_utils._module import run
from ansible_collections.okd.image_registry.plugins.module_utils._work import writing

WORK = writing("registry_credentials", "credentials")


def main() -> None:
    run(WORK)


if __name__ == "__main__":
    main()
