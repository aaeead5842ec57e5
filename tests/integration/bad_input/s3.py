# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: buckets, their credentials, CloudFront."""

from collections.abc import Callable
from typing import Any

from tests.integration import setups
from tests.integration.bad_input.case import CONFIG, Args, Case, secret
from tests.integration.lab import Lab

_KEYS = {"s3": {"access_key": setups.ACCESS_KEY, "secret_key": setups.SECRET_KEY}}
_USER_SECRET = secret("image-registry-private-configuration-user")
_CLOUD_FRONT = {
    "base_url": "https://d111111abcdef8.cloudfront.net",
    "keypair_id": "APKAEXAMPLE",
    "private_key": {"name": "no-key", "key": "tls.crt"},
}


def _s3(credentials: dict[str, Any] | None = _KEYS, storage_state: str | None = None, **s3: Any) -> Callable[..., Args]:
    def options(lab: Lab) -> Args:
        storage: Args = {"s3": {key: value for key, value in setups.s3(lab, **s3).items() if value is not None}}
        if storage_state:
            storage["management_state"] = storage_state
        chosen = {"management_state": "Managed", "storage": storage}
        return {**chosen, "credentials": credentials} if credentials else chosen

    return options


def _bucket(name: str, found: str, says: str) -> Case:
    about = (CONFIG, "storage.s3.bucket")
    return Case(f"bucket-{name}", "registry", _s3(bucket=found), about, (repr(found), "an S3 bucket name", says))


