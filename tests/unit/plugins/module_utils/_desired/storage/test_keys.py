# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of the credentials Secrets: which belong together, and what the operator makes of them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.credentials import Credentials
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import keys
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backends import BACKENDS

from tests.unit.builders import config, credentials_file, planned

case = pytest.param
PREFIX = "REGISTRY_STORAGE_"


def prefixed(*names: str) -> set[str]:
    """Return names of keys."""
    return {f"{PREFIX}{name}" for name in names}


def test_every_option_has_a_key() -> None:
    (credentials,) = Credentials.sections["credentials"]
    offered = {field.option: field.fields for field in credentials.fields or () if field.option != "state"}
    assert offered == {backend.field.option: backend.keys for backend in BACKENDS.values() if backend.keys}
    stored = [key.path for fields in offered.values() for key in fields or ()]
    assert len(set(stored)) == len(stored)
    assert all(name.startswith(PREFIX) for name in stored)


@pytest.mark.parametrize(
    ("backend", "names", "complete"),
    [
        case("s3", prefixed("S3_ACCESSKEY", "S3_SECRETKEY"), True, id="s3"),
        case("s3", prefixed("S3_ACCESSKEY", "S3_SECRETKEY") | {"other"}, True, id="more than is needed"),
        case("s3", prefixed("S3_ACCESSKEY"), False, id="half of s3"),
        case("s3", set(), False, id="nothing"),
        case("gcs", prefixed("GCS_KEYFILE"), True, id="gcs"),
        case("azure", prefixed("AZURE_ACCOUNTKEY"), True, id="azure"),
        case("ibmcos", prefixed("IBMCOS_IAMAPIKEY"), True, id="ibmcos"),
        case("oss", prefixed("OSS_ACCESSKEYID", "OSS_ACCESSKEYSECRET"), True, id="oss"),
        case("swift", prefixed("SWIFT_USERNAME", "SWIFT_PASSWORD"), True, id="swift password"),
        case("swift", prefixed("SWIFT_USER", "SWIFT_PASSWORD"), False, id="swift, misspelt"),
        case("swift", prefixed("SWIFT_TOKENID"), True, id="swift token"),
        case("swift", prefixed("SWIFT_APPLICATIONCREDENTIALID"), False, id="a third of an application credential"),
        case(
            "swift",
            prefixed(*(f"SWIFT_APPLICATIONCREDENTIAL{part}" for part in ("ID", "NAME", "SECRET"))),
            True,
            id="swift application credential",
        ),
    ],
)
def test_which_keys_are_enough(backend: str, names: set[str], complete: bool) -> None:
    assert keys.is_complete(BACKENDS[backend], names) is complete


@pytest.mark.parametrize(
    ("storage", "backend"),
    [({"s3": {}}, "s3"), ({"swift": {}}, "swift"), ({"pvc": {}}, None), ({"emptyDir": {}}, None), ({}, None)],
    ids=str,
)
def test_for_which_storage_the_operator_reads_credentials(storage: Any, backend: str | None) -> None:
    used = keys.active(planned({}, config(storage=storage)))
    assert (used and used.field.path) == backend


@pytest.mark.parametrize(
    ("backend", "values", "generated"),
    [
        case("s3", {"access_key": "A", "secret_key": "S"}, {"credentials": credentials_file("A", "S")}, id="s3"),
        case("gcs", {"keyfile": "{}"}, {f"{PREFIX}GCS_KEYFILE": "{}"}, id="gcs"),
        case("azure", {"account_key": "k"}, {f"{PREFIX}AZURE_ACCOUNTKEY": "k"}, id="azure"),
        case("swift", {"token_id": "t"}, {f"{PREFIX}SWIFT_TOKENID": "t"}, id="swift"),
        case("ibmcos", {"iam_api_key": "k"}, None, id="the operator gets other keys from IBM"),
    ],
)
def test_what_the_pods_are_given(backend: str, values: dict[str, str], generated: Any) -> None:
    assert BACKENDS[backend].generated(values) == generated


@pytest.mark.parametrize(
    ("backend", "minted", "generated"),
    [
        case("s3", {"credentials": "[default]\n"}, {"credentials": "[default]\n"}, id="a file"),
        case(
            "s3",
            {"aws_access_key_id": "A", "aws_secret_access_key": "S"},
            {"credentials": credentials_file("A", "S")},
            id="two keys",
        ),
        case("s3", {"aws_access_key_id": "A"}, None, id="one key"),
        case("s3", {}, None, id="no key"),
        case("swift", {"clouds.yaml": "{}"}, None, id="not told for other backends"),
    ],
)
def test_what_the_pods_are_given_of_the_cluster(backend: str, minted: dict[str, str], generated: Any) -> None:
    assert BACKENDS[backend].generated_from_minted(minted) == generated


def test_needs_are_told_in_words() -> None:
    assert keys.needed(BACKENDS["s3"], lambda field: field.option) == "access_key and secret_key"
    assert keys.needed(BACKENDS["azure"], lambda field: field.path) == "REGISTRY_STORAGE_AZURE_ACCOUNTKEY"
    assert keys.needed(BACKENDS["swift"], lambda field: field.option).count(", or ") == 2
