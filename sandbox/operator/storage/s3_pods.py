# SPDX-License-Identifier: GPL-3.0-or-later
"""What a registry in an S3 bucket needs in its pods."""

from __future__ import annotations

from typing import Any

from .. import names
from ..environment import variable
from ..volumes import mounted
from .parts import StorageParts

Object = dict[str, Any]

CHUNK_SIZES_MIB = range(5, 5121)
CLOUD_FRONT_KEY = "/etc/docker/cloudfront/private.pem"
DEFAULT_CLOUD_FRONT_DURATION = "1200s"


def parts(config: Object) -> StorageParts:
    """What the backend adds to the registry's pods."""
    private = {"secret": {"secretName": names.PRIVATE_CONFIGURATION, "optional": False}}
    volumes = [mounted(names.PRIVATE_CONFIGURATION, private, "/var/run/secrets/cloud", read_only=True)]
    environment = _environment(config)
    if "cloudFront" in config:
        cloud_front = config["cloudFront"]
        key = cloud_front["privateKey"]
        secret = {"secretName": key.get("name", ""), "items": [{"key": key["key"], "path": "private.pem"}]}
        volumes.append(mounted("registry-cloudfront", {"secret": secret}, "/etc/docker/cloudfront", read_only=True))
        environment["REGISTRY_MIDDLEWARE_STORAGE"] = _cloud_front(cloud_front)
    return StorageParts([variable(name, value) for name, value in environment.items()], volumes)


def _environment(config: Object) -> dict[str, str]:
    prefix = "REGISTRY_STORAGE_S3_"
    environment: dict[str, str] = {}
    if config.get("regionEndpoint"):
        environment[f"{prefix}REGIONENDPOINT"] = config["regionEndpoint"]
    if config.get("keyID"):
        environment[f"{prefix}KEYID"] = config["keyID"]
    if config.get("chunkSizeMiB") in CHUNK_SIZES_MIB:
        environment[f"{prefix}CHUNKSIZE"] = str(config["chunkSizeMiB"] * 1024 * 1024)
    environment |= {
        "REGISTRY_STORAGE": "s3",
        f"{prefix}BUCKET": config["bucket"],
        f"{prefix}REGION": config.get("region", ""),
        f"{prefix}ENCRYPT": str(config.get("encrypt", False)).lower(),
        f"{prefix}FORCEPATHSTYLE": str(not config["virtualHostedStyle"]).lower(),
        f"{prefix}CREDENTIALSCONFIGPATH": "/var/run/secrets/cloud/credentials",
    }
    if config.get("regionEndpoint"):
        environment[f"{prefix}USEDUALSTACK"] = "true"
    return environment


def _cloud_front(cloud_front: Object) -> str:
    duration = cloud_front["duration"]
    lines = [
        "- name: cloudfront",
        "  options:",
        f"    baseurl: {cloud_front['baseURL']}",
        f"    privatekey: {CLOUD_FRONT_KEY}",
        f"    keypairid: {cloud_front['keypairID']}",
        f"    duration: {DEFAULT_CLOUD_FRONT_DURATION if duration == '0s' else duration}",
        "    ipfilteredby: none",
    ]
    return "\n".join(lines) + "\n"
