# SPDX-License-Identifier: GPL-3.0-or-later
"""Pitfalls of the credentials' Secret: it counts for every backend, and nothing in the Config tells of it."""

import base64
from collections.abc import Callable

import pytest

from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import is_ready
from tests.integration.lab import Lab
from tests.integration.prediction import converge, idempotent

CREDENTIALS = "registry_credentials"
USER_SECRET = paths.USER_SECRET.rsplit("/", 1)[1]
KEYS = {"access_key": setups.ACCESS_KEY, "secret_key": setups.SECRET_KEY}
NEW_KEYS = {"access_key": "AKIAZ9EXAMPLE7QWERTY", "secret_key": "9sUbXn2+PpEXAMPLE/kd8Lq=TtRrEeWwQq1234567"}


def _minted(lab: Lab) -> None:
    keys = {"aws_access_key_id": setups.ACCESS_KEY, "aws_secret_access_key": setups.SECRET_KEY}
    setups.add_secret(lab, "installer-cloud-credentials", keys)


def test_secret_left_over_from_another_backend_is_found_before(clean: Lab) -> None:
    """The user's Secret takes precedence over the cluster's as soon as it exists, even if it has none of the keys."""
    setups.add_bucket(clean)
    _minted(clean)
    setups.add_secret(clean, USER_SECRET, {"REGISTRY_STORAGE_GCS_KEYFILE": "{}"})
    bucket = {"management_state": "Managed", "storage": {"s3": setups.s3(clean)}}
    (finding,) = clean.refused("registry", bucket)["findings"]
    assert "does not use those as long as this Secret exists" in finding["remedy"]
    # Both ways out that it names.
    converge(clean, "registry", {**bucket, "credentials": {"state": "absent"}})
    converge(clean, "registry", {**bucket, "credentials": {"s3": NEW_KEYS}})


def test_secret_is_removed_with_the_backend_that_needed_it(clean: Lab) -> None:
    """A Secret that stays behind breaks the next object store; one task leaves the bucket and takes it away."""
    setups.serve_from_bucket(clean, replicas=1)
    to_claim = {"storage": {"pvc": {"claim": "registry", "size": "10Gi"}}, "accept_data_loss": True}
    mark = clean.log.mark()
    clean.run("registry", {**to_claim, "credentials": {"state": "absent"}})
    # Not before the Config has left the bucket.
    assert [(request.verb, request.path) for request in clean.log.writes_since(mark)][-2:] == [
        ("patch", paths.CONFIG),
        ("delete", paths.USER_SECRET),
    ]
    assert clean.api.get(paths.USER_SECRET) is None


@pytest.fixture
def serving(clean: Lab) -> Lab:
    setups.serve_from_bucket(clean, replicas=2)
    return clean


def test_changed_keys_are_waited_for_though_no_generation_tells(serving: Lab, knobs: Callable[..., None]) -> None:
    """A new Secret does not move the Config's generation, and its conditions stay Ready: only the pods tell."""
    knobs(podReadyDelay=1)
    generation = serving.config()["metadata"]["generation"]
    old_pods = {pod["metadata"]["uid"] for pod in serving.api.items(paths.REGISTRY_PODS)}
    serving.run(CREDENTIALS, {"credentials": {"s3": NEW_KEYS}})
    assert serving.config()["metadata"]["generation"] == generation
    pods = serving.api.items(paths.REGISTRY_PODS)
    assert not old_pods & {pod["metadata"]["uid"] for pod in pods}
    assert [is_ready(pod) for pod in pods] == [True, True]


def test_keys_are_compared_decoded(clean: Lab) -> None:
    """The data of a Secret are encoded: the same keys, however they were put there, are no change."""
    data = {"REGISTRY_STORAGE_S3_ACCESSKEY": KEYS["access_key"], "REGISTRY_STORAGE_S3_SECRETKEY": KEYS["secret_key"]}
    clean.api.create(paths.SECRETS, {"metadata": {"name": USER_SECRET}, "type": "Opaque", "stringData": data})
    idempotent(clean, CREDENTIALS, {"credentials": {"s3": KEYS}})
    keyfile = {"type": "service_account", "client_email": "registry@example.com"}
    converge(clean, CREDENTIALS, {"credentials": {"gcs": {"keyfile": keyfile}}})


def test_secrets_of_the_operator_are_never_written(serving: Lab) -> None:
    """What the operator and the cluster generate is generated again; only the user's own Secret is the user's."""
    _minted(serving)
    mark = serving.log.mark()
    serving.run(CREDENTIALS, {"credentials": {"s3": NEW_KEYS}})
    serving.run(CREDENTIALS, {"credentials": {"state": "absent"}})
    written = [(request.verb, request.path) for request in serving.log.writes_since(mark)]
    assert written == [("patch", paths.USER_SECRET), ("delete", paths.USER_SECRET)]
    generated = serving.api.read(paths.GENERATED_SECRET)
    assert setups.ACCESS_KEY in base64.b64decode(generated["data"]["credentials"]).decode()
