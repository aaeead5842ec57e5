# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage backend: a bucket in S3 or a store that speaks its protocol."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.checks import (
    BUCKET_NAME,
    HTTP_URL,
    OBJECT_NAME,
    WORD,
    one_of,
)
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Form, Identity, Options
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import trusted_ca
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._objects import names
from ansible_collections.okd.image_registry.plugins.module_utils._objects.certificates import Trust
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLOUD_CONFIG,
    CLUSTER_INFRASTRUCTURE,
    REGISTRY_CERTIFICATES,
    SECRET,
    TRUSTED_CA,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.secrets import data
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted

_OF_AMAZON = re.compile(r"(.*\.)?amazonaws\.com(\.cn)?:\d+")
# Amazon's clouds that share nothing with the others, by what their regions have in common.
_PARTITION = re.compile(r"(?<![a-z0-9])(cn|us-gov|us-iso[a-z]?|eu-isoe|eusc)-")
_CHUNK_MIB = one_of("chunk-size", range(5, 5121), "5 to 5120 (MiB)", "Choose a size in this range.")


class S3(Backend):
    """storage.s3; every field of spec.storage.s3 is an option."""

    field = Field(
        "s3",
        "s3",
        "dict",
        is_pointer=True,
        fields=(
            Field("bucket", "bucket", identity=Identity.NAME, check=BUCKET_NAME),
            Field("region", "region", identity=Identity.PLACE, check=WORD),
            Field("region_endpoint", "regionEndpoint", identity=Identity.PLACE, holds_password=True, check=HTTP_URL),
            Field("encrypt", "encrypt", "bool"),
            Field("key_id", "keyID", check=WORD),
            Field("virtual_hosted_style", "virtualHostedStyle", "bool", since="4.5"),
            Field("trusted_ca", "trustedCA.name", since="4.11", check=OBJECT_NAME),
            Field("trusted_ca_certificates", has_lines=True),
            Field("chunk_size_mib", "chunkSizeMiB", "int", since="4.17", check=_CHUNK_MIB),
            Field(
                "cloud_front",
                "cloudFront",
                "dict",
                fields=(
                    Field("base_url", "baseURL", required=True, holds_password=True, check=HTTP_URL),
                    Field("keypair_id", "keypairID", required=True, check=WORD),
                    # The name and key of a Secret, not its content.
                    Field(
                        "private_key",
                        "privateKey",
                        "dict",
                        required=True,
                        fields=(
                            Field("name", "name", required=True, check=OBJECT_NAME),
                            Field("key", "key", required=True, check=WORD),
                        ),
                    ),
                    Field("duration", "duration", form=Form.DURATION),
                ),
            ),
        ),
    )
    noun = "the S3 bucket"
    is_told_to_pods = True
    keys = (
        Field("access_key", "REGISTRY_STORAGE_S3_ACCESSKEY", names_account=True, required=True),
        Field("secret_key", "REGISTRY_STORAGE_S3_SECRETKEY", required=True, secret=True),
    )

    def __init__(self, options: Options):
        super().__init__(options)
        self._trusted_ca: str = options.get("trusted_ca") or ""
        self._certificates: str | None = options.get("trusted_ca_certificates")
        self._cloud_front: dict[str, Any] = options.get("cloud_front") or {}

    @classmethod
    def place(cls, identity: Mapping[str, str]) -> dict[str, str]:
        return {"bucket": identity["bucket"], "store": _store(identity["regionEndpoint"], identity["region"])}

    @classmethod
    def generated(cls, values: dict[str, str]) -> dict[str, str] | None:
        access_key, secret_key = values.get("access_key"), values.get("secret_key")
        return {"credentials": f"[default]\naws_access_key_id = {access_key}\naws_secret_access_key = {secret_key}\n"}

    @classmethod
    def generated_from_minted(cls, minted: dict[str, str]) -> dict[str, str] | None:
        if "credentials" in minted:
            return {"credentials": minted["credentials"]}
        if {"aws_access_key_id", "aws_secret_access_key"} <= minted.keys():
            pair = {"access_key": minted["aws_access_key_id"], "secret_key": minted["aws_secret_access_key"]}
            return cls.generated(pair)
        return None

    def wanted(self) -> Iterable[Wanted]:
        if not self._certificates or not names.is_object_name(self._trusted_ca):
            return ()
        return (trusted_ca.wanted(TRUSTED_CA(self._trusted_ca), self._certificates),)

    def trust(self, seen: Snapshot) -> Trust:
        if self.options.get("trusted_ca") is None:
            return Trust()
        if self._certificates:
            return Trust(self._certificates)
        # Without a name it is what the platform says of its own store, mostly nothing.
        ref, key = (
            (TRUSTED_CA(self._trusted_ca), trusted_ca.KEY) if self._trusted_ca else (CLOUD_CONFIG, "ca-bundle.pem")
        )
        if ref not in seen or seen.is_hidden(ref) or (self._trusted_ca and seen.is_absent(ref)):
            return Trust()
        return Trust(data(seen[ref]).get(key) or "")

    def reads_first(self) -> set[Ref]:
        key_name = (self._cloud_front.get("private_key") or {}).get("name") or ""
        found = {REGISTRY_CERTIFICATES} if self.options.get("trusted_ca") is not None else set()
        if names.is_object_name(self._trusted_ca):
            found.add(TRUSTED_CA(self._trusted_ca))
        elif found:
            found.add(CLOUD_CONFIG)
        return found | {SECRET(key_name)} if names.is_object_name(key_name) else found

    def reads(self, change: Change, seen: Snapshot) -> set[Ref]:
        asked = set() if (change.storage.get("s3") or {}).get("region") else {CLUSTER_INFRASTRUCTURE}
        return asked | trusted_ca.reads(TRUSTED_CA(self._trusted_ca), change)

    def mistakes(self) -> Iterator[Finding]:
        yield from super().mistakes()
        if self._certificates is not None and not self._trusted_ca:
            yield self.finding(
                "trusted-ca-without-name",
                "trusted_ca",
                "no name for trusted_ca_certificates",
                "the name of a ConfigMap",
                "Set storage.s3.trusted_ca.",
            )
        endpoint, bucket = self.options.get("region_endpoint") or "", self.options.get("bucket")
        if bucket and "/" in names.address(endpoint) and endpoint.rstrip("/").endswith(f"/{bucket}"):
            yield self.finding(
                "endpoint-names-bucket",
                "region_endpoint",
                f"a URL with the bucket {bucket} in it",
                "the URL of the object store alone",
                "Take the bucket out. The registry adds it to the URL.",
            )
        problem = None if self._certificates is None else _bundle_problem(self._certificates)
        if problem:
            code, found = problem
            yield self.finding(
                code,
                "trusted_ca_certificates",
                found,
                "the CA certificates of the object store, as PEM, and nothing else",
                "Give the file's content, without keys.",
            )

    def findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        after = change.storage.get("s3") or {}
        is_own = after.get("bucket") or self.options.get("region_endpoint")
        if not after.get("region") and (is_own or self.is_elsewhere("AWS", seen)):
            yield self.finding(
                "bucket-without-region",
                "region",
                "none",
                "the region of the bucket",
                "Set the region. For a store of your own, use a value that the store accepts, often us-east-1. Without "
                "a region the operator never sees its configuration as applied.",
            )
        yield from self._encryption_findings(change)
        yield from self._trusted_ca_findings(change, seen)
        yield from trusted_ca.findings(TRUSTED_CA(self._trusted_ca), change, seen)
        yield from self._cloud_front_findings(seen)

    def _encryption_findings(self, change: Change) -> Iterator[Finding]:
        if self.options.get("encrypt") is not False:
            return
        owner, bucket = change.storage.get("managementState"), (change.storage.get("s3") or {}).get("bucket")
        if owner == "Managed":
            yield self.finding(
                "encryption-undone",
                "encrypt",
                "false with storage.management_state Managed",
                "true, or storage.management_state Unmanaged",
                "The operator turns on encryption in a bucket that it manages. It would undo this setting.",
            )
        elif not owner and not bucket:
            yield self.finding(
                "encryption-undone",
                "encrypt",
                "false for a bucket that the operator will make",
                "true, or storage.s3.bucket to name one of yours",
                "The operator manages a bucket that it makes, and turns on encryption. It would undo this setting.",
            )

    def _trusted_ca_findings(self, change: Change, seen: Snapshot) -> Iterator[Finding]:
        ref = TRUSTED_CA(self._trusted_ca)
        if not names.is_object_name(self._trusted_ca) or ref in change.wanted or seen.is_hidden(ref):
            return
        live = seen[ref]
        if trusted_ca.KEY not in data(live):
            yield Finding(
                "trusted-ca-missing",
                str(ref),
                "storage.s3.trusted_ca",
                "no such ConfigMap" if live is None else f"a ConfigMap without the key {trusted_ca.KEY}",
                f"the key {trusted_ca.KEY} with the CA certificates of the object store (PEM)",
                "Give trusted_ca_certificates, and the task makes it. The operator then trusts only this bundle.",
                may_come=live is None,
            )

    def _cloud_front_findings(self, seen: Snapshot) -> Iterator[Finding]:
        private_key = self._cloud_front.get("private_key") or {}
        ref, key = SECRET(private_key.get("name") or ""), private_key.get("key")
        if not names.is_object_name(ref.name or "") or seen.is_hidden(ref):
            return
        live = seen[ref]
        if key not in data(live):
            yield Finding(
                "cloud-front-key-missing",
                str(ref),
                "storage.s3.cloud_front.private_key",
                "no such Secret" if live is None else f"a Secret without the key {key}",
                f"the key {key} with CloudFront's private key (PEM)",
                "Create it before the registry refers to it.",
                may_come=live is None,
            )


def _store(endpoint: str, region: str) -> str:
    """Return what has its own names of buckets: an endpoint, or a cloud of Amazon's, whatever the region in it."""
    address = names.address(endpoint)
    if not endpoint and not region:
        return ""
    if endpoint and not _OF_AMAZON.fullmatch(address):
        return address
    partition = _PARTITION.search(address or region)
    return partition[1] if partition else "aws"


def _bundle_problem(pem: str) -> tuple[str, str] | None:
    # Imported here because it brings cryptography along, which most tasks do without.
    from ansible_collections.okd.image_registry.plugins.module_utils._desired import tls

    return tls.bundle_problem(pem)
