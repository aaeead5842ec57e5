# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: object stores of the clouds, and the bundle that an S3 store is trusted by."""

from typing import Any

from tests.integration.bad_input.case import CONFIG, Args, Case
from tests.integration.bad_input.clusters import CERTIFICATE, KEY

_STORAGE = "registry_storage"
_REFUSED = ("a value that the API server accepts", "422 Invalid to a dry run")
_INSTANCE = "crn:v1:bluemix:public:cloud-object-storage:global:a/1:2::"
_RESOURCE_KEY = "crn:v1:bluemix:public:cloud-object-storage:global:a/1:2:resource-key:3"


def _told(name: str, storage: Args, field: str, *says: str) -> Case:
    return Case(name, _STORAGE, {"storage": storage}, (CONFIG, f"storage.{field}"), says)


def _misnamed(backend: str, option: str, name: str, value: str, needed: str) -> Case:
    """Return a case about a name that the store would not take."""
    return _told(f"{backend}-{name}", {backend: {option: value}}, f"{backend}.{option}", f"has {value!r}", needed)


def _azure(**options: Any) -> Args:
    return {"azure": {"account_name": "images", "container": "registry", **options}}


def _with_own_keys(backend: str, options: Args, keys: Args) -> Args:
    """Return the options of a registry that reaches the store with credentials of its own."""
    storage = {backend: options}
    return {"management_state": "Managed", "storage": storage, "credentials": {backend: keys}}


def _unnamed(name: str, option: str, azure: Args) -> Case:
    args = _with_own_keys("azure", azure, {"account_key": "c2VjcmV0LWFjY291bnQta2V5"})
    says = ("none, with an account key in Secret", "the account and the container that the key is for", "Give both")
    return Case(f"azure-key-without-{name}", "registry", args, (CONFIG, f"storage.azure.{option}"), says)


def _bundle(name: str, option: str, says: tuple[str, ...], **s3: str) -> Case:
    s3 = {"bucket": "registry-images", "region": "us-east-1", **s3}
    return _told(f"trusted-ca-{name}", {"s3": s3}, f"s3.{option}", *says)


CASES = [
    _misnamed("gcs", "bucket", "bucket-capitals", "Registry-Images", "a GCS bucket name: 3 to 222"),
    _misnamed("gcs", "bucket", "bucket-too-short", "gs", "a GCS bucket name: 3 to 222"),
    _misnamed("gcs", "bucket", "bucket-as-url", "gs://images", "a GCS bucket name: 3 to 222"),
    _misnamed("azure", "account_name", "account-hyphen", "my-images", "a storage account name: 3 to 24"),
    _misnamed("azure", "account_name", "account-too-long", "a" * 25, "a storage account name: 3 to 24"),
    _misnamed("azure", "container", "container-two-hyphens", "my--images", "a container name: 3 to 63"),
    _misnamed("azure", "container", "container-capitals", "Registry", "a container name: 3 to 63"),
    _unnamed("account", "account_name", {"container": "registry"}),
    _unnamed("container", "container", {"account_name": "images"}),
    _told(
        "azure-network-of-external",
        _azure(network_access={"type": "External", "internal": {"vnet_name": "vnet-1"}}),
        "azure.network_access.internal",
        "a value with type External",
        "Set the type to Internal, or leave internal out",
    ),
    _told(
        "azure-network-without-type",
        _azure(network_access={"internal": {"subnet_name": "images"}}),
        "azure.network_access.internal",
        "a value with type External",
        "needs type Internal",
    ),
    Case(
        "azure-network-unknown",
        _STORAGE,
        {"storage": _azure(network_access={"type": "Private"})},
        None,
        ("value of type must be one of: External, Internal", "got: Private", "network_access"),
    ),
    Case(
        "azure-vnet-too-short",
        _STORAGE,
        {"storage": _azure(network_access={"type": "Internal", "internal": {"vnet_name": "v"}})},
        (CONFIG, "spec.storage.azure.networkAccess.internal.vnetName"),
        ("at least 2 chars long", *_REFUSED),
    ),
    Case(
        "azure-subnet-with-a-slash",
        _STORAGE,
        {"storage": _azure(network_access={"type": "Internal", "internal": {"subnet_name": "vnet/images"}})},
        (CONFIG, "spec.storage.azure.networkAccess.internal.subnetName"),
        ("should match", *_REFUSED),
    ),
    _misnamed("swift", "auth_url", "url-without-scheme", "keystone.example.com:5000/v3", "a URL such as https://"),
    Case(
        "swift-keys-without-url",
        "registry",
        _with_own_keys("swift", {"container": "images"}, {"username": "images-account", "password": "open sesame"}),
        (CONFIG, "storage.swift.auth_url"),
        ("none, with credentials in Secret", "the URL of Keystone", "clouds.yaml"),
    ),
    _misnamed("ibmcos", "bucket", "bucket-underscore", "registry_images", "an S3 bucket name"),
    _misnamed("ibmcos", "service_instance_crn", "instance-of-a-key", _RESOURCE_KEY, "a CRN of cloud-object-storage"),
    _misnamed("ibmcos", "resource_key_crn", "key-of-an-instance", _INSTANCE, "Copy it from IBM Cloud"),
    _misnamed("ibmcos", "service_instance_crn", "instance-by-id", "2f7a-4d", "a CRN of cloud-object-storage"),
    _misnamed("oss", "bucket", "bucket-two-hyphens", "my--images", "3 to 63 of a-z, 0-9"),
    _told(
        "oss-kms-without-key",
        {"oss": {"encryption": {"method": "KMS"}}},
        "oss.encryption.kms_key_id",
        "no key with method KMS",
        "a key with method KMS",
    ),
    _told(
        "oss-key-without-kms",
        {"oss": {"encryption": {"kms_key_id": "key-1"}}},
        "oss.encryption.kms_key_id",
        "a key with method AES256",
        "Give both or neither",
    ),
    Case(
        "oss-endpoint-unknown",
        _STORAGE,
        {"storage": {"oss": {"endpoint_accessibility": "Private"}}},
        None,
        ("value of endpoint_accessibility must be one of: Internal, Public", "got: Private"),
    ),
    _bundle(
        "certificates-without-name",
        "trusted_ca",
        ("no name for trusted_ca_certificates", "the name of a ConfigMap", "Set storage.s3.trusted_ca"),
        trusted_ca_certificates=CERTIFICATE,
    ),
    _bundle(
        "certificates-as-path",
        "trusted_ca_certificates",
        ("no PEM certificates", "as PEM", "Give the file's content"),
        trusted_ca="image-registry-s3-bundle",
        trusted_ca_certificates="/etc/pki/ca.crt",
    ),
    _bundle(
        "certificates-a-key",
        "trusted_ca_certificates",
        ("no PEM certificates", "the CA certificates of the object store"),
        trusted_ca="image-registry-s3-bundle",
        trusted_ca_certificates=KEY,
    ),
    _bundle(
        "certificates-under-a-wrong-name",
        "trusted_ca",
        ("'Bundle_S3'", "DNS-1123"),
        trusted_ca="Bundle_S3",
        trusted_ca_certificates=CERTIFICATE,
    ),
]
