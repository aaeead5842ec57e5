# SPDX-License-Identifier: GPL-3.0-or-later
"""The manifests of docs/rbac grant what the modules need, and nothing else."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.manifests import ACCOUNTS
from sandbox.pem import self_signed
from sandbox.state import StateDirectory
from tests.integration import accounts, setups
from tests.integration import api as paths
from tests.integration.fixtures import reset
from tests.integration.lab import Lab
from tests.integration.permissions import ANY, Permission, asked, granted

HOST = "registry.example.com"
CERTIFICATE, KEY = self_signed(HOST)
RENEWED_CERTIFICATE, RENEWED_KEY = self_signed(HOST)
CA, OTHER_CA = self_signed("ca.example.com")[0], self_signed("other-ca.example.com")[0]
BUNDLE = "image-registry-s3-bundle"
REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
RIGHTS = "/apis/rbac.authorization.k8s.io/v1"
ROLES = f"{RIGHTS}/namespaces/{paths.NAMESPACE}/roles"
# The authorizer watches the roles: it follows within milliseconds.
AUTHORIZER_SECONDS = 5.0
SLOW_SECONDS = 8

# The names of such Secrets are free, so the manifest cannot grant to watch them; the modules then read them instead.
DONE_WITHOUT = {
    accounts.MANAGER: [Permission(paths.NAMESPACE, "", "secrets", "public-tls", "list")],
    accounts.READER: [],
}

Uses = list[tuple[Permission, int]]


def manifest(account: str) -> list[dict[str, Any]]:
    """Return the objects of the manifest of an account."""
    items: list[dict[str, Any]] = yaml.safe_load((ACCOUNTS / f"{account}.yaml").read_text(encoding="utf-8"))["items"]
    return items


def uses_since(state: StateDirectory, lab: Lab, mark: int, account: str) -> Uses:
    """Return what an account asked for after a mark, and the status of each answer."""
    # Watches that the last task has left behind are logged by then.
    lab.log.mark()
    with state.audit_log.open("rb") as log:
        log.seek(mark)
        return list(asked(log, accounts.user(account)))


def tls(certificate: str, key: str) -> list[dict[str, Any]]:
    """Return the option routes with one route that has this certificate."""
    return [{"name": "public", "hostname": HOST, "tls": {"certificate": certificate, "key": key}}]


def live(lab: Lab) -> None:
    """Lead a registry through all that the writing modules do: each section, growth, rotation, consent, removal."""
    setups.add_bucket(lab)
    everything = {
        "management_state": "Managed",
        "storage": {"pvc": {"claim": "registry", "size": "10Gi"}},
        "replicas": 2,
        "default_route": True,
        "routes": tls(CERTIFICATE, KEY),
        "node_selector": {"node-role.kubernetes.io/infra": ""},
        "requests": {"read": {"max_running": 10}},
    }
    assert lab.run("registry", everything)["changed"]
    assert not lab.run("registry", everything)["changed"]
    lab.run("registry_storage", {"storage": {"pvc": {"claim": "registry", "size": "20Gi"}}})
    lab.run("registry_routes", {"default_route": False, "routes": tls(RENEWED_CERTIFICATE, RENEWED_KEY)})
    lab.run("registry_replicas", {"replicas": 1})
    lab.run("registry_workload", {"node_selector": {}, "rotate_http_secret": True})

    # Only what lasts is looked into.
    lab.set_knobs(operatorPaused=True)
    assert lab.modules.run("registry_workload", {"log_level": "Debug", "wait_timeout": SLOW_SECONDS})["failed"]
    lab.set_knobs(operatorPaused=None, holdRollout=True)
    assert lab.modules.run("registry_workload", {"log_level": "Trace", "wait_timeout": SLOW_SECONDS})["failed"]
    lab.set_knobs(holdRollout=None)

    bucket = setups.s3(lab, trusted_ca=BUNDLE, trusted_ca_certificates=CA)
    keys = {"s3": {"access_key": setups.ACCESS_KEY, "secret_key": setups.SECRET_KEY}}
    moving = {"storage": {"s3": bucket}, "credentials": keys}
    assert "accept_data_loss" in lab.refused("registry", moving)["msg"]
    lab.run("registry", {**moving, "accept_data_loss": True})
    lab.run("registry_credentials", {"credentials": {"s3": {**keys["s3"], "secret_key": "a-rotated-secret-key"}}})
    lab.run("registry_storage", {"storage": {"s3": {**bucket, "trusted_ca_certificates": OTHER_CA}}})
    # Under a name that may be somebody else's, what could refer to it is looked at.
    lab.run("registry_storage", {"storage": {"s3": {**bucket, "trusted_ca": "store-ca"}}})
    lab.run("registry_storage", {"storage": {"s3": {"trusted_ca": ""}}})

    disks = {"storage": {"empty_dir": {}}, "credentials": {"state": "absent"}, "routes": []}
    assert "accept_data_loss" in lab.refused("registry", disks)["msg"]
    lab.run("registry", {**disks, "accept_data_loss": True})
    removal = {"management_state": "Removed"}
    assert "accept_data_loss" in lab.refused("registry", removal)["msg"]
    assert lab.run("registry", {**removal, "accept_data_loss": True})["registry"]["state"] == "Removed"


@pytest.fixture(scope="module")
def managed(state: StateDirectory, lab: Lab) -> Uses:
    """What the writing modules asked for in the life of a registry."""
    mark = reset(state, lab).log.mark()
    live(lab)
    return uses_since(state, lab, mark, accounts.MANAGER)


@pytest.fixture(scope="module")
def read(state: StateDirectory, lab: Lab) -> Uses:
    """What registry_info asked for."""
    mark = reset(state, lab).log.mark()
    lab.run("registry_info", {})
    lab.run("registry_info", {"name": "instance"})
    return uses_since(state, lab, mark, accounts.READER)


@pytest.mark.parametrize(("account", "fixture"), [(accounts.MANAGER, "managed"), (accounts.READER, "read")])
def test_nothing_is_missing(request: pytest.FixtureRequest, account: str, fixture: str) -> None:
    uses: Uses = request.getfixturevalue(fixture)
    assert uses, f"{account} asked for nothing"
    assert sorted({permission for permission, status in uses if status in (401, 403)}) == DONE_WITHOUT[account]


@pytest.mark.parametrize(("account", "fixture"), [(accounts.MANAGER, "managed"), (accounts.READER, "read")])
def test_nothing_is_granted_that_is_not_used(request: pytest.FixtureRequest, account: str, fixture: str) -> None:
    uses: Uses = request.getfixturevalue(fixture)
    grants = granted(manifest(account))
    assert sorted(grant for grant in grants if not any(grant.covers(permission) for permission, _status in uses)) == []


@pytest.mark.parametrize(("account", "fixture"), [(accounts.MANAGER, "managed"), (accounts.READER, "read")])
def test_all_names_are_granted_only_where_names_are_free(
    request: pytest.FixtureRequest, account: str, fixture: str
) -> None:
    uses: Uses = request.getfixturevalue(fixture)
    for grant in granted(manifest(account)):
        names = {permission.name for permission, _status in uses if grant.covers(permission)}
        # A list of all, or a new object, has no name that a rule could hold.
        if grant.name == ANY and names != {""}:
            # Nor is a right to create for a name: the API server does not know it when it decides.
            is_free = grant.resource in {"configs", "configmaps", "persistentvolumeclaims", "secrets"}
            assert is_free or grant.verb == "create", (grant, names)


@pytest.mark.parametrize(
    ("account", "verb", "namespace", "group", "resource", "name"),
    [
        (accounts.MANAGER, "patch", "openshift-config", "", "configmaps", "user-ca-bundle"),
        (accounts.MANAGER, "delete", paths.NAMESPACE, "", "persistentvolumeclaims", "registry"),
        (accounts.MANAGER, "delete", paths.NAMESPACE, "", "secrets", "public-tls"),
        (accounts.MANAGER, "list", paths.NAMESPACE, "", "secrets", ANY),
        (accounts.MANAGER, "get", "openshift-config", "", "secrets", "pull-secret"),
        (accounts.MANAGER, "create", paths.NAMESPACE, "route.openshift.io", "routes", ANY),
        (accounts.MANAGER, "create", paths.NAMESPACE, "route.openshift.io", "routes/custom-host", ANY),
        (accounts.MANAGER, "patch", paths.NAMESPACE, "apps", "deployments", "image-registry"),
        (accounts.MANAGER, "delete", paths.NAMESPACE, "", "pods", "image-registry-1"),
        (accounts.MANAGER, "delete", ANY, "imageregistry.operator.openshift.io", "configs", "cluster"),
        (accounts.READER, "patch", ANY, "imageregistry.operator.openshift.io", "configs", "cluster"),
        (accounts.READER, "list", "openshift-config", "", "secrets", ANY),
        (accounts.READER, "create", paths.NAMESPACE, "", "secrets", ANY),
    ],
)
def test_what_would_harm_is_forbidden(
    lab: Lab, account: str, verb: str, namespace: str, group: str, resource: str, name: str
) -> None:
    assert not is_allowed(lab, account, Permission(namespace, group, resource, name, verb))


def is_allowed(lab: Lab, account: str, wanted: Permission) -> bool:
    """Return what the API server's authorizer says to a permission of an account."""
    resource, _slash, subresource = wanted.resource.partition("/")
    attributes = {
        "verb": wanted.verb,
        "group": wanted.group,
        "resource": resource,
        "subresource": subresource,
        "namespace": wanted.namespace.removeprefix(ANY),
        "name": wanted.name.removeprefix(ANY),
    }
    review = {"spec": {"user": accounts.user(account), "resourceAttributes": attributes}}
    allowed: bool = lab.api.create(REVIEWS, review)["status"]["allowed"]
    return allowed


