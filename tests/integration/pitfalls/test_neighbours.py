# SPDX-License-Identifier: GPL-3.0-or-later
"""Pitfalls of the objects around the Config: those that no module manages stay as somebody else has made them."""

import pytest

from sandbox.pem import self_signed
from sandbox.state import REPOSITORY
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import Document
from tests.integration.lab import Lab

PRUNER = "/apis/imageregistry.operator.openshift.io/v1/imagepruners/cluster"
HOST = "registry.example.com"
BUNDLE = "image-registry-s3-bundle"
MODULES = sorted(path.stem for path in (REPOSITORY / "plugins" / "modules").glob("*.py"))
WRITING_MODULES = [name for name in MODULES if not name.endswith("_info")]
NEIGHBOURS: dict[str, Document] = {
    paths.IMAGE_CONFIG: {
        "registrySources": {"allowedRegistries": ["quay.io", "registry.example.com"]},
        "additionalTrustedCA": {"name": "registry-config"},
        "externalRegistryHostnames": [HOST],
    },
    PRUNER: {"suspend": True, "schedule": "", "keepTagRevisions": 5, "keepYoungerThan": 3600000000000},
}


@pytest.fixture(scope="module")
def neighbours(clean_module: Lab) -> dict[str, tuple[Document, Document]]:
    """The specs of the objects around the Config before and after a task that declares every section."""
    lab = clean_module
    lab.api.create(paths.TRUSTED_CAS, {"metadata": {"name": "registry-config"}, "data": {}})
    for path, spec in NEIGHBOURS.items():
        lab.api.patch(path, {"spec": spec})
    before = {path: lab.api.read(path)["spec"] for path in NEIGHBOURS}
    certificate, key = self_signed(HOST)
    everything = {
        "management_state": "Managed",
        "storage": {"pvc": {"claim": "registry", "size": "10Gi"}},
        "replicas": 2,
        "default_route": True,
        "routes": [{"name": "public", "hostname": HOST, "tls": {"certificate": certificate, "key": key}}],
        "credentials": {"s3": {"access_key": setups.ACCESS_KEY, "secret_key": setups.SECRET_KEY}},
        "log_level": "Debug",
        "node_selector": {"kubernetes.io/os": "linux"},
    }
    mark = lab.log.mark()
    lab.run("registry", everything)
    assert {request.path for request in lab.log.writes_since(mark)} == {paths.CONFIG, paths.CLAIMS, paths.SECRETS}
    return {path: (before[path], lab.api.read(path)["spec"]) for path in NEIGHBOURS}


def test_lists_of_registries_are_left_alone(neighbours: dict[str, tuple[Document, Document]]) -> None:
    """allowedRegistries and blockedRegistries exclude each other, and a change of them restarts nodes.

    The collection does not manage the cluster's Image config, nor mirrors. What is tested is that it does not touch
    them, although it changes hosts of the registry that an allowed list may have to name.
    """
    before, after = neighbours[paths.IMAGE_CONFIG]
    assert after == before
    assert after["registrySources"]["allowedRegistries"] == ["quay.io", "registry.example.com"]


def test_schedule_and_ages_of_the_pruner_are_left_alone(neighbours: dict[str, tuple[Document, Document]]) -> None:
    """keepYoungerThan and keepYoungerThanDuration contradict each other, and an empty schedule is the default one.

    The collection does not manage the ImagePruner. What is tested is that it adds neither to what somebody has set.
    """
    before, after = neighbours[PRUNER]
    assert after == before
    assert (after["keepYoungerThan"], after["schedule"]) == (3600000000000, "")
    assert "keepYoungerThanDuration" not in after


@pytest.mark.parametrize("module", WRITING_MODULES)
def test_config_cannot_be_declared_absent(lab: Lab, module: str) -> None:
    """The operator makes a deleted Config, or ImagePruner, anew, and deletes Managed storage before: no module does so.

    To be rid of the registry there is management_state Removed. The ImagePruner is not managed by the collection.
    """
    result = lab.refused(module, {"state": "absent"})
    assert "Unsupported parameters" in result["msg"]
    result = lab.refused(module, {"management_state": "absent"})
    assert any(words in result["msg"] for words in ("Unsupported parameters", "Managed, Unmanaged, Removed"))


def test_trusted_ca_is_there_before_and_after_the_config_refers_to_it(clean: Lab) -> None:
    """A reference to a ConfigMap that is missing degrades the operator: first the ConfigMap, then the reference.

    That holds for the CA of the object store. The additionalTrustedCA of the cluster's Image config is not managed.
    """
    setups.add_bucket(clean)
    setups.add_credentials(clean)
    authority, _key = self_signed("s3.example.com")
    s3 = setups.s3(clean, trusted_ca=BUNDLE, trusted_ca_certificates=authority)
    mark = clean.log.mark()
    clean.run("registry", {"management_state": "Managed", "storage": {"s3": s3}})
    written = [(request.verb, request.path) for request in clean.log.writes_since(mark)]
    assert written == [("create", paths.TRUSTED_CAS), ("patch", paths.CONFIG)]
    clean.run("registry_storage", {"storage": {"s3": {"trusted_ca": ""}}})
    assert not clean.spec()["storage"]["s3"].get("trustedCA", {}).get("name")
    assert clean.api.read(f"{paths.TRUSTED_CAS}/{BUNDLE}")["data"]["ca-bundle.crt"] == authority


def test_a_claim_that_another_application_mounts_is_told(clean: Lab) -> None:
    """Both would write to one volume. The pods of the registry, which mount it next, are no others."""
    setups.add_claim(clean, "shared")
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "shared"}}]
    containers = [
        {"name": "web", "image": "registry.example.com/web", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}
    ]
    clean.api.create(
        paths.PODS, {"metadata": {"name": "web-0"}, "spec": {"volumes": volumes, "containers": containers}}
    )
    task = {"management_state": "Managed", "storage": {"pvc": {"claim": "shared"}}}
    foreseen = clean.run("registry", task, check=True)
    clean.api.delete(f"{paths.PODS}/web-0")
    clean.run("registry", task)
    taken = [found for found in foreseen["findings"] if found["code"] == "claim-in-use"]
    assert [("web-0" in found["found"], found["severity"]) for found in taken] == [(True, "warning")]
    assert clean.run("registry", task)["findings"] == []
