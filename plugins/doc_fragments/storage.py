# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  storage:
    description:
      - Where the images are kept. At most one backend can be given; it replaces any other backend of the Config. It becomes C(spec.storage).
      - Nothing copies images from one place to another. Moving away from storage that may hold images needs O(accept_data_loss).
    type: dict
    suboptions:
      empty_dir:
        description:
          - Keep images on the disk of the pod. They are lost whenever the pod is replaced, so this needs O(accept_data_loss).
          - It needs O(okd.image_registry.registry#module:replicas) to be at most 1. Give an empty dictionary. It becomes C(spec.storage.emptyDir).
        type: dict
        suboptions: {}
      pvc:
        description:
          - Keep images on a PersistentVolumeClaim in the namespace C(openshift-image-registry). It becomes C(spec.storage.pvc).
        type: dict
        suboptions:
          claim:
            description:
              - Name of the claim. It becomes C(spec.storage.pvc.claim).
              - If it is omitted or empty, a claim that is configured stays. If none is configured, the operator creates C(image-registry-storage),
                of 100Gi and C(ReadWriteMany), with the cluster's default storage class.
              - A claim that is named here is yours, so O(storage.management_state) is V(Unmanaged) unless it is given.
            type: str
          size:
            description:
              - Size of the claim, as a Kubernetes quantity such as V(100Gi).
              - A claim that does not exist is created with it. A smaller claim is grown, if its storage class allows that and it is bound.
                A larger claim is an error.
              - It is not created with O(management_state=Removed) and O(storage.management_state=Managed), which delete it.
            type: str
          access_mode:
            description:
              - Access mode of the claim. Used to create it (default V(ReadWriteMany)); a claim that exists must have it.
              - With V(ReadWriteOnce) the registry needs O(okd.image_registry.registry#module:replicas=1) and
                O(okd.image_registry.registry#module:rollout_strategy=Recreate).
            type: str
            choices: [ReadWriteMany, ReadWriteOnce]
          storage_class:
            description:
              - Storage class of the claim. Used to create it (default is the cluster's own); a claim that exists must have it.
              - An empty string is a claim without a class, for volumes that were created manually.
            type: str
      s3:
        description:
          - Keep images in a bucket of Amazon S3, or of a store that speaks its protocol. It becomes C(spec.storage.s3).
          - Credentials come from O(okd.image_registry.registry#module:credentials.s3), or on clouds from the cluster's credential operator.
        type: dict
        suboptions:
          bucket:
            description:
              - Name of the bucket. If it is omitted or empty, a bucket that is configured stays. If none is configured, the operator generates a
                name and creates the bucket. It becomes C(bucket).
              - A bucket that is named here is yours, so O(storage.management_state) is V(Unmanaged) unless it is given.
            type: str
          region:
            description:
              - Region of the bucket. Needed with O(storage.s3.bucket) or O(storage.s3.region_endpoint). It becomes C(region).
            type: str
          region_endpoint:
            description:
              - URL of the store, with scheme, for stores other than Amazon's. It becomes C(regionEndpoint).
              - An empty string unsets it, which is a move to Amazon's store.
            type: str
          encrypt:
            description:
              - Whether the registry asks the store to encrypt images. It becomes C(encrypt).
            type: bool
          key_id:
            description:
              - Identifier of the KMS key that encrypts images. It becomes C(keyID).
            type: str
          virtual_hosted_style:
            description:
              - Whether the bucket is addressed as part of the host name instead of the path. It becomes C(virtualHostedStyle). Since OpenShift 4.5.
            type: bool
          trusted_ca:
            description:
              - Name of a ConfigMap in the namespace C(openshift-config) whose key C(ca-bundle.crt) holds the CA certificates of the store.
                The operator then trusts these alone. It becomes C(trustedCA.name); an empty string unsets it. Since OpenShift 4.11.
            type: str
          trusted_ca_certificates:
            description:
              - CA certificates of the store, as PEM text. The ConfigMap O(storage.s3.trusted_ca) is created from them, or updated.
            type: str
          chunk_size_mib:
            description:
              - Size of the parts of an upload, in MiB, 5 to 5120. It becomes C(chunkSizeMiB). Since OpenShift 4.17.
            type: int
          cloud_front:
            description:
              - Redirect pulls to Amazon CloudFront. It becomes C(cloudFront).
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
                description: Where the private key is, in the namespace C(openshift-image-registry). It becomes C(privateKey).
                type: dict
                required: true
                suboptions:
                  name:
                    description: Name of the Secret. It becomes C(name).
                    type: str
                    required: true
                  key:
                    description: Key in the Secret. It becomes C(key).
                    type: str
                    required: true
              duration:
                description:
                  - How long a redirect is valid, as a Go duration such as V(20m). It becomes C(duration).
                type: str
      gcs:
        description:
          - Keep images in a bucket of Google Cloud Storage. What is omitted is left to the operator. It becomes C(spec.storage.gcs).
            Since OpenShift 4.2.
        type: dict
        suboptions:
          bucket:
            description:
              - Name of the bucket. If it is omitted or empty, one that is configured stays. If none is configured, the operator creates one.
                It becomes C(bucket).
            type: str
          region:
            description: Region of the bucket. It becomes C(region).
            type: str
          project_id:
            description: Project of the bucket. It becomes C(projectID).
            type: str
          key_id:
            description: Name of the KMS key for a bucket that the operator creates. It becomes C(keyID).
            type: str
      azure:
        description:
          - Keep images in a container of Azure Blob Storage. What is omitted is left to the operator, unless
            O(okd.image_registry.registry#module:credentials.azure) is used, which needs the account and the container. It becomes
            C(spec.storage.azure). Since OpenShift 4.2.
        type: dict
        suboptions:
          account_name:
            description: Name of the storage account. It becomes C(accountName). An empty one counts as omitted.
            type: str
          container:
            description: Name of the container. An empty one counts as omitted. It becomes C(container).
            type: str
          cloud_name:
            description:
              - Name of the Azure cloud, such as V(AzurePublicCloud) or V(AzureUSGovernmentCloud). It becomes C(cloudName). Since OpenShift 4.6.
            type: str
          network_access:
            description:
              - From where the storage account can be reached. It becomes C(networkAccess). Since OpenShift 4.15.
            type: dict
            suboptions:
              type:
                description:
                  - With V(Internal) the operator creates a private endpoint and closes the public access. It does not undo this. It becomes C(type).
                type: str
                choices: [External, Internal]
                default: External
              internal:
                description: Where the private endpoint is. If omitted, the operator finds it. Only with V(Internal). It becomes C(internal).
                type: dict
                suboptions:
                  network_resource_group_name:
                    description: Resource group of the network. It becomes C(networkResourceGroupName).
                    type: str
                  vnet_name:
                    description: Name of the virtual network. It becomes C(vnetName).
                    type: str
                  subnet_name:
                    description: Name of the subnet. It becomes C(subnetName).
                    type: str
                  private_endpoint_name:
                    description: Name of the endpoint. It becomes C(privateEndpointName).
                    type: str
      swift:
        description:
          - Keep images in a container of OpenStack Swift. What is omitted is taken from the cluster's own credentials, unless
            O(okd.image_registry.registry#module:credentials.swift) is used. It becomes C(spec.storage.swift).
        type: dict
        suboptions:
          auth_url:
            description: URL of Keystone. It becomes C(authURL).
            type: str
          auth_version:
            description: Version of Keystone's API. It becomes C(authVersion). Since OpenShift 4.2.
            type: str
          container:
            description:
              - Name of the container. If it is omitted or empty, one that is configured stays. If none is configured, the operator creates one. It becomes
                C(container).
            type: str
          domain:
            description: Name of the domain. It becomes C(domain).
            type: str
          domain_id:
            description: Identifier of the domain. It becomes C(domainID).
            type: str
          tenant:
            description: Name of the project. It becomes C(tenant).
            type: str
          tenant_id:
            description: Identifier of the project. It becomes C(tenantID).
            type: str
          region_name:
            description: Name of the region. It becomes C(regionName). Since OpenShift 4.2.
            type: str
      ibmcos:
        description:
          - Keep images in a bucket of IBM Cloud Object Storage. The operator creates what is omitted. It always takes the location and the
            resource group from the cluster. It becomes C(spec.storage.ibmcos). Since OpenShift 4.9.
        type: dict
        suboptions:
          bucket:
            description: Name of the bucket. An empty one counts as omitted. It becomes C(bucket).
            type: str
          location:
            description: Location of the bucket. It becomes C(location).
            type: str
          resource_group_name:
            description: Name of the resource group. It becomes C(resourceGroupName).
            type: str
          resource_key_crn:
            description: CRN of the HMAC resource key. It becomes C(resourceKeyCRN).
            type: str
          service_instance_crn:
            description: CRN of the service instance. It becomes C(serviceInstanceCRN).
            type: str
      oss:
        description:
          - Keep images in a bucket of Alibaba Cloud OSS. The operators of OpenShift 4.17 and newer have no driver for it.
            It becomes C(spec.storage.oss). Since OpenShift 4.10.
        type: dict
        suboptions:
          bucket:
            description: Name of the bucket. An empty one counts as omitted. It becomes C(bucket).
            type: str
          region:
            description: Region of the bucket. It becomes C(region).
            type: str
          endpoint_accessibility:
            description: Which endpoint is used. It becomes C(endpointAccessibility).
            type: str
            choices: [Internal, Public]
          encryption:
            description: How images are encrypted. It becomes C(encryption).
            type: dict
            suboptions:
              method:
                description: Method of the encryption. It becomes C(method).
                type: str
                choices: [AES256, KMS]
                default: AES256
              kms_key_id:
                description: Identifier of the key. Required with method V(KMS), and only allowed with it. It becomes C(kms.keyID).
                type: str
      management_state:
        description:
          - Whether the operator owns the storage. It becomes C(spec.storage.managementState). Since OpenShift 4.6.
          - With V(Managed) the operator configures a bucket, and deletes the storage with all images when the registry is V(Removed).
          - If it is omitted, it is V(Unmanaged) for a claim, bucket or container that is named here. If the backend changes to storage that
            the operator creates, the operator sets it. Otherwise it stays as it is.
        type: str
        choices: [Managed, Unmanaged]
"""