CASES = [
    _bucket("too-short", "ab", "3 to 63"),
    _bucket("too-long", "a" * 64, "3 to 63"),
    _bucket("capitals", "Registry-Images", "a-z, 0-9"),
    _bucket("underscore", "registry_images", "a-z, 0-9"),
    _bucket("two-dots", "registry..images", "Correct the name"),
    _bucket("address", "192.0.2.7", "Correct the name"),
    Case(
        "region-missing",
        "registry",
        _s3(region=None),
        (CONFIG, "storage.s3.region"),
        ("has none", "the region of the bucket", "us-east-1"),
    ),
    Case(
        "endpoint-without-scheme",
        "registry",
        _s3(region_endpoint="s3.example.com"),
        (CONFIG, "storage.s3.region_endpoint"),
        ("'s3.example.com'", "https://s3.example.com", "Give scheme and host"),
    ),
    Case(
        "endpoint-host-and-port-only",
        "registry",
        _s3(region_endpoint="s3.example.com:9000"),
        (CONFIG, "storage.s3.region_endpoint"),
        ("'s3.example.com:9000'", "Give scheme and host"),
    ),
    Case(
        "endpoint-without-host",
        "registry",
        _s3(region_endpoint="https:///bucket"),
        (CONFIG, "storage.s3.region_endpoint"),
        ("'https:///bucket'", "Give scheme and host"),
    ),
    Case(
        "endpoint-with-bucket",
        "registry",
        _s3(bucket="images", region_endpoint="https://s3.example.com/images/"),
        (CONFIG, "storage.s3.region_endpoint"),
        ("a URL with the bucket images in it", "Take the bucket out"),
    ),
    Case(
        "endpoint-broken",
        "registry",
        _s3(region_endpoint="https://[::1/"),
        (CONFIG, "storage.s3.region_endpoint"),
        ("'https://[::1/'", "Give scheme and host"),
    ),
    Case(
        "chunk-too-small",
        "registry",
        _s3(chunk_size_mib=4),
        (CONFIG, "storage.s3.chunk_size_mib"),
        ("has 4", "5 to 5120"),
    ),
    Case(
        "chunk-too-large",
        "registry",
        _s3(chunk_size_mib=5121),
        (CONFIG, "storage.s3.chunk_size_mib"),
        ("has 5121", "5 to 5120"),
    ),
    Case(
        "unencrypted-but-managed",
        "registry",
        _s3(encrypt=False, storage_state="Managed"),
        (CONFIG, "storage.s3.encrypt"),
        ("false with storage.management_state Managed", "Unmanaged", "would undo this setting"),
    ),
    Case(
        "trusted-ca-missing",
        "registry",
        _s3(trusted_ca="nowhere"),
        ("ConfigMap openshift-config/nowhere", "storage.s3.trusted_ca"),
        ("no such ConfigMap", "ca-bundle.crt", "Give trusted_ca_certificates, and the task makes it"),
        may_come=True,
    ),
    Case(
        "trusted-ca-without-bundle",
        "registry",
        _s3(trusted_ca="no-bundle"),
        ("ConfigMap openshift-config/no-bundle", "storage.s3.trusted_ca"),
        ("without the key ca-bundle.crt", "CA certificates"),
    ),
    Case(
        "trusted-ca-name",
        "registry",
        _s3(trusted_ca="/etc/pki/ca.crt"),
        (CONFIG, "storage.s3.trusted_ca"),
        ("'/etc/pki/ca.crt'", "DNS-1123"),
    ),
    Case(
        "cloud-front-duration-in-days",
        "registry",
        _s3(cloud_front={**_CLOUD_FRONT, "duration": "1d"}),
        (CONFIG, "storage.s3.cloud_front.duration"),
        ("'1d'", "a Go duration such as 30s", "Use the units h, m, s"),
    ),
    Case(
        "cloud-front-key-missing",
        "registry",
        _s3(cloud_front={**_CLOUD_FRONT, "private_key": {"name": "nowhere", "key": "private.pem"}}),
        (secret("nowhere"), "storage.s3.cloud_front.private_key"),
        ("no such Secret", "the key private.pem", "Create it before"),
        may_come=True,
    ),
    Case(
        "cloud-front-key-under-another-name",
        "registry",
        _s3(cloud_front={**_CLOUD_FRONT, "private_key": {"name": "no-key", "key": "private.pem"}}),
        (secret("no-key"), "storage.s3.cloud_front.private_key"),
        ("a Secret without the key private.pem", "CloudFront's private key"),
    ),
    Case(
        "cloud-front-incomplete",
        "registry",
        _s3(cloud_front={"base_url": "https://d111111abcdef8.cloudfront.net"}),
        None,
        ("missing required arguments", "keypair_id, private_key", "storage -> s3 -> cloud_front"),
    ),
    Case(
        "credentials-missing",
        "registry",
        _s3(credentials=None),
        (_USER_SECRET, "credentials"),
        ("neither here nor in", "installer-cloud-credentials", "Give credentials.s3"),
        may_come=True,
    ),
    Case(
        "credentials-incomplete",
        "registry",
        _s3(credentials=None),
        (_USER_SECRET, "credentials"),
        ("REGISTRY_STORAGE_S3_ACCESSKEY and REGISTRY_STORAGE_S3_SECRETKEY", "credentials.state to absent"),
        "incomplete",
        may_come=True,
    ),
    Case(
        "credentials-taken-from-a-bucket",
        "registry_credentials",
        {"credentials": {"state": "absent"}},
        (_USER_SECRET, "credentials"),
        ("no credentials for storage.s3", "Give credentials.s3"),
        "bucket",
    ),
    Case(
        "credentials-empty",
        "registry_credentials",
        {"credentials": {}},
        (_USER_SECRET, "credentials"),
        ("has none", "the keys of a backend", "state absent to remove"),
    ),
    Case(
        "credentials-absent-with-keys",
        "registry_credentials",
        {"credentials": {**_KEYS, "state": "absent"}},
        (_USER_SECRET, "credentials"),
        ("keys with state absent", "either keys or state absent"),
    ),
    Case(
        "access-key-empty",
        "registry_credentials",
        {"credentials": {"s3": {"access_key": "", "secret_key": setups.SECRET_KEY}}},
        ("Module registry_credentials", "credentials.s3.access_key"),
        ("an empty text", "look at where that is set"),
    ),
    Case(
        "secret-key-with-newline",
        "registry_credentials",
        {"credentials": {"s3": {"access_key": setups.ACCESS_KEY, "secret_key": f"{setups.SECRET_KEY}\n"}}},
        (_USER_SECRET, "credentials.s3.secret_key"),
        ("white space around it", "not shown here"),
    ),
    Case(
        "access-key-missing",
        "registry_credentials",
        {"credentials": {"s3": {"secret_key": setups.SECRET_KEY}}},
        None,
        ("missing required arguments", "access_key", "credentials -> s3"),
    ),
]
