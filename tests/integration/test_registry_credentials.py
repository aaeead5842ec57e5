# SPDX-License-Identifier: GPL-3.0-or-later
"""Module registry_credentials: the keys of the object store, made, changed and taken away."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import Document, is_ready
from tests.integration.lab import Lab
from tests.integration.prediction import converge, idempotent

CREDENTIALS = "registry_credentials"
NEW_ACCESS_KEY, NEW_SECRET_KEY = "AKIAZ9EXAMPLE7QWERTY", "9sUbXn2+PpEXAMPLE/kd8Lq=TtRrEeWwQq1234567"
CHECKSUM = "imageregistry.operator.openshift.io/dependencies-checksum"


def _keys(access_key: str = setups.ACCESS_KEY, secret_key: str = setups.SECRET_KEY) -> dict[str, Any]:
    return {"credentials": {"s3": {"access_key": access_key, "secret_key": secret_key}}}


def _data(secret: Document) -> dict[str, str]:
    return {name: base64.b64decode(value).decode() for name, value in secret["data"].items()}


def _checksum(lab: Lab) -> str:
    annotations: dict[str, str] = lab.api.read(paths.DEPLOYMENT)["spec"]["template"]["metadata"]["annotations"]
    return annotations[CHECKSUM]


def test_keys_are_kept_for_a_registry_that_does_not_need_them(clean: Lab) -> None:
    result = converge(clean, CREDENTIALS, _keys())
    secret = clean.api.read(paths.USER_SECRET)
    assert secret["type"] == "Opaque"
    assert _data(secret) == {
        "REGISTRY_STORAGE_S3_ACCESSKEY": setups.ACCESS_KEY,
        "REGISTRY_STORAGE_S3_SECRETKEY": setups.SECRET_KEY,
    }
    assert result["rollout"] == {"waited": False}
    assert setups.SECRET_KEY not in str(result)

    result = converge(clean, CREDENTIALS, {"credentials": {"state": "absent"}})
    assert clean.api.get(paths.USER_SECRET) is None
    assert [(step["action"], step["fields"]) for step in result["plan"]] == [("delete", [])]
    before, after = result["diff"][0]["before"], result["diff"][0]["after"]
    assert (set(before["data"].values()), after) == ({"<hidden: old value>"}, {})


def test_other_keys_of_the_secret_stay(clean: Lab) -> None:
    setups.add_credentials(clean)
    clean.api.patch(paths.USER_SECRET, {"data": {"note": base64.b64encode(b"kept").decode()}})
    result = converge(clean, CREDENTIALS, _keys(secret_key=NEW_SECRET_KEY))
    assert result["plan"][0]["fields"] == ["data.REGISTRY_STORAGE_S3_SECRETKEY"]
    assert _data(clean.api.read(paths.USER_SECRET))["note"] == "kept"


@pytest.fixture
def slow_pods(knobs: Callable[..., None]) -> None:
    """Pods take their time, and the operator's conditions describe how things were a second ago."""
    knobs(podReadyDelay=1, cacheLag=1)


def test_rotation_ends_when_the_pods_run_with_the_new_keys(clean: Lab, slow_pods: None) -> None:
    setups.serve_from_bucket(clean, replicas=2)
    old_pods = {pod["metadata"]["uid"] for pod in clean.api.items(paths.REGISTRY_PODS)}
    generation, checksum = clean.config()["metadata"]["generation"], _checksum(clean)

    result = converge(clean, CREDENTIALS, _keys(NEW_ACCESS_KEY, NEW_SECRET_KEY))
    assert [(step["kind"], step["name"]) for step in result["plan"]] == [
        ("Secret", "image-registry-private-configuration-user")
    ]
    generated = _data(clean.api.read(paths.GENERATED_SECRET))["credentials"]
    assert NEW_ACCESS_KEY in generated
    assert NEW_SECRET_KEY in generated
    assert _checksum(clean) != checksum
    pods = clean.api.items(paths.REGISTRY_PODS)
    assert not old_pods & {pod["metadata"]["uid"] for pod in pods}
    assert [is_ready(pod) for pod in pods] == [True, True]
    # Nothing in the Config tells of all this.
    assert clean.config()["metadata"]["generation"] == generation
    assert result["rollout"]["duration"] > 1


def test_minted_keys_take_over(clean: Lab) -> None:
    minted = {"aws_access_key_id": NEW_ACCESS_KEY, "aws_secret_access_key": NEW_SECRET_KEY}
    setups.add_secret(clean, "installer-cloud-credentials", minted)
    setups.serve_from_bucket(clean, replicas=1)
    checksum = _checksum(clean)
    converge(clean, CREDENTIALS, {"credentials": {"state": "absent"}})
    assert NEW_ACCESS_KEY in _data(clean.api.read(paths.GENERATED_SECRET))["credentials"]
    assert _checksum(clean) != checksum
    idempotent(clean, CREDENTIALS, {"credentials": {"state": "absent"}})
