# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  storage:
    description:
      - Where the images are kept. At most one of O(storage.empty_dir), O(storage.pvc) and O(storage.s3) can be given; the one that is given
        replaces any other backend of the Config. It becomes C(spec.storage).
      - Nothing copies images from one place to another. Moving away from storage that may hold images needs O(accept_data_loss).
    type: dict
    suboptions:
      empty_dir:
        description:
          - Keep images on the disk of the pod. They are lost whenever the pod is replaced, so this needs O(accept_data_loss), and it needs
            O(replicas) to be at most 1. Give an empty dictionary.
        type: dict
        suboptions: {}
      pvc:
        description:
          - Keep images on a PersistentVolumeClaim in the namespace C(openshift-image-registry).
        type: dict
        suboptions:
          claim:
            description:
              - Name of the claim. It becomes C(spec.storage.pvc.claim).
              - If it is omitted, a claim that is configured stays; otherwise the operator creates C(image-registry-storage), of 100Gi and
                C(ReadWriteMany), with the cluster's default storage class.
              - A claim that is named here is yours, so O(storage.management_state) is V(Unmanaged) unless it is given.
            type: str
          size:
            description:
              - Size of the claim, as a Kubernetes quantity such as V(100Gi).
              - A claim that does not exist is created with it. A smaller claim is grown, if its storage class allows that and it is bound.
                A larger claim is an error.
            type: str
          access_mode:
            description:
              - Access mode of the claim. Used to create it (default V(ReadWriteMany)); a claim that exists must have it.
              - With V(ReadWriteOnce) the registry needs O(replicas=1) and O(rollout_strategy=Recreate).
            type: str
            choices: [ReadWriteMany, ReadWriteOnce]
          storage_class:
            description:
              - Storage class of the claim. Used to create it (default is the cluster's own); a claim that exists must have it.
            type: str
      s3:
        description:
          - Keep images in a bucket of Amazon S3, or of a store that speaks its protocol.
          - Credentials come from O(credentials.s3), or on clouds from the cluster's credential operator.
        type: dict
        suboptions:
          bucket:
            description:
              - Name of the bucket. If it is omitted, the operator makes up a name and creates the bucket.
              - A bucket that is named here is yours, so O(storage.management_state) is V(Unmanaged) unless it is given.
            type: str
          region:
            description:
              - Region of the bucket. Needed with O(storage.s3.bucket) or O(storage.s3.region_endpoint).
            type: str
          region_endpoint:
            description:
              - URL of the store, with scheme, for stores other than Amazon's. It becomes C(regionEndpoint).
            type: str
          encrypt:
            description:
              - Whether the registry asks the store to encrypt images.
            type: bool
          key_id:
            description:
              - Identifier of the KMS key that encrypts images. It becomes C(keyID).
            type: str
          virtual_hosted_style:
            description:
              - Whether the bucket is addressed as part of the host name instead of the path. It becomes C(virtualHostedStyle).
            type: bool
          trusted_ca:
            description:
              - Name of a ConfigMap in the namespace C(openshift-config) whose key C(ca-bundle.crt) holds the CA certificates of the store.
                The operator then trusts these alone. It becomes C(trustedCA.name); an empty string unsets it. Since OpenShift 4.11.
            type: str
          chunk_size_mib:
            description:
              - Size of the parts of an upload, in MiB, 5 to 5120. It becomes C(chunkSizeMiB). Since OpenShift 4.17.
            type: int
          cloud_front:
            description:
              - Have pulls redirected to Amazon CloudFront. It becomes C(cloudFront).
            type: dict
            suboptions:
              base_url:
                description: URL of the distribution. It becomes C(baseURL).
                type: str
                required: true
              keypair_id:
                description: Identifier of the key pair. It becomes C(keypairID).
                type: str
                required: true
              private_key:
                description: Where the private key is, in the namespace C(openshift-image-registry).
                type: dict
                required: true
                suboptions:
                  name:
                    description: Name of the Secret.
                    type: str
                    required: true
                  key:
                    description: Key in the Secret.
                    type: str
                    required: true
              duration:
                description:
                  - How long a redirect is valid, as a Go duration such as V(20m).
                type: str
      management_state:
        description:
          - Whether the operator owns the storage. It becomes C(spec.storage.managementState).
          - With V(Managed) the operator configures a bucket, and deletes the storage with all images when the registry is V(Removed).
          - If it is omitted, it is V(Unmanaged) for a claim or bucket that is named here, is left to the operator when the backend changes to
            storage that the operator makes, and stays as it is otherwise.
        type: str
        choices: [Managed, Unmanaged]
"""
