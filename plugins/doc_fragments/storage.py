# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  storage:
    description:
      - Where the registry stores its images. It becomes C(spec.storage).
      - Give one backend at most. It replaces any other backend in the Config.
      - Neither the task nor the operator copies images from the old storage to the new storage. To move away from
        storage that may hold images, O(accept_data_loss) is needed.
    type: dict
    suboptions:
      empty_dir:
        description:
          - Store images on the disk of the pod. Give an empty dictionary. It becomes C(spec.storage.emptyDir).
          - When the pod is replaced, all images are lost. For this reason O(accept_data_loss) is needed.
          - O(okd.image_registry.registry#module:replicas) must be at most 1.
        type: dict
        suboptions: {}
      pvc:
        description:
          - Store images on a PersistentVolumeClaim in the namespace C(openshift-image-registry). It becomes
            C(spec.storage.pvc).
        type: dict
        suboptions:
          claim:
            description:
              - Name of the claim. It becomes C(spec.storage.pvc.claim).
              - If this is omitted or empty, the registry keeps the claim that is configured. If no claim is configured,
                the operator creates the claim C(image-registry-storage) with 100Gi, C(ReadWriteMany) and the default
                storage class of the cluster.
              - A claim that you name is your own. For it, O(storage.management_state) is V(Unmanaged) unless you set
                it.
            type: str
          size:
            description:
              - Size of the claim, as a Kubernetes quantity such as V(100Gi).
              - If the claim does not exist, the task creates it with this size. A smaller claim grows to this size if
                it is bound and its storage class allows expansion. A larger claim is an error.
              - With O(management_state=Removed) and O(storage.management_state=Managed) the task does not create the
                claim, because the operator would delete it.
            type: str
          access_mode:
            description:
              - Access mode of the claim. An existing claim must have this mode. A new claim gets this mode, or
                V(ReadWriteMany) if it is omitted.
              - With V(ReadWriteOnce) the registry needs O(okd.image_registry.registry#module:replicas=1) and
                O(okd.image_registry.registry#module:rollout_strategy=Recreate).
            type: str
            choices: [ReadWriteMany, ReadWriteOnce]
          storage_class:
            description:
              - Storage class of the claim. An existing claim must have this class. A new claim gets this class, or the
                default class of the cluster if it is omitted.
              - An empty string means a claim without a storage class, for volumes that were created manually.
            type: str
          volume_name:
            description:
              - Name of the PersistentVolume that the claim shall be bound to. Used to create it; a claim that exists must have it.
              - The volume must have the same storage class. A volume that was created manually mostly has none, so set
                O(storage.pvc.storage_class) to an empty string.
            type: str
          selector:
            description:
              - Which PersistentVolumes the claim may be bound to, by their labels, with C(matchLabels) and C(matchExpressions). Used to create
                it; a claim that exists must have it.
            type: dict
      s3:
        description:
          - Store images in a bucket of Amazon S3 or of an S3-compatible store. It becomes C(spec.storage.s3).
          - The credentials come from O(okd.image_registry.registry#module:credentials.s3), or on clouds from the Cloud
            Credential Operator.
        type: dict
        suboptions:
          bucket:
            description:
              - Name of the bucket. It becomes C(bucket).
              - If this is omitted or empty, the registry keeps the bucket that is configured. If no bucket is
                configured, the operator generates a name and creates the bucket.
              - A bucket that you name is your own. For it, O(storage.management_state) is V(Unmanaged) unless you set
                it.
            type: str
          region:
            description:
              - Region of the bucket. It becomes C(region). Needed with O(storage.s3.bucket) or
                O(storage.s3.region_endpoint).
            type: str
          region_endpoint:
            description:
              - URL of the store, including the scheme, if the store is not Amazon S3. It becomes C(regionEndpoint).
              - An empty string removes the setting. This is a move to Amazon S3.
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
              - Whether the registry puts the name of the bucket into the host name instead of the path. It becomes
                C(virtualHostedStyle). Since OpenShift 4.5.
            type: bool
          trusted_ca:
            description:
              - Name of a ConfigMap in the namespace C(openshift-config). It becomes C(trustedCA.name). Since OpenShift
                4.11.
              - The key C(ca-bundle.crt) of the ConfigMap holds the CA certificates of the store. The operator then
                trusts only these certificates.
              - An empty string removes the setting.
            type: str
          trusted_ca_certificates:
            description:
              - CA certificates of the store, as PEM text. The task creates or updates the ConfigMap
                O(storage.s3.trusted_ca) with them.
              - The task refuses to change a ConfigMap that something else uses, such as the proxy of the cluster.
            type: str
          chunk_size_mib:
            description:
              - Size of the parts of an upload, in MiB, from 5 to 5120. It becomes C(chunkSizeMiB). Since OpenShift
                4.17.
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
                description:
                  - Secret in the namespace C(openshift-image-registry) that holds the private key. It becomes
                    C(privateKey).
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
          - Store images in a bucket of Google Cloud Storage. It becomes C(spec.storage.gcs). Since OpenShift 4.2.
          - The operator sets what is omitted.
        type: dict
        suboptions:
          bucket:
            description:
              - Name of the bucket. It becomes C(bucket).
              - If this is omitted or empty, the registry keeps the bucket that is configured. If no bucket is
                configured, the operator creates one.
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
          - Store images in a container of Azure Blob Storage. It becomes C(spec.storage.azure). Since OpenShift 4.2.
          - The operator sets what is omitted. But with O(okd.image_registry.registry#module:credentials.azure) the
            account and the container are needed.
        type: dict
        suboptions:
          account_name:
            description: Name of the storage account. It becomes C(accountName). An empty string counts as omitted.
            type: str
          container:
            description: Name of the container. It becomes C(container). An empty string counts as omitted.
            type: str
          cloud_name:
            description:
              - Name of the Azure cloud. It becomes C(cloudName). Since OpenShift 4.6.
              - V(AzurePublicCloud), V(AzureUSGovernmentCloud), V(AzureChinaCloud), V(AzureGermanCloud) or
                V(AzureStackCloud), in whatever case.
            type: str
          network_access:
            description:
              - Which networks can reach the storage account. It becomes C(networkAccess). Since OpenShift 4.15.
            type: dict
            suboptions:
              type:
                description:
                  - Type of the access. It becomes C(type).
                  - With V(Internal) the operator creates a private endpoint and closes the public access. The operator
                    never undoes this.
                type: str
                choices: [External, Internal]
                default: External
              internal:
                description:
                  - Location of the private endpoint. It becomes C(internal). Only allowed with type V(Internal). If it
                    is omitted, the operator finds the location.
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
          - Store images in a container of OpenStack Swift. It becomes C(spec.storage.swift).
          - The operator takes what is omitted from the credentials of the cluster. It does not do this with
            O(okd.image_registry.registry#module:credentials.swift).
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
              - Name of the container. It becomes C(container).
              - If this is omitted or empty, the registry keeps the container that is configured. If no container is
                configured, the operator creates one.
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
          - Store images in a bucket of IBM Cloud Object Storage. It becomes C(spec.storage.ibmcos). Since OpenShift
            4.9.
          - The operator creates what is omitted. It always takes the location and the resource group from the cluster.
        type: dict
        suboptions:
          bucket:
            description: Name of the bucket. It becomes C(bucket). An empty string counts as omitted.
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
          - Store images in a bucket of Alibaba Cloud OSS. It becomes C(spec.storage.oss). Since OpenShift 4.10.
          - The operator of OpenShift 4.17 and newer has no driver for OSS.
        type: dict
        suboptions:
          bucket:
            description: Name of the bucket. It becomes C(bucket). An empty string counts as omitted.
            type: str
          region:
            description: Region of the bucket. It becomes C(region).
            type: str
          endpoint_accessibility:
            description: Which endpoint the registry uses. It becomes C(endpointAccessibility).
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
                description:
                  - Identifier of the key. It becomes C(kms.keyID). Needed with method V(KMS), and only allowed with it.
                type: str
      management_state:
        description:
          - Whether the operator owns the storage. It becomes C(spec.storage.managementState). Since OpenShift 4.6.
          - With V(Managed) the operator configures the bucket. When the registry becomes V(Removed), the operator
            deletes the storage with all images.
          - To keep the storage of a registry that becomes V(Removed), a task writes V(Unmanaged) first, and V(Removed)
            when the operator has observed that. It waits for this also with O(wait=false).
          - If this is omitted, the value is V(Unmanaged) for a claim, bucket or container that you name. If the backend
            changes to storage that the operator creates, the operator sets the value. Otherwise the value does not
            change.
        type: str
        choices: [Managed, Unmanaged]
"""
