# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage in S3: bucket, region, endpoint, CA, CloudFront."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import SECRET, TRUSTED_CA, Ref

from tests.unit.builders import Manifest, config, findings, manifest, on, planned, secret, user_credentials
from tests.unit.cases import CONFIG, Case, Situation, having
from tests.unit.certificates import CERTIFICATE, KEY_PEM

CA_MAP = "ConfigMap openshift-config/ca"
CLOUD_FRONT_SECRET = "Secret openshift-image-registry/cloudfront"
FILES = {
    "base_url": "https://d111.cloudfront.net",
    "keypair_id": "K1",
    "private_key": {"name": "cloudfront", "key": "pem"},
}
ENCRYPTED = {"bucket": "b", "region": "r", "encrypt": True}
PRIVATE_KEY = secret("cloudfront", {"pem": KEY_PEM})


def using(*objects: Manifest, live: dict[str, Any] | None = None, **s3: Any) -> Situation:
    """Return a registry with S3 credentials, and what storage.s3 declares on top of a bucket and its region."""
    storage = {"s3": live} if live is not None else {}
    declared = {"bucket": "images", "region": "us-east-1"} | s3
    return having(config(storage=storage), user_credentials(), *objects, storage={"s3": declared})


def case(
    name: str, field: str, found: str, needed: str, bad: Situation, good: Situation, subject: str = CONFIG
) -> Case:
    """Return a case about an option of storage.s3."""
    return Case(name, subject, f"storage.s3.{field}", found, needed, bad, good)


def misnamed(bucket: str) -> Case:
    """Return a case about a name that S3 refuses."""
    return case(
        f"bucket {bucket!r}", "bucket", repr(bucket), "an S3 bucket name", using(bucket=bucket), using(bucket="a.b-1")
    )


def misplaced(endpoint: str) -> Case:
    """Return a case about an endpoint that is no URL."""
    bad, good = using(region_endpoint=endpoint), using(region_endpoint="http://10.0.0.1:9000/path")
    return case(f"endpoint {endpoint!r}", "region_endpoint", repr(endpoint), "a URL such as", bad, good)


def chunked(size: int, near: int) -> Case:
    """Return a case about a chunk size, and one near it that will do."""
    bad, good = using(chunk_size_mib=size), using(chunk_size_mib=near)
    return case(f"chunks of {size}", "chunk_size_mib", str(size), "5 to 5120 (MiB)", bad, good)


def config_map(name: str, **data: str) -> Manifest:
    """Return a ConfigMap where the operator looks for CA bundles."""
    return manifest("ConfigMap", name, metadata={"namespace": "openshift-config"}, data=data)


WITH_USER = "https://key:a-secret-word@s3.example.com"
IN_CLUSTER = "https://minio.storage.svc:9000"


@pytest.mark.parametrize(
    ("given", "live", "told"),
    [
        ({}, {}, True),
        ({"disable_redirect": True}, {}, False),
        ({"disable_redirect": False}, {"disableRedirect": True}, True),
        ({}, {"disableRedirect": True}, False),
        ({"log_level": "Debug"}, {}, True),
    ],
)
@pytest.mark.parametrize("host", ["minio.storage.svc", "minio.storage.svc.cluster.local"])
def test_nodes_are_not_sent_to_a_name_of_the_cluster(
    host: str, given: dict[str, Any], live: dict[str, Any], told: bool
) -> None:
    s3 = {"bucket": "images", "region": "us-east-1", "region_endpoint": f"https://{host}:9000"}
    found = findings({"storage": {"s3": s3}, **given}, config(**live), user_credentials())
    assert [(entry.code, entry.field, entry.severity) for entry in found] == (
        [("redirect-out-of-reach", "disable_redirect", "warning")] if told else []
    )


def test_a_task_about_something_else_says_nothing_of_redirects() -> None:
    storage = {"s3": {"bucket": "images", "region": "us-east-1", "regionEndpoint": IN_CLUSTER}}
    assert findings({"replicas": 2}, config(storage=storage, used=storage), user_credentials()) == []


def test_a_url_with_a_user_is_not_repeated() -> None:
    s3 = {"bucket": "images", "region": "us-east-1", "region_endpoint": WITH_USER}
    (problem,) = findings({"storage": {"s3": s3}}, config(), user_credentials())
    assert (problem.code, problem.found) == ("invalid-url", "a value that is not shown")


