# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage in a bucket of S3 or of something that speaks its protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import knobs
from .. import names
from ..conditions import Condition
from ..errors import ApplyError
from ..working import WorkingCopy
from ..world import World
from .bucket import Bucket, S3Error, Unreachable
from .credentials import AccessKey, s3_access_key

KEY = "s3"
Object = dict[str, Any]

MAX_BUCKET_LENGTH = 62

# Errors of HEAD after which the operator tries to create the bucket.
_CREATE_AFTER = ("NotFound", "Forbidden", "NoSuchBucket")


def effective(config: Object, infrastructure: Object | None) -> Object:
    """The configuration with what the platform adds when neither region nor endpoint is given, and a bucket name."""
    status = (infrastructure or {}).get("status") or {}
    aws = (status.get("platformStatus") or {}).get("aws") or {}
    result = dict(config)
    if not result.get("region") and not result.get("regionEndpoint"):
        result["region"] = aws.get("region", "")
        endpoints = [endpoint["url"] for endpoint in aws.get("serviceEndpoints") or [] if endpoint["name"] == KEY]
        if endpoints:
            result |= {"regionEndpoint": endpoints[0], "virtualHostedStyle": True}
    if not result.get("bucket"):
        name = f"{status.get('infrastructureName', '')}-{names.REGISTRY}-{result.get('region', '')}"
        result["bucket"] = name[:MAX_BUCKET_LENGTH].lower()
    return result


def trusted_authority(config: Object, world: World) -> str:
    """The PEM bundle that the endpoint is checked against, or an empty text for the system's; raises ApplyError."""
    name = config["trustedCA"]["name"]
    if not name:
        cloud_config = world.cache.get("ConfigMap", names.MANAGED_CONFIG_NAMESPACE, "kube-cloud-config")
        data: dict[str, str] = (cloud_config or {}).get("data") or {}
        return data.get("ca-bundle.pem", "")
    config_map = world.cache.get("ConfigMap", names.CONFIG_NAMESPACE, name)
    if config_map is None:
        raise ApplyError(f'failed to get trusted CA "{name}": configmap "{name}" not found')
    bundle: str | None = (config_map.get("data") or {}).get("ca-bundle.crt")
    if bundle is None:
        raise ApplyError(f'trusted CA config map "{name}" does not contain required key "ca-bundle.crt"')
    return bundle


def access_key(world: World) -> AccessKey:
    """The access key to use; raises ApplyError."""
    return s3_access_key(world.secret(names.USER_CONFIGURATION), world.secret(names.CLOUD_CREDENTIALS))


def _bucket(config: Object, world: World) -> Bucket:
    key = access_key(world)
    try:
        authority = trusted_authority(config, world)
    except ApplyError as error:
        raise ApplyError(f"unable to get S3 CA bundle: {error}") from error
    return Bucket(
        name=config["bucket"],
        region=config.get("region") or "us-east-1",
        endpoint=config.get("regionEndpoint") or f"https://s3.{config.get('region')}.amazonaws.com",
        access_key=key,
        virtual_hosted=config["virtualHostedStyle"],
        authority=authority,
        refusal=knobs.current().storage_call,
    )


def exists(copy: WorkingCopy, world: World) -> bool:
    """Whether the bucket of the spec can be used; raises ApplyError when that cannot be told."""
    if not copy.storage[KEY].get("bucket"):
        return False
    try:
        _bucket(copy.storage[KEY], world).head()
    except S3Error as error:
        copy.conditions["StorageExists"] = Condition("False", error.code, str(error))
        return False
    except (ApplyError, Unreachable) as error:
        copy.conditions["StorageExists"] = Condition("Unknown", "Unknown Error Occurred", str(error))
        raise ApplyError(str(error)) from error
    copy.conditions["StorageExists"] = Condition("True", "S3 Bucket Exists")
    return True


