#!/usr/bin/python

# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: registry_storage
short_description: Set where the image registry keeps its images
version_added: 0.1.0
author:
  - okd.image_registry contributors (!UNKNOWN)
description:
  - Sets the storage backend of the image registry and who owns it. Creates and grows a claim.
  - O(management_state) is here too, because a registry that is V(Removed) has to be given its storage in the same step in which it is turned on.
  - Everything that is omitted stays as it is. All problems that can be known are reported together, before anything is changed.
  - With O(wait=true) the task is done when the pods that serve the configuration are ready and the routes are admitted.
extends_documentation_fragment:
  - okd.image_registry.attributes
  - okd.image_registry.attributes.action_group
  - okd.image_registry.module
  - okd.image_registry.state
  - okd.image_registry.storage
  - okd.image_registry.consent
  - okd.image_registry.wait
  - kubernetes.core.k8s_auth_options
"""

EXAMPLES = r"""
- name: Turn the registry on, with a claim that is created
  okd.image_registry.registry_storage:
    management_state: Managed
    storage:
      pvc:
        claim: registry
        size: 100Gi

- name: Grow the claim
  okd.image_registry.registry_storage:
    storage:
      pvc:
        claim: registry
        size: 200Gi

- name: Move to a bucket, leaving the images of the claim behind
  okd.image_registry.registry_storage:
    storage:
      s3:
        bucket: registry
        region: eu-central-1
    accept_data_loss: true
"""

RETURN = r"""
plan:
  description: The steps that were needed, in order. In check mode, the steps that would be done. Values are not shown.
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
      description: Namespace of the object, null for an object of the cluster.
      type: str
    fields:
      description: The fields that the step sets or removes.
      type: list
      elements: str
registry:
  description: The registry in short, as it was seen last.
  returned: success
  type: dict
  sample:
    state: Managed
    backend: pvc
    storage: {claim: registry}
    storage_management_state: Unmanaged
    replicas: {wanted: 2, ready: 2}
    hosts: [registry.example.com]
    conditions:
      Available: {status: "True", reason: Ready, message: The registry is ready}
  contains:
    state:
      description: The management state of the registry.
      type: str
    backend:
      description: The storage backend as it is called in C(spec.storage), null unless there is exactly one.
      type: str
    storage:
      description: Which claim, bucket or other medium holds the images.
      type: dict
    storage_management_state:
      description: Whether the operator owns the storage.
      type: str
    replicas:
      description: The number of pods, C(wanted) and C(ready).
      type: dict
    hosts:
      description: The hosts under which a router has admitted the registry.
      type: list
      elements: str
    conditions:
      description: The conditions Available, Progressing and Degraded of the Config, each with status, reason and message.
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
      description: Whether the task waited for, or proved, the rollout.
      type: bool
    duration:
      description: Seconds that the wait took, V(0) if nothing was left to wait for.
      type: float
    seen:
      description: The states that were seen, each with the seconds since the beginning of the wait.
      type: list
      elements: dict
findings:
  description:
    - The problems that were found before anything was changed. A warning does not stop the task. A task that is refused lists its errors only.
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
      description: What is there.
      type: str
    needed:
      description: What has to be there instead.
      type: str
    remedy:
      description: What to do.
      type: str
    severity:
      description: V(error) or V(warning).
      type: str
    consent:
      description: The option that allows the change nevertheless. Empty if there is none.
      type: str
code:
  description: Name of the error. It stays the same when the words change, and the guide Messages explains it.
  returned: failure
  type: str
  sample: refused
status:
  description: HTTP status of the API server's answer, V(0) if none came.
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

WORK = writing("registry_storage", "state", "storage")


def main() -> None:
    run(WORK)


if __name__ == "__main__":
    main()