Take = Callable[[str, str, str], None]


@pytest.fixture
def without(lab: Lab) -> Iterator[Take]:
    """Take one kind of object out of one role of an account, for one test: account, path of the role, kind."""
    rules: dict[str, Any] = {}

    def take(account: str, path: str, resource: str) -> None:
        role = lab.api.read(path)
        rules.setdefault(path, role["rules"])
        gone = [rule for rule in role["rules"] if resource in rule["resources"]]
        assert gone, f"{path} does not grant {resource}"
        lab.api.patch(path, {"rules": [rule for rule in role["rules"] if rule not in gone]})
        deadline = time.monotonic() + AUTHORIZER_SECONDS
        while any(is_allowed(lab, account, grant) for grant in granted([{**role, "rules": gone}])):
            assert time.monotonic() < deadline, f"{account} is still allowed what {path} granted"

    yield take
    for path, before in rules.items():
        lab.api.patch(path, {"rules": before})


def test_what_can_be_left_out(clean: Lab, without: Take) -> None:
    for path, resource in (
        (f"{RIGHTS}/clusterroles/registry-automation-manager", "routes"),
        (f"{RIGHTS}/clusterroles/registry-automation-manager", "storageclasses"),
        (f"{ROLES}/registry-automation-manager", "pods"),
    ):
        without(accounts.MANAGER, path, resource)
    result = clean.run(
        "registry",
        {
            "management_state": "Managed",
            "storage": {"pvc": {"claim": "another", "size": "10Gi"}},
            "routes": tls(CERTIFICATE, KEY),
        },
    )
    assert result["registry"]["hosts"] == [HOST]
    assert result["registry"]["replicas"] == {"wanted": 1, "ready": 1}


