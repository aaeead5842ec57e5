# SPDX-License-Identifier: GPL-3.0-or-later
"""Which credentials a storage backend uses.

A user's Secret takes precedence over the cluster's own credentials: there is no fallback for a single key.
"""

from __future__ import annotations

import base64
import configparser
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ApplyError
from ..names import CLOUD_CREDENTIALS, NAMESPACE, USER_CONFIGURATION

Secret = Mapping[str, Any]

USER_KEYS = {
    "s3": ("REGISTRY_STORAGE_S3_ACCESSKEY", "REGISTRY_STORAGE_S3_SECRETKEY"),
    "gcs": ("REGISTRY_STORAGE_GCS_KEYFILE",),
    "azure": ("REGISTRY_STORAGE_AZURE_ACCOUNTKEY",),
    "swift": ("REGISTRY_STORAGE_SWIFT_USERNAME", "REGISTRY_STORAGE_SWIFT_PASSWORD"),
    "ibmcos": ("REGISTRY_STORAGE_IBMCOS_IAMAPIKEY",),
}
_SWIFT_ALTERNATIVES = (
    (
        "REGISTRY_STORAGE_SWIFT_APPLICATIONCREDENTIALID",
        "REGISTRY_STORAGE_SWIFT_APPLICATIONCREDENTIALNAME",
        "REGISTRY_STORAGE_SWIFT_APPLICATIONCREDENTIALSECRET",
    ),
    ("REGISTRY_STORAGE_SWIFT_TOKENID",),
)


@dataclass(frozen=True)
class AccessKey:
    """An S3 access key; `secret` never appears in a text of the operator."""

    key_id: str
    secret: str

    def as_ini(self) -> str:
        """The credentials file that the registry reads."""
        return f"[default]\naws_access_key_id = {self.key_id}\naws_secret_access_key = {self.secret}\n"


def user_values(backend: str, user: Secret) -> dict[str, str]:
    """The values that the user's Secret has for a backend; raises ApplyError for the first key that it lacks."""
    values = _decoded(user)
    keys = USER_KEYS[backend]
    if backend == "swift":
        keys = next((keys for keys in _SWIFT_ALTERNATIVES if all(key in values for key in keys)), keys)
    for key in keys:
        if key not in values:
            raise ApplyError(f'secret "{NAMESPACE}/{USER_CONFIGURATION}" does not contain required key "{key}"')
    return {key: values[key] for key in keys}


def cloud_values(cloud: Secret | None) -> dict[str, str]:
    """The cluster's own credentials; raises ApplyError when there are none."""
    if cloud is None:
        raise ApplyError(
            f'unable to get cluster minted credentials "{NAMESPACE}/{CLOUD_CREDENTIALS}": '
            f'secret "{CLOUD_CREDENTIALS}" not found'
        )
    return _decoded(cloud)


def s3_access_key(user: Secret | None, cloud: Secret | None) -> AccessKey:
    """The access key for S3 from either Secret; raises ApplyError when it is missing or not complete."""
    if user is not None:
        key_id, secret = user_values("s3", user).values()
        return AccessKey(key_id, secret)
    values = cloud_values(cloud)
    if "credentials" in values:
        profile = configparser.ConfigParser()
        profile.read_string(values["credentials"])
        values = dict(profile["default"]) if "default" in profile else {}
    try:
        return AccessKey(values["aws_access_key_id"], values["aws_secret_access_key"])
    except KeyError as error:
        raise ApplyError(
            f'secret "{NAMESPACE}/{CLOUD_CREDENTIALS}" does not contain required key {error.args[0]!r}'
        ) from None


def _decoded(secret: Secret) -> dict[str, str]:
    return {key: base64.b64decode(value).decode() for key, value in (secret.get("data") or {}).items()}