def create(copy: WorkingCopy, world: World) -> None:
    """Take the bucket into use, create it when it is missing and set it up when it is managed; raises ApplyError."""
    infrastructure = world.cache.get("Infrastructure", "", names.CLUSTER)
    config = effective(copy.storage[KEY], infrastructure)
    bucket = _bucket(config, world)
    created = _ensure(bucket, copy, named=bool(copy.storage[KEY].get("bucket")))
    copy.storage.setdefault("managementState", "Managed" if created else "Unmanaged")
    if copy.storage["managementState"] == "Managed":
        config["encrypt"] = True
        _set_up(bucket, copy, _tags(infrastructure), config.get("keyID", ""))
        copy.storage[KEY] = dict(config)
    copy.storage_in_use = {KEY: config}


def _ensure(bucket: Bucket, copy: WorkingCopy, named: bool) -> bool:
    """Find the bucket or create it; returns whether it was created."""
    try:
        if named and _found(bucket):
            message = "User supplied S3 bucket exists and is accessible"
            copy.conditions["StorageExists"] = Condition("True", "S3 Bucket Exists", message)
            return False
        bucket.create()
    except (S3Error, Unreachable) as error:
        copy.conditions["StorageExists"] = Condition("False", error.code, str(error))
        raise ApplyError(str(error)) from error
    message = "S3 bucket was successfully created"
    copy.conditions["StorageExists"] = Condition("True", "Creation Successful", message)
    return True


def _found(bucket: Bucket) -> bool:
    try:
        bucket.head()
    except S3Error as error:
        if error.code not in _CREATE_AFTER:
            raise
        return False
    return True


def _tags(infrastructure: Object | None) -> dict[str, str]:
    status = (infrastructure or {}).get("status") or {}
    name = status.get("infrastructureName", "")
    aws = (status.get("platformStatus") or {}).get("aws") or {}
    tags = {f"kubernetes.io/cluster/{name}": "owned", "Name": f"{name}-{names.REGISTRY}"}
    return tags | {tag["key"]: tag["value"] for tag in aws.get("resourceTags") or []}


def _set_up(bucket: Bucket, copy: WorkingCopy, tags: dict[str, str], key_id: str) -> None:
    algorithm = "KMS" if key_id else "AES256"
    steps: list[tuple[str, Callable[[], None], str, str]] = [
        (
            "StoragePublicAccessBlocked",
            bucket.block_public_access,
            "Public Access Block Successful",
            "Public access to the S3 bucket and its contents have been successfully blocked.",
        ),
        (
            "StorageTagged",
            lambda: bucket.tag(tags),
            "Tagging Successful",
            "Tags were successfully applied to the S3 bucket",
        ),
        (
            "StorageEncrypted",
            lambda: bucket.encrypt(key_id),
            "Encryption Successful",
            f"Default {algorithm} encryption was successfully enabled on the S3 bucket",
        ),
        (
            "StorageIncompleteUploadCleanupEnabled",
            bucket.clean_up_uploads,
            "Enable Cleanup Successful",
            "Default cleanup of incomplete multipart uploads after one (1) day was successfully enabled",
        ),
    ]
    for kind, act, reason, message in steps:
        try:
            act()
            copy.conditions[kind] = Condition("True", reason, message)
        except (S3Error, Unreachable) as error:
            copy.conditions[kind] = Condition("False", error.code, str(error))


def remove(copy: WorkingCopy, world: World) -> None:
    """Delete the bucket that is in use, with all that is in it; raises ApplyError."""
    try:
        _bucket(copy.storage_in_use[KEY], world).delete()
    except (S3Error, Unreachable) as error:
        copy.conditions["StorageExists"] = Condition("Unknown", error.code, str(error))
        raise ApplyError(str(error)) from error
    copy.conditions["StorageExists"] = Condition("False", "S3 Bucket Deleted", "The S3 bucket has been removed.")
    if KEY in copy.storage:
        copy.storage[KEY].pop("bucket", None)
