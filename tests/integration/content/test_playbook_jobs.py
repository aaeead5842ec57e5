# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks for what is done to a registry later on: they foretell, act, and have nothing to do the second time."""

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration import accounts, setups
from tests.integration import api as paths
from tests.integration.api import Document
from tests.integration.lab import Lab
from tests.integration.leaks import leaks
from tests.integration.playbook import attempt, play

INFRA = "node-role.kubernetes.io/infra"
SECRETS = {"access key": setups.ACCESS_KEY, "secret key": setups.SECRET_KEY}
CONFIRMED = {"registry_confirm_removal": ["sandbox-x7k2p"]}

Run = Callable[..., None]


@pytest.fixture
def serving(clean: Lab) -> Lab:
    """A registry that serves from a claim."""
    setups.serve_from_claim(clean)
    return clean


@pytest.fixture
def on_managed_claim(clean: Lab) -> Lab:
    """One pod serves from a claim of its own, which the operator deletes with the registry."""
    setups.serve_from_claim_of_one_pod(clean)
    clean.api.patch(paths.CONFIG, {"spec": {"storage": {"managementState": "Managed"}}})
    setups.wait_served(clean)
    return clean


@pytest.fixture(scope="module")
def manager(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kubeconfig of the account whose rights the playbooks ask for."""
    return accounts.write_kubeconfig(lab.api, accounts.MANAGER, tmp_path_factory.mktemp("manager"))


@pytest.fixture
def run(lab: Lab, manager: Path, tmp_path: Path) -> Run:
    """Run playbooks in check mode, then for real, then again; each changes one task, once."""

    def thrice(*playbooks: str, **variables: Any) -> None:
        (tmp_path / "registry.json").write_text(json.dumps(variables), encoding="utf-8")
        names = [f"okd.image_registry.{playbook}" for playbook in playbooks]

        def changes(*arguments: str) -> list[int]:
            output = play(tmp_path, manager, *names, "-e", "@registry.json", "--diff", "-vvv", *arguments).output
            assert not leaks(output, SECRETS)
            # Each playbook is followed by the counts of all so far.
            return [int(count) for count in re.findall(r"\bchanged=(\d+)", output)]

        each_changes_one = list(range(1, len(playbooks) + 1))
        mark = lab.log.mark()
        assert changes("--check") == each_changes_one
        assert not lab.log.writes_since(mark)
        assert changes() == each_changes_one
        mark = lab.log.mark()
        assert changes() == [0] * len(playbooks)
        assert not lab.log.writes_since(mark)

    return thrice


def test_scale_expose_and_move_to_infra(serving: Lab, run: Run) -> None:
    run("scale", "expose", "move_to_infra", registry_replicas=3, registry_default_route=True)
    spec, deployment = serving.spec(), _deployment(serving)
    assert (spec["replicas"], deployment["status"]["readyReplicas"], spec["defaultRoute"]) == (3, 3, True)
    pod = deployment["spec"]["template"]["spec"]
    assert pod["nodeSelector"][INFRA] == ""
    assert pod["tolerations"] == [{"key": INFRA, "operator": "Exists"}]


def test_rotate_credentials_and_serve_from_a_bucket(serving: Lab, run: Run) -> None:
    setups.add_bucket(serving)
    run(
        "rotate_credentials",
        "storage_s3",
        registry_credentials={"s3": {"access_key": setups.ACCESS_KEY, "secret_key": setups.SECRET_KEY}},
        registry_storage={"s3": setups.s3(serving)},
        registry_accept_data_loss=True,
    )
    assert serving.spec()["storage"]["s3"]["bucket"] == setups.BUCKET
    generated = (serving.api.get(paths.GENERATED_SECRET) or {"data": {}})["data"]
    assert any(setups.SECRET_KEY in base64.b64decode(value).decode() for value in generated.values())


def test_storage_pvc_gives_a_claim_for_one_pod_what_it_needs(serving: Lab, run: Run) -> None:
    block = {"pvc": {"claim": "block", "size": "1Gi", "access_mode": "ReadWriteOnce"}}
    run("storage_pvc", registry_storage=block, registry_accept_data_loss=True)
    spec = serving.spec()
    assert spec["storage"] == {"pvc": {"claim": "block"}, "managementState": "Unmanaged"}
    assert (spec["replicas"], spec["rolloutStrategy"]) == (1, "Recreate")


@pytest.mark.parametrize(
    ("playbook", "variables", "words"),
    [
        ("expose", {}, "registry_default_route, registry_routes or both are needed"),
        ("storage_pvc", {"registry_storage": {"s3": {}}}, "registry_storage has s3."),
        ("storage_pvc", {}, "registry_storage is not defined."),
        ("storage_pvc", {"registry_storage": "registry"}, "registry_storage is text, needed a dictionary."),
        ("storage_s3", {"registry_storage": {"s3": "bucket"}}, "registry_storage.s3 is text, needed a dictionary."),
        ("storage_s3", {"registry_storage": {}}, '{"s3": {"bucket": "registry", "region": "us-east-1"}}'),
        ("rotate_credentials", {"registry_credentials": None}, "registry_credentials is needed"),
        ("remove", {"registry_storage": "Unmanaged"}, "registry_storage is no dictionary"),
    ],
)
def test_playbook_without_its_variable_says_so_and_asks_nothing(
    lab: Lab, tmp_path: Path, playbook: str, variables: dict[str, Any], words: str
) -> None:
    mark = lab.log.mark()
    status, output = attempt(tmp_path, f"okd.image_registry.{playbook}", "-e", json.dumps(variables))
    told = " ".join(output.replace('\\"', '"').split())
    assert (status, words in told) == (2, True), output
    assert not lab.log.since(mark)


def test_removal_that_loses_images_needs_consent_besides_and_tells_of_them(
    on_managed_claim: Lab, manager: Path, tmp_path: Path
) -> None:
    mark = on_managed_claim.log.mark()

    def remove(**variables: Any) -> tuple[int, str]:
        arguments = ("okd.image_registry.remove", "--check", "-e", json.dumps({**CONFIRMED, **variables}))
        status, output = attempt(tmp_path, *arguments, K8S_AUTH_KUBECONFIG=str(manager))
        return status, " ".join(output.split())

    status, output = remove()
    assert (status, "accept_data_loss" in output) == (2, True), output
    status, output = remove(registry_storage="Unmanaged")
    assert (status, "registry_storage is no dictionary" in output) == (2, True), output
    told = "management_state is Removed, which deletes the claim block and every image in it."
    status, output = remove(registry_accept_data_loss=True)
    assert (status, told in output) == (0, True), output
    assert "Check mode, nothing was written. The registry still is: Managed, pvc block, 1 of 1 pods ready, " in output
    status, output = remove(registry_accept_data_loss=True, registry_storage={"management_state": "Unmanaged"})
    assert (status, told in output) == (0, False), output
    assert not on_managed_claim.log.writes_since(mark)


def test_remove_keeps_the_images_of_storage_that_becomes_unmanaged(
    on_managed_claim: Lab, run: Run, knobs: Callable[..., None]
) -> None:
    # The operator writes the spec of before back, Managed storage and all.
    knobs(conflict=1)
    # Of what is declared of the storage, only that: a registry that goes needs no other claim.
    run("remove", **CONFIRMED, registry_storage={"management_state": "Unmanaged", "pvc": {"claim": "other"}})
    spec = on_managed_claim.spec()
    assert (spec["managementState"], spec["storage"]["managementState"]) == ("Removed", "Unmanaged")
    assert on_managed_claim.api.get(paths.DEPLOYMENT) is None
    assert on_managed_claim.api.get(f"{paths.CLAIMS}/block") is not None
    assert on_managed_claim.api.get(f"{paths.CLAIMS}/other") is None


def _deployment(lab: Lab) -> Document:
    return lab.api.read(paths.DEPLOYMENT)
