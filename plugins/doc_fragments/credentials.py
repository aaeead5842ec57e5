# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  credentials:
    description:
      - Credentials that the registry uses for its object store. They become the Secret
        C(image-registry-private-configuration-user). A claim or C(emptyDir) needs no credentials.
      - This Secret takes precedence over the credentials that the Cloud Credential Operator provides.
      - They replace all keys of all backends in the Secret. Other keys stay.
    type: dict
    suboptions:
      s3:
        description: Credentials for O(okd.image_registry.registry#module:storage.s3).
        type: dict
        suboptions:
          access_key:
            description: Access key. It becomes C(REGISTRY_STORAGE_S3_ACCESSKEY).
            type: str
            required: true
          secret_key:
            description: Secret key. It becomes C(REGISTRY_STORAGE_S3_SECRETKEY).
            type: str
            required: true
      gcs:
        description: Credentials for O(okd.image_registry.registry#module:storage.gcs).
        type: dict
        suboptions:
          keyfile:
            description: Key file of the service account, as JSON. It becomes C(REGISTRY_STORAGE_GCS_KEYFILE).
            type: json
            required: true
      azure:
        description: Credentials for O(okd.image_registry.registry#module:storage.azure).
        type: dict
        suboptions:
          account_key:
            description: Key of the storage account. It becomes C(REGISTRY_STORAGE_AZURE_ACCOUNTKEY).
            type: str
            required: true
      swift:
        description:
          - Credentials for O(okd.image_registry.registry#module:storage.swift). Give a user name and a password, or the three
            parts of an application credential, or a token.
        type: dict
        suboptions:
          username:
            description: Name of the user. It becomes C(REGISTRY_STORAGE_SWIFT_USERNAME).
            type: str
          password:
            description: Password of the user. It becomes C(REGISTRY_STORAGE_SWIFT_PASSWORD).
            type: str
          application_credential_id:
            description:
              - Identifier of the application credential. It becomes C(REGISTRY_STORAGE_SWIFT_APPLICATIONCREDENTIALID). Since OpenShift 4.10.
            type: str
          application_credential_name:
            description: Name of the application credential. It becomes C(REGISTRY_STORAGE_SWIFT_APPLICATIONCREDENTIALNAME). Since OpenShift 4.10.
            type: str
          application_credential_secret:
            description: Secret of the application credential. It becomes C(REGISTRY_STORAGE_SWIFT_APPLICATIONCREDENTIALSECRET). Since OpenShift 4.10.
            type: str
          token_id:
            description: Token. It becomes C(REGISTRY_STORAGE_SWIFT_TOKENID). Since OpenShift 4.20.
            type: str
      ibmcos:
        description: Credentials for O(okd.image_registry.registry#module:storage.ibmcos).
        type: dict
        suboptions:
          iam_api_key:
            description: API key. It becomes C(REGISTRY_STORAGE_IBMCOS_IAMAPIKEY).
            type: str
            required: true
      oss:
        description: Credentials for O(okd.image_registry.registry#module:storage.oss).
        type: dict
        suboptions:
          access_key_id:
            description: Identifier of the access key. It becomes C(REGISTRY_STORAGE_OSS_ACCESSKEYID).
            type: str
            required: true
          access_key_secret:
            description: Secret of the access key. It becomes C(REGISTRY_STORAGE_OSS_ACCESSKEYSECRET).
            type: str
            required: true
      state:
        description: With V(present) the task creates or updates the Secret. With V(absent) the task deletes the Secret.
        type: str
        choices: [present, absent]
        default: present
"""
