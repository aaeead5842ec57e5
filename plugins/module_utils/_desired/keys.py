# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of the credentials Secrets: which the operator reads for a backend, what it generates from them."""

from __future__ import annotations

import base64
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import medium

_PREFIX = "REGISTRY_STORAGE_"

# Backend to option to key of the Secret that the user writes.
NAMES: dict[str, dict[str, str]] = {
    "s3": {"access_key": f"{_PREFIX}S3_ACCESSKEY", "secret_key": f"{_PREFIX}S3_SECRETKEY"},
    "gcs": {"keyfile": f"{_PREFIX}GCS_KEYFILE"},
    "azure": {"account_key": f"{_PREFIX}AZURE_ACCOUNTKEY"},
    "swift": {
        "username": f"{_PREFIX}SWIFT_USERNAME",
        "password": f"{_PREFIX}SWIFT_PASSWORD",
        "application_credential_id": f"{_PREFIX}SWIFT_APPLICATIONCREDENTIALID",
        "application_credential_name": f"{_PREFIX}SWIFT_APPLICATIONCREDENTIALNAME",
        "application_credential_secret": f"{_PREFIX}SWIFT_APPLICATIONCREDENTIALSECRET",
        "token_id": f"{_PREFIX}SWIFT_TOKENID",
    },
    "ibmcos": {"iam_api_key": f"{_PREFIX}IBMCOS_IAMAPIKEY"},
    "oss": {"access_key_id": f"{_PREFIX}OSS_ACCESSKEYID", "access_key_secret": f"{_PREFIX}OSS_ACCESSKEYSECRET"},
}
# The one value that is a document of several lines.
DOCUMENT = ("gcs", "keyfile")

# The options that belong together; one group has to be complete.
_GROUPS: dict[str, tuple[tuple[str, ...], ...]] = {
    **{backend: (tuple(names),) for backend, names in NAMES.items()},
    "swift": (
        ("username", "password"),
        ("application_credential_id", "application_credential_name", "application_credential_secret"),
        ("token_id",),
    ),
}
# Spellings that documents of OpenShift use and no operator reads.
_MISSPELT = {f"{_PREFIX}SWIFT_USER": f"{_PREFIX}SWIFT_USERNAME"}


def active(storage: dict[str, Any]) -> str | None:
    """Return the backend of a spec.storage for which the operator reads credentials, None if it reads none."""
    used = medium.of(storage)
    return used.backend if used and used.backend in NAMES else None


def is_complete(backend: str, names: set[str]) -> bool:
    """Whether the keys of a Secret are enough for the backend."""
    return any({NAMES[backend][option] for option in group} <= names for group in _GROUPS[backend])


def needed_names(backend: str) -> str:
    """Say which keys of the Secret the backend needs."""
    return ", or ".join(" and ".join(NAMES[backend][option] for option in group) for group in _GROUPS[backend])


def needed_options(backend: str) -> str:
    """Say which options of credentials.<backend> belong together."""
    return ", or ".join(" and ".join(group) for group in _GROUPS[backend])


def misspelt(names: set[str]) -> str:
    """Say which keys are spelt as documents have it and not as the operator reads them, "" if there are none."""
    wrong = sorted(names & _MISSPELT.keys())
    return "".join(f"The operator does not read {name}, but {_MISSPELT[name]}. " for name in wrong)


def generated(backend: str, values: dict[str, str]) -> dict[str, str] | None:
    """Return what the Secret that the operator generates for the pods must contain, None if it cannot be told.

    For IBM Cloud the operator obtains other keys with the one that it is given.
    """
    if backend == "s3":
        access_key, secret_key = values.get("access_key"), values.get("secret_key")
        return {"credentials": f"[default]\naws_access_key_id = {access_key}\naws_secret_access_key = {secret_key}\n"}
    if backend == "ibmcos":
        return None
    return {NAMES[backend][option]: value for option, value in values.items()}


def generated_from_minted(backend: str, data: dict[str, str]) -> dict[str, str] | None:
    """Return the same for the Secret of the cloud credential operator, given its data; None if it cannot be told."""
    minted = {key: base64.b64decode(value or "").decode("utf-8", "replace") for key, value in data.items()}
    if backend == "s3" and "credentials" in minted:
        return {"credentials": minted["credentials"]}
    if backend == "s3" and {"aws_access_key_id", "aws_secret_access_key"} <= minted.keys():
        values = {"access_key": minted["aws_access_key_id"], "secret_key": minted["aws_secret_access_key"]}
        return generated(backend, values)
    return None
