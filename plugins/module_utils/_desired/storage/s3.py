# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage backend: a bucket in S3 or a store that speaks its protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from ansible_collections.okd.image_registry.plugins.module_utils._desired.section import DesiredObject, Outlook
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backend import Backend
from ansible_collections.okd.image_registry.plugins.module_utils._objects import compare, names
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    SECRET,
    TRUSTED_CA,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot

_CA_KEY = "ca-bundle.crt"
_CHUNK_MIB = range(5, 5121)


class S3(Backend):
    """storage.s3; every field of spec.storage.s3 is an option."""

    option = key = "s3"
    fields: ClassVar[dict[str, str]] = {
        "bucket": "bucket",
        "region": "region",
        "region_endpoint": "regionEndpoint",
        "encrypt": "encrypt",
        "key_id": "keyID",
        "virtual_hosted_style": "virtualHostedStyle",
        "chunk_size_mib": "chunkSizeMiB",
    }
    named_by = ("bucket",)

    def __init__(self, options: dict[str, Any]):
        super().__init__(options)
        self._trusted_ca: str | None = options.get("trusted_ca")
        self._certificates: str | None = options.get("trusted_ca_certificates")
        self._cloud_front: dict[str, Any] = options.get("cloud_front") or {}

    def settings(self) -> dict[str, Any]:
        settings = super().settings()
        if self._trusted_ca is not None:
            settings["trustedCA"] = {"name": self._trusted_ca}
        if self._cloud_front:
            private_key = self._cloud_front["private_key"]
            settings["cloudFront"] = {
                "baseURL": self._cloud_front["base_url"],
                "keypairID": self._cloud_front["keypair_id"],
                "privateKey": {"name": private_key["name"], "key": private_key["key"]},
            }
            if self._cloud_front.get("duration") is not None:
                settings["cloudFront"]["duration"] = self._cloud_front["duration"]
        return settings

    def objects(self) -> list[DesiredObject]:
        name = self._trusted_ca or ""
        if not self._certificates or not names.is_object_name(name):
            return []
        return [DesiredObject(TRUSTED_CA(name), {"data": {_CA_KEY: self._certificates}})]

    def reads(self, snapshot: Snapshot) -> set[Ref]:
        wanted = set()
        if self._trusted_ca and names.is_object_name(self._trusted_ca):
            wanted.add(TRUSTED_CA(self._trusted_ca))
        if self._cloud_front and names.is_object_name(self._cloud_front["private_key"]["name"]):
            wanted.add(SECRET(self._cloud_front["private_key"]["name"]))
        return wanted

    def findings(self, outlook: Outlook) -> Iterator[Finding]:
        yield from self._bucket_findings(outlook)
        yield from self._trusted_ca_findings(outlook)
        yield from self._cloud_front_findings(outlook.snapshot)

    def _bucket_findings(self, outlook: Outlook) -> Iterator[Finding]:
        after = outlook.storage.get("s3") or {}
        bucket, endpoint = self.options.get("bucket"), self.options.get("region_endpoint")
        if bucket and not names.is_bucket_name(bucket):
            yield self.finding("bucket", repr(bucket), names.BUCKET_NAME, "Correct the name.")
        if (after.get("bucket") or endpoint) and not after.get("region"):
            yield self.finding(
                "region",
                "none",
                "the region of the bucket",
                "Set it (for a store of your own any value that it accepts, often us-east-1): without it the operator "
                "never sees its configuration as applied.",
            )
        if endpoint and not names.is_http_url(endpoint):
            yield self.finding(
                "region_endpoint", repr(endpoint), "a URL such as https://s3.example.com", "Give scheme and host."
            )
        chunk = self.options.get("chunk_size_mib")
        if chunk is not None and chunk not in _CHUNK_MIB:
            yield self.finding("chunk_size_mib", str(chunk), "5 to 5120 (MiB)", "Choose a size in this range.")
        yield from self._encryption_findings(outlook)

    def _encryption_findings(self, outlook: Outlook) -> Iterator[Finding]:
        if self.options.get("encrypt") is not False:
            return
        owner, bucket = outlook.storage.get("managementState"), (outlook.storage.get("s3") or {}).get("bucket")
        if owner == "Managed":
            yield self.finding(
                "encrypt",
                "false with storage.management_state Managed",
                "true, or storage.management_state Unmanaged",
                "The operator turns encryption on in a bucket that it manages and would undo this setting.",
            )
        elif not owner and not bucket:
            yield self.finding(
                "encrypt",
                "false for a bucket that the operator will make",
                "true, or storage.s3.bucket to name one of yours",
                "The operator manages a bucket that it makes, turns encryption on in it and would undo this setting.",
            )

    def _trusted_ca_findings(self, outlook: Outlook) -> Iterator[Finding]:
        if self._certificates is not None:
            if not self._trusted_ca:
                yield self.finding(
                    "trusted_ca", "no name for trusted_ca_certificates", "the name of a ConfigMap", "Name it."
                )
            if not _are_certificates(self._certificates):
                yield self.finding(
                    "trusted_ca_certificates",
                    "no PEM certificates",
                    "the CA certificates of the object store, as PEM",
                    "Give the file's content.",
                )
        if not self._trusted_ca:
            return
        ref, snapshot = TRUSTED_CA(self._trusted_ca), outlook.snapshot
        if not names.is_object_name(self._trusted_ca):
            yield self.finding("trusted_ca", repr(self._trusted_ca), names.OBJECT_NAME, "Correct the name.")
        elif ref not in outlook.desired and snapshot.known(ref) and _CA_KEY not in _data(snapshot[ref]):
            found = "no such ConfigMap" if snapshot[ref] is None else "a ConfigMap without this key"
            yield Finding(
                str(ref),
                "storage.s3.trusted_ca",
                found,
                f"the key {_CA_KEY} with the CA certificates of the object store (PEM)",
                "Give trusted_ca_certificates to have it made; the operator then trusts this bundle alone.",
            )

    def _cloud_front_findings(self, snapshot: Snapshot) -> Iterator[Finding]:
        if not self._cloud_front:
            return
        duration, private_key = self._cloud_front.get("duration"), self._cloud_front["private_key"]
        ref, key = SECRET(private_key["name"]), private_key["key"]
        try:
            compare.duration(duration or "")
        except ValueError:
            yield self.finding(
                "cloud_front.duration",
                repr(duration),
                "a Go duration such as 20m or 1h30m",
                "Use the units h, m, s, ms, us, ns. The API server accepts others, and the operator then stops.",
            )
        if not names.is_object_name(private_key["name"]):
            yield self.finding(
                "cloud_front.private_key.name", repr(private_key["name"]), names.OBJECT_NAME, "Correct it."
            )
        elif snapshot.known(ref) and key not in _data(snapshot[ref]):
            found = "no such Secret" if snapshot[ref] is None else f"a Secret without the key {key}"
            yield Finding(
                str(ref),
                "storage.s3.cloud_front.private_key",
                found,
                f"the key {key} with CloudFront's private key (PEM)",
                "Create it before the registry refers to it.",
            )


def _data(source: dict[str, Any] | None) -> dict[str, str]:
    return (source or {}).get("data") or {}


def _are_certificates(pem: str) -> bool:
    # Imported here because it brings cryptography along, which most tasks do without.
    from ansible_collections.okd.image_registry.plugins.module_utils._desired import tls

    return tls.are_certificates(pem)