def test_a_right_that_is_missing_is_named_before_anything_is_written(clean: Lab, without: Take) -> None:
    without(accounts.MANAGER, f"{ROLES}/registry-automation-manager", "persistentvolumeclaims")
    result = clean.refused(
        "registry_storage", {"storage": {"pvc": {"claim": "another", "size": "10Gi"}}, "management_state": "Managed"}
    )
    assert "persistentvolumeclaims" in result["msg"]
    assert accounts.user(accounts.MANAGER) in result["msg"]


def test_a_reader_without_secrets_sees_the_rest(clean: Lab, without: Take) -> None:
    without(accounts.READER, f"{ROLES}/registry-automation-reader-secrets", "secrets")
    result = clean.run("registry_info", {})
    assert [(entry["part"], entry["reason"]) for entry in result["missing"] if entry["reason"] != "absent"] == [
        ("secrets", "forbidden")
    ]
    assert result["secrets"] == []
    assert result["config"]["metadata"]["name"] == "cluster"


def test_a_reader_cannot_write(clean: Lab, tmp_path: Path) -> None:
    kubeconfig = accounts.write_kubeconfig(clean.api, accounts.READER, tmp_path)
    result = clean.refused("registry_replicas", {"replicas": 2, "kubeconfig": str(kubeconfig), "wait": False})
    assert "configs" in result["msg"]
    assert accounts.user(accounts.READER) in result["msg"]