CASES = [
    *map(misnamed, ["ab", "a" * 64, "Images", "-images", "images-", "a..b", "a_b", "10.0.0.1", "a b", "bücket"]),
    *map(
        misplaced,
        [
            *("s3.example.com", "s3.example.com:9000", "ftp://s3", "https://", "http://[::1", "://x", "https://\u2100"),
            *("https://s3.example.com ", "https://s3.example.com\n", "https://s3 .example.com", "https://s3:99999"),
            *("https://s3.example.com?x=1", "https://s3.example.com#a", "https://s3.example.com:0", "https://s3:port"),
        ],
    ),
    chunked(4, 5),
    chunked(5121, 5120),
    chunked(0, 64),
    chunked(-1, 64),
    case(
        "a bucket without a region",
        "region",
        "none",
        "the region of the bucket",
        using(region=None),
        using(region=None, live={"region": "eu-west-1"}),
    ),
    case(
        "a bucket that the operator cannot choose",
        "region",
        "none",
        "the region of the bucket",
        using(on("None"), bucket=None, region=None),
        using(on("AWS"), bucket=None, region=None),
    ),
    case(
        "an endpoint without a region",
        "region",
        "none",
        "the region of the bucket",
        using(bucket=None, region=None, region_endpoint="https://s3.example.com"),
        using(bucket=None, region_endpoint="https://s3.example.com"),
    ),
    case(
        "a region that is taken away",
        "region",
        "none",
        "the region of the bucket",
        using(region="", live={"bucket": "images", "region": "us-east-1"}),
        using(region=None, live={"bucket": "images", "region": "us-east-1"}),
    ),
    case(
        "a bucket that is there already, without a region",
        "region",
        "none",
        "the region of the bucket",
        using(bucket=None, region=None, encrypt=True, live={"bucket": "images"}),
        using(bucket=None, region=None, encrypt=True, live={}),
    ),
    case(
        "encryption that the operator would turn on",
        "encrypt",
        "false with storage.management_state Managed",
        "Unmanaged",
        having(
            config(storage={"s3": ENCRYPTED, "managementState": "Managed"}),
            user_credentials(),
            storage={"s3": {"encrypt": False}},
        ),
        having(
            config(storage={"s3": ENCRYPTED, "managementState": "Unmanaged"}),
            user_credentials(),
            storage={"s3": {"encrypt": False}},
        ),
    ),
    case(
        "encryption in a bucket that the operator makes",
        "encrypt",
        "false for a bucket that the operator will make",
        "storage.s3.bucket",
        using(bucket=None, encrypt=False),
        using(encrypt=False),
    ),
    case(
        "encryption in a bucket whose owner is left to the operator",
        "encrypt",
        "false for a bucket that the operator will make",
        "storage.s3.bucket",
        using(bucket=None, encrypt=False, live={"region": "us-east-1", "encrypt": True}),
        using(bucket=None, encrypt=False, live={"bucket": "images", "region": "us-east-1", "encrypt": True}),
    ),
    case(
        "a CA bundle that does not exist",
        "trusted_ca",
        "no such ConfigMap",
        "the key ca-bundle.crt",
        using(trusted_ca="ca"),
        using(config_map("ca", **{"ca-bundle.crt": CERTIFICATE}), trusted_ca="ca"),
        CA_MAP,
    ),
    case(
        "a CA bundle in another namespace",
        "trusted_ca",
        "no such ConfigMap",
        "the key ca-bundle.crt",
        using(manifest("ConfigMap", "ca", data={"ca-bundle.crt": CERTIFICATE}), trusted_ca="ca"),
        using(config_map("ca", **{"ca-bundle.crt": CERTIFICATE}), trusted_ca="ca"),
        CA_MAP,
    ),
    case(
        "a CA bundle under another key",
        "trusted_ca",
        "a ConfigMap without the key ca-bundle.crt",
        "the key ca-bundle.crt",
        using(config_map("ca", **{"ca.crt": CERTIFICATE}), trusted_ca="ca"),
        using(trusted_ca="ca", trusted_ca_certificates=CERTIFICATE),
        CA_MAP,
    ),
    case(
        "a name that no ConfigMap has",
        "trusted_ca",
        "'CA_1'",
        "DNS-1123",
        using(trusted_ca="CA_1"),
        using(trusted_ca=""),
    ),
    case(
        "certificates without a ConfigMap",
        "trusted_ca",
        "no name for trusted_ca_certificates",
        "the name of a ConfigMap",
        using(trusted_ca_certificates=CERTIFICATE),
        using(trusted_ca="ca", trusted_ca_certificates=CERTIFICATE),
    ),
    *[
        case(
            f"certificates that are {name}",
            "trusted_ca_certificates",
            "no PEM certificates",
            "the CA certificates of the object store",
            using(config_map("ca", **{"ca-bundle.crt": CERTIFICATE}), trusted_ca="ca", trusted_ca_certificates=text),
            using(trusted_ca="ca", trusted_ca_certificates=CERTIFICATE * 2),
        )
        for name, text in {"empty": "", "a key": KEY_PEM, "a path": "/etc/ssl/ca.crt"}.items()
    ],
    case(
        "a duration that Go cannot parse",
        "cloud_front.duration",
        "'1d'",
        "a Go duration such as 30s or 1m30s",
        using(PRIVATE_KEY, cloud_front={**FILES, "duration": "1d"}),
        using(PRIVATE_KEY, cloud_front={**FILES, "duration": "24h"}),
    ),
    case(
        "CloudFront's key does not exist",
        "cloud_front.private_key",
        "no such Secret",
        "the key pem with CloudFront's private key",
        using(cloud_front=FILES),
        using(PRIVATE_KEY, cloud_front=FILES),
        CLOUD_FRONT_SECRET,
    ),
    case(
        "CloudFront's key under another name",
        "cloud_front.private_key",
        "a Secret without the key pem",
        "the key pem",
        using(secret("cloudfront", {"key": KEY_PEM}), cloud_front=FILES),
        using(PRIVATE_KEY, cloud_front=FILES),
        CLOUD_FRONT_SECRET,
    ),
    case(
        "a name that no Secret has",
        "cloud_front.private_key.name",
        "'Cloud/Front'",
        "DNS-1123",
        using(cloud_front={**FILES, "private_key": {"name": "Cloud/Front", "key": "pem"}}),
        using(PRIVATE_KEY, cloud_front=FILES),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_findings(case: Case) -> None:
    case.check()


@pytest.mark.parametrize("encryption", [{}, {"encrypt": True}], ids=str)
def test_a_bucket_of_the_operator_may_be_encrypted(encryption: dict[str, bool]) -> None:
    live = config(storage={"s3": {"bucket": "b", "region": "r"}, "managementState": "Managed"})
    assert findings({"storage": {"s3": {"key_id": "k", **encryption}}}, live, user_credentials()) == []


@pytest.mark.parametrize("hidden", [TRUSTED_CA("ca"), SECRET("cloudfront")], ids=str)
def test_what_the_user_may_not_read_is_not_guessed(hidden: Ref) -> None:
    chosen = {"trusted_ca": "ca"} if hidden == TRUSTED_CA("ca") else {"cloud_front": FILES}
    given = {"storage": {"s3": {"bucket": "images", "region": "us-east-1", **chosen}}}
    assert findings(given, config(), user_credentials(), forbidden=[hidden]) == []


def test_every_option_becomes_its_field() -> None:
    situation = using(
        PRIVATE_KEY,
        region_endpoint="https://s3.example.com",
        encrypt=True,
        key_id="arn:aws:kms:key",
        virtual_hosted_style=True,
        trusted_ca="ca",
        trusted_ca_certificates=CERTIFICATE,
        chunk_size_mib=16,
        cloud_front={**FILES, "duration": "20m"},
    )
    change = planned(situation.given, *situation.objects)
    assert [(step.action, str(step.ref)) for step in change.steps] == [("create", CA_MAP), ("patch", CONFIG)]
    assert change.steps[0].body == {"data": {"ca-bundle.crt": CERTIFICATE}}
    assert change.storage == {
        "managementState": "Unmanaged",
        "s3": {
            "bucket": "images",
            "region": "us-east-1",
            "regionEndpoint": "https://s3.example.com",
            "encrypt": True,
            "keyID": "arn:aws:kms:key",
            "virtualHostedStyle": True,
            "trustedCA": {"name": "ca"},
            "chunkSizeMiB": 16,
            "cloudFront": {
                "baseURL": "https://d111.cloudfront.net",
                "keypairID": "K1",
                "privateKey": {"name": "cloudfront", "key": "pem"},
                "duration": "20m",
            },
        },
    }


def test_certificates_are_not_stored_under_a_bad_name() -> None:
    situation = using(trusted_ca="a/b", trusted_ca_certificates=CERTIFICATE)
    assert [str(step.ref) for step in planned(situation.given, *situation.objects).steps] == [CONFIG]
