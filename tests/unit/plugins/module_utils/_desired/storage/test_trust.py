# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pods trust: when the operator has to be woken, and what shows that it has done what is declared."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.certificates import MARK, Trust
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    REGISTRY_CERTIFICATES,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Order
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Verdict
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.passed_on import PodsRenewed, Trusted

from tests.unit.builders import (
    Manifest,
    config,
    deployment,
    expected,
    manifest,
    observed,
    planned,
    user_credentials,
)

OURS, THEIRS = "-----BEGIN CERTIFICATE-----\nours", "-----BEGIN CERTIFICATE-----\ntheirs"
OWN_HOST = "image-registry.openshift-image-registry.svc..5000"
BUCKET = {"bucket": "images", "region": "us-east-1"}


def served(name: str = "", **more: Any) -> Manifest:
    """Return the Config of a registry that serves from a bucket, with the name of a trusted CA."""
    s3 = {**BUCKET, "trustedCA": {"name": name}}
    storage = {"s3": s3, "managementState": "Unmanaged"}
    return config(storage=storage, used=storage, **more)


def authorities(bundle: str | None = None, own: str | None = None, mark: str | None = None) -> Manifest:
    """Return the operator's ConfigMap, with the bundle of the store and what it says of the registry's own host."""
    data = {"storage-ca-bundle.pem": bundle, OWN_HOST: own}
    metadata = {"namespace": "openshift-image-registry", **({"annotations": {MARK: mark}} if mark else {})}
    return manifest(
        "ConfigMap",
        "image-registry-certificates",
        metadata=metadata,
        data={key: value for key, value in data.items() if value is not None},
    )


def bundle(name: str, text: str) -> Manifest:
    """Return the ConfigMap of an administrator."""
    return manifest("ConfigMap", name, metadata={"namespace": "openshift-config"}, data={"ca-bundle.crt": text})


def platform(text: str) -> Manifest:
    """Return what the platform says of its own store."""
    data = {"ca-bundle.pem": text}
    return manifest("ConfigMap", "kube-cloud-config", metadata={"namespace": "openshift-config-managed"}, data=data)


def started(checksum: str = "1") -> Manifest:
    """Return a Deployment whose pods were started with something."""
    annotations = {"imageregistry.operator.openshift.io/dependencies-checksum": checksum}
    live = deployment()
    live["spec"]["template"] = {"metadata": {"annotations": annotations}}
    return live


def trusting(name: str, certificates: str | None = None) -> dict[str, Any]:
    """Return options that name a trusted CA."""
    return {"storage": {"s3": {"trusted_ca": name, "trusted_ca_certificates": certificates}}}


def redirecting(is_disabled: bool) -> dict[str, Any]:
    """Return options that say whether clients are redirected to the store."""
    return {"disable_redirect": is_disabled}


WAKING = [
    pytest.param(trusting("ours"), [served(), bundle("ours", OURS), authorities()], id="a bundle that is new"),
    pytest.param(
        trusting("ours"), [served("ours"), bundle("ours", OURS), authorities(THEIRS)], id="left behind by a task before"
    ),
    pytest.param(trusting(""), [served("ours"), authorities(OURS)], id="a bundle that goes"),
    pytest.param(trusting(""), [served(), authorities(OURS), platform(THEIRS)], id="that of the platform"),
    pytest.param(trusting("ours"), [served(), bundle("ours", OURS), authorities(mark="0")], id="touched before"),
    pytest.param(redirecting(True), [served("ours"), authorities(OURS, f"own\n{OURS}")], id="redirects that end"),
    pytest.param(redirecting(False), [served("ours"), authorities(OURS, "own")], id="redirects that begin"),
]
SLEEPING = [
    pytest.param(trusting("ours"), [served("ours"), bundle("ours", OURS), authorities(OURS)], id="done"),
    pytest.param(trusting(""), [served(), authorities()], id="none and none declared"),
    pytest.param(trusting(""), [served(), authorities(OURS), platform(OURS)], id="that of the platform"),
    pytest.param(trusting("ours"), [served(), bundle("ours", OURS), authorities(mark="1")], id="touched"),
    pytest.param(trusting("ours"), [served(), bundle("ours", OURS)], id="the operator has not begun"),
    pytest.param(
        trusting("ours"),
        [served(managementState="Removed"), bundle("ours", OURS), authorities()],
        id="removed, and the operator writes a Secret when it comes back",
    ),
    pytest.param({"replicas": 2}, [served("ours"), authorities()], id="nothing of it declared"),
    pytest.param(redirecting(True), [served("ours"), authorities(OURS, "own")], id="no redirects already"),
    pytest.param(redirecting(False), [served(), authorities(own="own")], id="redirects without a bundle"),
]


@pytest.mark.parametrize(("given", "objects"), WAKING)
def test_the_operator_is_woken_after_the_config(given: dict[str, Any], objects: list[Manifest]) -> None:
    change = planned(given, *objects, started(), user_credentials())
    step = change.step(REGISTRY_CERTIFICATES)
    assert step is not None
    assert (step.action, step.order, step.body) == (
        "patch",
        Order.AFTER_CONFIG,
        {"metadata": {"annotations": {MARK: "1"}}},
    )
    assert change.steps[-1] == step
    awaited = expected(given, *objects, started(), user_credentials())
    assert [entry for entry in awaited if isinstance(entry, Trusted)]
    assert PodsRenewed("1") in awaited


@pytest.mark.parametrize(("given", "objects"), SLEEPING)
def test_the_operator_is_let_alone(given: dict[str, Any], objects: list[Manifest]) -> None:
    assert planned(given, *objects, started(), user_credentials()).step(REGISTRY_CERTIFICATES) is None


def test_certificates_of_the_task_are_waited_for() -> None:
    awaited = expected(trusting("ours", OURS), served(), authorities(), started(), user_credentials())
    assert Trusted(Trust(OURS)) in awaited


def judged(live: Manifest, observed_generation: int | None) -> Verdict:
    """Return the verdict on what the operator gives to the pods, of a Config of generation 1 that names ours."""
    named = served("ours")
    named["status"]["observedGeneration"] = observed_generation
    return Trusted(Trust(OURS)).verdict(observed(named, others={REGISTRY_CERTIFICATES: live}))


@pytest.mark.parametrize(
    ("live", "observed_generation", "state"),
    [
        (authorities(OURS), 1, "done"),
        (authorities(), 0, "waiting"),
        (authorities(), None, "waiting"),
        (authorities(mark="0"), 0, "waiting"),
        (authorities(), 1, "due"),
        (authorities(mark="0"), 1, "due"),
        (authorities(THEIRS, mark="0"), 1, "due"),
        (authorities(mark="1"), 1, "waiting"),
    ],
)
def test_what_the_operator_has_not_done_is_due_again_once_it_has_seen_the_config(
    live: Manifest, observed_generation: int | None, state: str
) -> None:
    verdict = judged(live, observed_generation)
    assert verdict.state == state
    if state != "done":
        assert verdict.why == "the operator has not yet given the pods the declared authorities of the object store"


def test_the_config_is_what_is_watched_besides() -> None:
    assert Trusted(Trust(OURS)).refs() == {CLUSTER_CONFIG, REGISTRY_CERTIFICATES}
