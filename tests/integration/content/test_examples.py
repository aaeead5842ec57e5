# SPDX-License-Identifier: GPL-3.0-or-later
"""Every YAML example of the documentation runs.

Each runs in check mode against the registry of a fresh cluster. The modules check it against the cluster, and each step
runs as a dry run on the API server. Examples for clouds run too, but only the operator on such a cluster can test their
stores. The first examples for a new user also run without check mode.
"""

import base64
import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.pem import self_signed
from sandbox.state import REPOSITORY, StateDirectory
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.clusters import Clusters
from tests.integration.content import examples
from tests.integration.content.examples import Example
from tests.integration.lab import Lab
from tests.integration.playbook import Played, play

HOST = "registry.example.com"
# Its examples are about a registry that serves, so they come after the first steps.
LOOKING = REPOSITORY / "plugins" / "modules" / "registry_info.py"
DOCUMENTS = [document for document in examples.documents() if document != LOOKING]
# What examples take from elsewhere.
VARIABLES = {
    "vault_registry_access_key": setups.ACCESS_KEY,
    "vault_registry_secret_key": setups.SECRET_KEY,
    "vault_registry_account_key": base64.b64encode(setups.SECRET_KEY.encode()).decode(),
}
CLUSTERS = ("edge", "factory")
STORAGE_CLASSES = "/apis/storage.k8s.io/v1/storageclasses"


@pytest.fixture(scope="module")
def furnished(clean_module: Lab) -> Lab:
    """A fresh cluster with what the examples presuppose beside the registry; check mode leaves it so."""
    return _furnish(clean_module)


@pytest.fixture
def desk(tmp_path: Path, lab: Lab) -> Iterator[Path]:
    """A directory to work in, with the files that examples read and an inventory with the group of their plays."""
    certificate, key = self_signed(HOST)
    (tmp_path / "registry.crt").write_text(certificate, encoding="utf-8")
    (tmp_path / "registry.key").write_text(key, encoding="utf-8")
    (tmp_path / "s3-ca.crt").write_text(_store_authority(), encoding="utf-8")
    (tmp_path / "service-account.json").write_text(json.dumps({"type": "service_account"}), encoding="utf-8")
    connection = {"cluster_token": lab.api.token, "cluster_ca": str(lab.api.authority)}
    with Clusters(lab.api.server, lab.api.authority) as many:
        hosts = {name: {"cluster_host": many.url(name)} for name in CLUSTERS}
        # Without anything declared there would be nothing to set up; this is what the operator has by default.
        declared = {"registry_log_level": "Normal"}
        inventory = {"all": {"children": {"clusters": {"hosts": hosts, "vars": connection}}, "vars": declared}}
        (tmp_path / "inventory.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
        for name in CLUSTERS:
            many.kubeconfig(name, tmp_path, lab.api.token)
        yield tmp_path


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_examples_run_in_check_mode(furnished: Lab, state: StateDirectory, desk: Path, document: Path) -> None:
    for example in (found := examples.of(document)):
        if example.kind == "inventory":
            (desk / "clusters.yml").write_text(yaml.safe_dump(example.content), encoding="utf-8")
            _run(
                desk,
                state,
                "okd.image_registry.setup",
                "-i",
                "clusters.yml",
                "-e",
                "registry_hosts=clusters",
                "--check",
            )
        if example.kind == "requirements":
            # To install it takes a server that has it.
            galaxy = yaml.safe_load((REPOSITORY / "galaxy.yml").read_text(encoding="utf-8"))
            assert example.content["collections"] == [{"name": f"{galaxy['namespace']}.{galaxy['name']}"}]
    plays = [play for example in found for play in _plays(example)]
    (desk / "examples.yml").write_text(yaml.safe_dump(plays), encoding="utf-8")
    if plays:
        _run(desk, state, "examples.yml", "-i", "inventory.yml", "-e", json.dumps(VARIABLES), "--check", "--diff")


def test_the_first_steps_run_for_real(clean: Lab, state: StateDirectory, desk: Path) -> None:
    _furnish(clean)
    readme, guide = (
        examples.of(REPOSITORY / name) for name in ("README.md", "docs/docsite/rst/guide_getting_started.rst")
    )
    first_playbook = next(example for example in readme if example.kind == "plays")
    first_variables = next(example for example in guide if example.kind == "variables")
    for name, example in (("playbook.yml", first_playbook), ("variables.yml", first_variables)):
        (desk / name).write_text(yaml.safe_dump(_plays(example)), encoding="utf-8")
        assert _run(desk, state, name).changed == 1
        assert _run(desk, state, name).changed == 0
        spec = clean.spec()
        assert (spec["managementState"], spec["replicas"]) == ("Managed", 2)
        assert spec["storage"]["pvc"] == {"claim": "registry"}
        assert [route["hostname"] for route in spec["routes"]] == [HOST]
        clean.api.patch(paths.CONFIG, {"spec": {"replicas": 1}})
    (desk / "looking.yml").write_text(yaml.safe_dump(_plays(*examples.of(LOOKING))), encoding="utf-8")
    setups.wait_served(clean)
    assert _run(desk, state, "looking.yml").changed == 0


@functools.cache
def _store_authority() -> str:
    """Return the CA of the object store, which some examples find in the cluster and others in a file."""
    return self_signed("s3.example.com")[0]


def _furnish(lab: Lab) -> Lab:
    """Make what the examples presuppose."""
    for name in ("cephfs", "thin-csi"):
        body = {"metadata": {"name": name}, "provisioner": f"{name}.example.com", "allowVolumeExpansion": True}
        lab.api.create(STORAGE_CLASSES, body)
    certificate, key = self_signed(HOST)
    setups.add_secret(lab, "public-route-tls", {"tls.crt": certificate, "tls.key": key}, "kubernetes.io/tls")
    bundle = {"metadata": {"name": "image-registry-s3-bundle"}, "data": {"ca-bundle.crt": _store_authority()}}
    lab.api.create(paths.TRUSTED_CAS, bundle)
    return lab


def _plays(example: Example) -> list[dict[str, Any]]:
    """Return plays that do what the example shows."""
    if example.kind == "plays":
        plays: list[dict[str, Any]] = example.content
        return plays
    if example.kind == "tasks":
        return [{"name": example.place, "hosts": "localhost", "gather_facts": False, "tasks": example.content}]
    if example.kind == "variables":
        return [{"name": example.place, "import_playbook": "okd.image_registry.setup", "vars": example.content}]
    return []


def _run(desk: Path, state: StateDirectory, *arguments: str) -> Played:
    played = play(desk, state.kubeconfig, *arguments, PWD=str(desk), KUBECONFIGS=str(desk))
    assert "no hosts matched" not in played.output
    return played
