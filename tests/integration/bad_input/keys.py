# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: credentials of every object store, and Secrets that are left over from another one."""

from typing import Any

from tests.integration.bad_input.case import Args, Case, secret

_SECRET = secret("image-registry-private-configuration-user")
_KEYS = "registry_credentials"
_SWIFT = "username and password, or application_credential_id and application_credential_name and"
_S3_KEYS = "REGISTRY_STORAGE_S3_ACCESSKEY and REGISTRY_STORAGE_S3_SECRETKEY"


def _incomplete(name: str, backend: str, keys: Args, *says: str) -> Case:
    args = {"credentials": {backend: keys}}
    return Case(f"{backend}-{name}", _KEYS, args, (_SECRET, f"credentials.{backend}"), (*says, "belong together"))


def _unusable(name: str, backend: str, option: str, value: Any, found: str) -> Case:
    says = (found, "as the object store issued it", "The value is not shown here")
    args = {"credentials": {backend: {option: value}}}
    return Case(f"{backend}-{name}", _KEYS, args, (_SECRET, f"credentials.{backend}.{option}"), says)


def _misfit(name: str, backend: str, option: str, value: Any, told: str) -> Case:
    """Return a case of a value that is not looked into."""
    args = {"credentials": {backend: {option: value}}}
    return Case(f"{backend}-{name}", _KEYS, args, (f"Module {_KEYS}", f"credentials.{backend}.{option}"), (told,))


def _on(name: str, storage: Args, cluster: str, *says: str, **more: Any) -> Case:
    """Return a case about the Secret that the operator will find when it takes storage into use."""
    args = {"management_state": "Managed", "storage": storage, **more}
    about = (_SECRET, "credentials")
    return Case(name, "registry", args, about, says, cluster, may_come="credentials" not in more)


_BUCKET = {"s3": {"bucket": "registry-images", "region": "us-east-1"}}
_CONTAINER = {"swift": {"container": "images", "auth_url": "https://keystone.example.com/v3"}}

CASES = [
    _incomplete("user-without-password", "swift", {"username": "images-account"}, "has username", _SWIFT),
    _incomplete("password-without-user", "swift", {"password": "open sesame"}, "has password", "or token_id"),
    _incomplete(
        "application-credential-without-name",
        "swift",
        {"application_credential_id": "a1", "application_credential_secret": "open sesame"},
        "has application_credential_id and application_credential_secret",
        _SWIFT,
    ),
    _incomplete("keys-empty", "swift", {}, "has nothing", _SWIFT),
    _unusable("keyfile-as-path", "gcs", "keyfile", "/etc/gcs/key.json", "a text that is no JSON object"),
    _misfit("keyfile-a-list", "gcs", "keyfile", ["service_account"], "a list, but needs a text or a dictionary"),
    _unusable("keyfile-cut-off", "gcs", "keyfile", '{"type": "service_account"', "a text that is no JSON object"),
    _misfit("account-key-empty", "azure", "account_key", "", "an empty text, but needs a value"),
    _unusable("api-key-with-newline", "ibmcos", "iam_api_key", "a1b2c3\n", "white space around it"),
    _unusable("token-with-spaces", "swift", "token_id", "  a1b2c3", "white space around it"),
    Case(
        "oss-secret-missing",
        _KEYS,
        {"credentials": {"oss": {"access_key_id": "a1b2c3"}}},
        None,
        ("missing required arguments: access_key_secret", "credentials -> oss"),
    ),
    Case(
        "swift-user-misspelt",
        _KEYS,
        {"credentials": {"swift": {"user": "images-account", "password": "open sesame"}}},
        None,
        ("Unsupported parameters", "credentials.swift.user", "username"),
    ),
    Case(
        "swift-absent-with-keys",
        _KEYS,
        {"credentials": {"swift": {"token_id": "a1b2c3"}, "state": "absent"}},
        (_SECRET, "credentials"),
        ("keys with state absent", "Decide whether the Secret shall exist"),
    ),
    Case(
        "credentials-state-unknown",
        _KEYS,
        {"credentials": {"state": "removed"}},
        None,
        ("value of state must be one of: present, absent", "got: removed", "found in credentials"),
    ),
    _on(
        "swift-secret-as-documented",
        _CONTAINER,
        "misspelt",
        "a Secret with REGISTRY_STORAGE_SWIFT_PASSWORD, REGISTRY_STORAGE_SWIFT_USER",
        "The operator does not read REGISTRY_STORAGE_SWIFT_USER. It reads REGISTRY_STORAGE_SWIFT_USERNAME",
    ),
    _on(
        "secret-left-over-from-swift",
        _BUCKET,
        "misspelt",
        f"{_S3_KEYS} for storage.s3",
        "set credentials.state to absent if the cluster mints credentials",
    ),
    _on(
        "secret-left-over-from-gcs",
        _BUCKET,
        "leftover",
        "a Secret with REGISTRY_STORAGE_GCS_KEYFILE",
        f"{_S3_KEYS} for storage.s3",
        "does not use those as long as this Secret exists",
    ),
    _on(
        "keys-of-another-store",
        {"gcs": {"bucket": "images"}},
        "removed",
        f"a Secret with {_S3_KEYS.replace(' and ', ', ')}",
        "REGISTRY_STORAGE_GCS_KEYFILE for storage.gcs",
        credentials={"s3": {"access_key": "AKIAQ7EXAMPLE3LHP5TZ", "secret_key": "open-sesame-0123"}},
    ),
    *[
        _on(
            f"{backend}-without-credentials",
            {backend: options},
            "removed",
            f"no credentials for storage.{backend}, neither here nor in",
            needed,
            f"Give credentials.{backend}",
        )
        for backend, options, needed in (
            ("gcs", {"bucket": "images"}, "REGISTRY_STORAGE_GCS_KEYFILE"),
            ("azure", {"account_name": "images", "container": "registry"}, "REGISTRY_STORAGE_AZURE_ACCOUNTKEY"),
            ("swift", {"container": "images"}, "REGISTRY_STORAGE_SWIFT_USERNAME and REGISTRY_STORAGE_SWIFT_PASSWORD"),
            ("ibmcos", {"bucket": "images"}, "REGISTRY_STORAGE_IBMCOS_IAMAPIKEY"),
            ("oss", {"bucket": "images"}, "REGISTRY_STORAGE_OSS_ACCESSKEYID and REGISTRY_STORAGE_OSS_ACCESSKEYSECRET"),
        )
    ],
    Case(
        "keys-of-another-store-than-the-one-in-use",
        _KEYS,
        {"credentials": {"state": "absent"}},
        (_SECRET, "credentials"),
        ("no credentials for storage.s3", _S3_KEYS),
        "bucket",
    ),
]
