# SPDX-License-Identifier: GPL-3.0-or-later
"""Module registry_storage: every backend, moving between them, making and growing claims."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.pem import self_signed
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import Document, is_ready
from tests.integration.lab import Lab, warnings
from tests.integration.prediction import converge, idempotent

STORAGE = "registry_storage"


def _claim(**options: Any) -> dict[str, Any]:
    return {"storage": {"pvc": options}}


def test_claim_is_made_as_declared(clean: Lab) -> None:
    args = {"management_state": "Managed", **_claim(claim="registry", size="40Gi", storage_class="fixed")}
    result = converge(clean, STORAGE, args)
    claim = clean.api.read(f"{paths.CLAIMS}/registry")
    assert claim["spec"]["storageClassName"] == "fixed"
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    assert claim["spec"]["resources"]["requests"] == {"storage": "40Gi"}
    assert claim["status"]["phase"] == "Bound"
    assert [(step["action"], step["kind"]) for step in result["plan"]] == [
        ("create", "PersistentVolumeClaim"),
        ("patch", "Config"),
    ]
    assert clean.config()["status"]["storage"] == {"pvc": {"claim": "registry"}, "managementState": "Unmanaged"}
    # The same size in another unit is no change.
    idempotent(clean, STORAGE, _claim(claim="registry", size="40960Mi"))


def test_claim_for_a_volume_made_by_hand_gets_no_class(clean: Lab) -> None:
    args = _claim(claim="registry", size="1Gi", storage_class="")
    converge(clean, STORAGE, args)
    # Without the field the API server would fill in the default class.
    assert clean.api.read(f"{paths.CLAIMS}/registry")["spec"]["storageClassName"] == ""
    idempotent(clean, STORAGE, args)


def test_claim_for_one_node_gets_one_pod_that_is_replaced(clean: Lab) -> None:
    result = converge(
        clean,
        "registry",
        {
            "management_state": "Managed",
            **_claim(claim="registry", size="10Gi", access_mode="ReadWriteOnce"),
            "replicas": 1,
            "rollout_strategy": "Recreate",
        },
    )
    assert clean.api.read(f"{paths.CLAIMS}/registry")["spec"]["accessModes"] == ["ReadWriteOnce"]
    assert clean.api.read(paths.DEPLOYMENT)["spec"]["strategy"]["type"] == "Recreate"
    assert result["registry"]["replicas"] == {"wanted": 1, "ready": 1}


def test_claim_that_exists_is_used_and_grown(clean: Lab) -> None:
    setups.add_claim(clean, "registry")
    setups.wait_bound(clean, "registry")
    converge(clean, STORAGE, {"management_state": "Managed", **_claim(claim="registry")})

    result = converge(clean, STORAGE, _claim(claim="registry", size="150Gi"))
    assert [(step["kind"], step["fields"]) for step in result["plan"]] == [
        ("PersistentVolumeClaim", ["spec.resources.requests.storage"])
    ]
    live = clean.api.read(f"{paths.CLAIMS}/registry")
    assert live["spec"]["resources"]["requests"] == live["status"]["capacity"] == {"storage": "150Gi"}


def test_claim_of_the_operator_is_left_to_it(clean: Lab) -> None:
    args = {"management_state": "Managed", "storage": {"pvc": {}}}
    result = converge(clean, STORAGE, args)
    assert result["registry"]["storage"] == {"claim": "image-registry-storage"}
    assert clean.spec()["storage"] == {"pvc": {"claim": "image-registry-storage"}, "managementState": "Managed"}


def test_claim_of_the_user_can_be_given_away_with_a_warning(clean: Lab) -> None:
    args = {**_claim(claim="registry", size="10Gi"), "management_state": "Managed"}
    args["storage"]["management_state"] = "Managed"
    result = converge(clean, STORAGE, args)
    assert clean.spec()["storage"]["managementState"] == "Managed"
    assert any("The operator will delete it with all images" in text for text in warnings(result))


def test_pods_disks(clean: Lab) -> None:
    args = {"management_state": "Managed", "storage": {"empty_dir": {}}, "accept_data_loss": True}
    result = converge(clean, STORAGE, args)
    assert clean.spec()["storage"] == {"emptyDir": {}, "managementState": "Managed"}
    assert (result["registry"]["backend"], result["registry"]["storage"]) == ("emptyDir", {})


def test_bucket_with_every_setting(clean: Lab) -> None:
    authority, private_key = self_signed("s3.example.com")
    setups.add_secret(clean, "cloudfront", {"private.pem": private_key})
    setups.add_bucket(clean)
    setups.add_credentials(clean)
    cloud_front = {
        "base_url": "https://d111111abcdef8.cloudfront.net",
        "keypair_id": "APKAEXAMPLE",
        "private_key": {"name": "cloudfront", "key": "private.pem"},
        "duration": "1h30m0s",
    }
    s3 = setups.s3(
        clean,
        encrypt=False,
        key_id="alias/registry",
        virtual_hosted_style=False,
        trusted_ca="s3-bundle",
        trusted_ca_certificates=authority,
        chunk_size_mib=64,
        cloud_front=cloud_front,
    )
    result = converge(clean, STORAGE, {"management_state": "Managed", "storage": {"s3": s3}})
    # What the Config refers to comes first.
    assert [step["kind"] for step in result["plan"]] == ["ConfigMap", "Config"]
    assert clean.api.read(f"{paths.TRUSTED_CAS}/s3-bundle")["data"] == {"ca-bundle.crt": authority}
    live = clean.spec()["storage"]
    assert live["managementState"] == "Unmanaged"
    assert (live["s3"]["bucket"], live["s3"]["region"], live["s3"]["regionEndpoint"]) == (
        setups.BUCKET,
        setups.REGION,
        clean.s3_endpoint,
    )
    assert (live["s3"]["keyID"], live["s3"]["chunkSizeMiB"]) == ("alias/registry", 64)
    assert live["s3"]["trustedCA"] == {"name": "s3-bundle"}
    assert live["s3"]["cloudFront"]["privateKey"] == {"name": "cloudfront", "key": "private.pem"}
    assert not live["s3"].get("encrypt")

    # What is omitted stays; an empty name unsets the bundle; equal durations are equal in any spelling.
    cloud_front["duration"] = "90m"
    idempotent(clean, STORAGE, {"storage": {"s3": {"bucket": setups.BUCKET, "cloud_front": cloud_front}}})
    converge(clean, STORAGE, {"storage": {"s3": {"trusted_ca": ""}}})
    assert not (clean.spec()["storage"]["s3"].get("trustedCA") or {}).get("name")
    assert clean.spec()["storage"]["s3"]["chunkSizeMiB"] == 64


def _to_disks(_lab: Lab) -> Document:
    return {"empty_dir": {}}


def _to_claim(_lab: Lab) -> Document:
    return {"pvc": {"claim": "other", "size": "20Gi"}}


def _to_bucket(lab: Lab) -> Document:
    setups.add_bucket(lab)
    setups.add_credentials(lab)
    return {"s3": setups.s3(lab)}


@pytest.mark.parametrize(
    ("start", "target", "old", "new", "owner"),
    [
        (setups.serve_from_disks, _to_claim, "emptyDir", "pvc", "Unmanaged"),
        (setups.serve_from_disks, _to_bucket, "emptyDir", "s3", "Unmanaged"),
        (setups.serve_from_bucket, _to_claim, "s3", "pvc", "Unmanaged"),
        (setups.serve_from_bucket, _to_disks, "s3", "emptyDir", "Managed"),
    ],
    ids=["disks to claim", "disks to bucket", "bucket to claim", "bucket to disks"],
)
def test_another_backend_replaces_the_old_one(
    clean: Lab, start: Callable[..., None], target: Callable[[Lab], Document], old: str, new: str, owner: str
) -> None:
    start(clean, replicas=1)
    result = converge(clean, STORAGE, {"storage": target(clean), "accept_data_loss": True})
    fields = next(step["fields"] for step in result["plan"] if step["kind"] == "Config")
    assert f"spec.storage.{old}" in fields
    live = clean.spec()["storage"]
    # The owner of the old medium does not decide over the new one.
    assert (live.keys(), live["managementState"]) == ({new, "managementState"}, owner)
    assert clean.config()["status"]["storage"].keys() == {new, "managementState"}
    assert [is_ready(pod) for pod in clean.api.items(paths.REGISTRY_PODS)] == [True]


def test_second_backend_of_somebody_else_is_taken_out(clean: Lab) -> None:
    setups.serve_from_claim(clean)
    clean.api.patch(paths.CONFIG, {"spec": {"storage": {"emptyDir": {}}}})
    converge(clean, STORAGE, {"storage": {"pvc": {"claim": "registry"}}})
    assert clean.spec()["storage"] == {"pvc": {"claim": "registry"}, "managementState": "Unmanaged"}
