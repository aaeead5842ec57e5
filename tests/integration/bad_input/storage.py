# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: claims, disks and who owns the storage."""

from typing import Any

from tests.integration.bad_input.case import CONFIG, Case, claim


def _pvc(**options: Any) -> dict[str, Any]:
    return {"management_state": "Managed", "storage": {"pvc": options}}


_STORAGE = "registry_storage"
_LONG = "a" * 254

CASES = [
    Case(
        "claim-name-with-capitals",
        _STORAGE,
        _pvc(claim="My_Claim", size="10Gi"),
        (claim("My_Claim"), "storage.pvc.claim"),
        ("'My_Claim'", "DNS-1123", "Correct the name"),
    ),
    Case(
        "claim-name-too-long",
        _STORAGE,
        _pvc(claim=_LONG, size="10Gi"),
        (claim(_LONG), "storage.pvc.claim"),
        ("at most 253", "Correct the name"),
    ),
    Case(
        "claim-missing",
        _STORAGE,
        _pvc(claim="nowhere"),
        (claim("nowhere"), "storage.pvc.claim"),
        ("no such claim", "the size of a new one", "Set storage.pvc.size"),
        may_come=True,
    ),
    Case(
        "size-with-a-space",
        _STORAGE,
        _pvc(claim="new", size="100 GB"),
        (claim("new"), "storage.pvc.size"),
        ("'100 GB'", "a quantity above zero such as 100Gi"),
    ),
    Case(
        "size-in-bytes-unit",
        _STORAGE,
        _pvc(claim="new", size="100GB"),
        (claim("new"), "storage.pvc.size"),
        ("'100GB'", "100Gi"),
    ),
    Case(
        "size-zero",
        _STORAGE,
        _pvc(claim="new", size="0Gi"),
        (claim("new"), "storage.pvc.size"),
        ("'0Gi'", "above zero"),
    ),
    Case(
        "size-negative",
        _STORAGE,
        _pvc(claim="new", size="-5Gi"),
        (claim("new"), "storage.pvc.size"),
        ("'-5Gi'", "above zero"),
    ),
    Case(
        "size-infinite",
        _STORAGE,
        _pvc(claim="new", size="Infinity"),
        (claim("new"), "storage.pvc.size"),
        ("'Infinity'", "above zero"),
    ),
    Case(
        "size-without-claim",
        _STORAGE,
        _pvc(size="10Gi"),
        (claim(""), "storage.pvc.claim"),
        ("no name beside size", "the name of the claim", "100Gi and ReadWriteMany"),
    ),
    Case(
        "mode-and-class-without-claim",
        _STORAGE,
        _pvc(access_mode="ReadWriteOnce", storage_class="standard"),
        (claim(""), "storage.pvc.claim"),
        ("no name beside access_mode and storage_class", "Name one of your own"),
    ),
    Case(
        "claim-would-shrink",
        _STORAGE,
        _pvc(claim="shared", size="50Gi"),
        (claim("shared"), "storage.pvc.size"),
        ("100Gi on the existing claim", "not 50Gi", "cannot be made smaller"),
    ),
    Case(
        "claim-would-shrink-with-consent",
        _STORAGE,
        {**_pvc(claim="shared", size="50Gi"), "accept_data_loss": True},
        (claim("shared"), "storage.pvc.size"),
        ("not 50Gi", "cannot be made smaller"),
        "shared",
    ),
    Case(
        "class-unknown",
        _STORAGE,
        _pvc(claim="new", size="10Gi", storage_class="gold"),
        (claim("new"), "storage.pvc.storage_class"),
        ("'gold'", "fixed, standard", "Choose one of them or create it"),
        may_come=True,
    ),
    Case(
        "class-of-existing-claim",
        _STORAGE,
        _pvc(claim="shared", storage_class="fixed"),
        (claim("shared"), "storage.pvc.storage_class"),
        ("standard on the existing claim", "fixed", "cannot be changed"),
    ),
    Case(
        "mode-of-existing-claim",
        _STORAGE,
        _pvc(claim="shared", access_mode="ReadWriteOnce"),
        (claim("shared"), "storage.pvc.access_mode"),
        ("ReadWriteMany on the existing claim", "needs ReadWriteOnce", "cannot be changed"),
    ),
    Case(
        "mode-unusable",
        _STORAGE,
        _pvc(claim="readonly"),
        (claim("readonly"), "storage.pvc.access_mode"),
        ("ReadOnlyMany", "ReadWriteMany or ReadWriteOnce", "Name another"),
    ),
    Case(
        "class-does-not-grow",
        _STORAGE,
        _pvc(claim="rigid", size="200Gi"),
        (claim("rigid"), "storage.pvc.size"),
        ("100Gi, with the storage class fixed", "to reach 200Gi", "allowVolumeExpansion"),
    ),
    Case(
        "claim-unbound-cannot-grow",
        _STORAGE,
        _pvc(claim="unbound", size="200Gi"),
        (claim("unbound"), "storage.pvc.size"),
        ("100Gi on a claim that is Pending", "Bound before it can grow", "delete the claim"),
    ),
    Case(
        "block-claim-two-replicas",
        "registry",
        {**_pvc(claim="block"), "replicas": 2, "rollout_strategy": "Recreate"},
        (claim("block"), "replicas"),
        ("2 with a claim that is ReadWriteOnce", "at most 1", "Set replicas to 1 and rollout_strategy to Recreate"),
    ),
    Case(
        "block-claim-rolling-update",
        "registry",
        {**_pvc(claim="block"), "replicas": 1},
        (claim("block"), "rollout_strategy"),
        ("RollingUpdate with a claim that is ReadWriteOnce", "needs Recreate"),
    ),
    Case(
        "new-block-claim-two-replicas",
        "registry",
        {**_pvc(claim="new", size="10Gi", access_mode="ReadWriteOnce"), "replicas": 2},
        (claim("new"), "replicas"),
        ("2 with a claim that is ReadWriteOnce", "at most 1"),
    ),
    Case(
        "disks-two-replicas",
        "registry",
        {
            "management_state": "Managed",
            "storage": {"empty_dir": {}},
            "replicas": 2,
            "accept_data_loss": True,
        },
        (CONFIG, "replicas"),
        ("2 with storage.empty_dir", "at most 1", "Set replicas to 1 or choose storage that pods share"),
    ),
    Case(
        "to-disks-with-two-replicas",
        _STORAGE,
        {"storage": {"empty_dir": {}}, "accept_data_loss": True},
        (CONFIG, "replicas"),
        ("2 with storage.empty_dir", "at most 1"),
        "shared",
        may_come=True,
    ),
    Case(
        "to-block-claim-with-two-replicas",
        _STORAGE,
        {"storage": {"pvc": {"claim": "block"}}, "accept_data_loss": True},
        (claim("block"), "replicas"),
        ("2 with a claim that is ReadWriteOnce", "at most 1"),
        "shared",
        may_come=True,
    ),
    Case(
        "two-backends",
        _STORAGE,
        {"storage": {"empty_dir": {}, "pvc": {"claim": "shared"}}},
        None,
        ("mutually exclusive", "empty_dir|pvc|s3", "found in storage"),
    ),
    Case(
        "backend-in-the-api-spelling",
        _STORAGE,
        {"storage": {"persistentVolumeClaim": {"claimName": "shared"}}},
        None,
        ("Unsupported parameters", "storage.persistentVolumeClaim", "pvc"),
    ),
]
