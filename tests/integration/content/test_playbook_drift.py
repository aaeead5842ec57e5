# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook okd.image_registry.drift: what a pipeline learns from its exit code and its reports."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from sandbox.state import StateDirectory
from tests.integration import accounts, setups
from tests.integration import api as paths
from tests.integration.clusters import Clusters
from tests.integration.lab import Lab
from tests.integration.leaks import leaks
from tests.integration.playbook import attempt

DRIFT = "okd.image_registry.drift"
IN_SYNC, REFUSED, DRIFTED, ERROR = 0, 1, 2, 4
SECRETS = {"access key": setups.ACCESS_KEY, "secret key": setups.SECRET_KEY}
CREDENTIALS = {"s3": {"access_key": setups.ACCESS_KEY, "secret_key": setups.SECRET_KEY}}
AS_IT_IS = {"registry_management_state": "Managed", "registry_storage": {"pvc": {"claim": "registry"}}}
# What is declared of each cluster, all of which are the one sandbox under several names: its registry serves from the
# claim, with two pods.
FLEET: dict[str, dict[str, Any]] = {
    "good": AS_IT_IS,
    "rotating": {**AS_IT_IS, "registry_replicas": 2, "registry_rotate_http_secret": True},
    "misspelt": {**AS_IT_IS, "registry_replica": 3},
    "scaled": {**AS_IT_IS, "registry_replicas": 3, "registry_credentials": CREDENTIALS},
    # To go back needs consent to data loss, which to look does not.
    "moved": {"registry_storage": {"pvc": {"claim": "other", "size": "1Gi"}}},
    "refused": {"registry_storage": {"pvc": {"claim": "registry", "size": "1Gi"}}},
    "gone": AS_IT_IS,
}


@dataclass(frozen=True)
class Found:
    """What a run left behind."""

    status: int
    output: str
    directory: Path

    @property
    def report(self) -> dict[str, Any]:
        """The report in JSON."""
        report: dict[str, Any] = json.loads((self.directory / "drift.json").read_text(encoding="utf-8"))
        return report

    @property
    def suite(self) -> ElementTree.Element:
        """The one test suite of the report for CI systems."""
        (suite,) = ElementTree.parse(self.directory / "drift.xml").getroot().findall("testsuite")
        return suite


@pytest.fixture(scope="module")
def serving(clean_module: Lab) -> Lab:
    """A registry that serves; nothing here changes it."""
    setups.serve_from_claim(clean_module)
    return clean_module


@pytest.fixture(scope="module")
def clusters(serving: Lab) -> Iterator[Clusters]:
    """The clusters."""
    with Clusters(serving.api.server, serving.api.authority) as many:
        yield many


@pytest.fixture(scope="module")
def fleet(serving: Lab, clusters: Clusters, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An inventory with a host for each cluster."""
    directory = tmp_path_factory.mktemp("fleet")
    manager = accounts.token(serving.api, accounts.MANAGER)
    hosts = {
        name: {**declared, "registry_kubeconfig": str(clusters.kubeconfig(name, directory, manager))}
        for name, declared in FLEET.items()
    }
    # Something answers there, but no API server, and not with TLS.
    nowhere = Path(hosts["gone"]["registry_kubeconfig"])
    elsewhere = serving.s3_endpoint.replace("http:", "https:")
    nowhere.write_text(nowhere.read_text(encoding="utf-8").replace(clusters.url("gone"), elsewhere), encoding="utf-8")
    groups = {"clusters": {"hosts": hosts}, "others": {"hosts": {"other": AS_IT_IS}}}
    (directory / "clusters.json").write_text(json.dumps(groups), encoding="utf-8")
    return directory / "clusters.json"


def examine(fleet: Path, directory: Path, *arguments: str) -> Found:
    """Run the playbook over the fleet, with both reports."""
    reports = ("-e", "registry_drift_json=drift.json", "-e", "registry_drift_junit=drift.xml")
    run = ("-i", str(fleet), DRIFT, "-e", "registry_hosts=clusters", *reports, "--diff", "-vvv")
    return Found(*attempt(directory, *run, *arguments), directory)


@pytest.fixture(scope="module")
def whole(serving: Lab, fleet: Path, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What a run over all clusters left behind."""
    mark = serving.log.mark()
    found = examine(fleet, tmp_path_factory.mktemp("whole"))
    assert not serving.log.writes_since(mark)
    return found


def test_an_error_wins_over_drift(whole: Found) -> None:
    assert whole.status == ERROR, whole.output
    assert "Not every cluster could be examined, see above: misspelt, refused, gone" in " ".join(whole.output.split())


def test_report_tells_of_every_cluster(whole: Found) -> None:
    report = whole.report
    assert report["in_sync"] is False
    assert {cluster["cluster"]: cluster["in_sync"] for cluster in report["clusters"]} == {
        "good": True,
        "rotating": True,
        "misspelt": None,
        "scaled": False,
        "moved": False,
        "refused": None,
        "gone": None,
    }
    clusters = {cluster["cluster"]: cluster for cluster in report["clusters"]}
    secret, config = clusters["scaled"]["objects"]
    assert (config["object"], config["action"], config["fields"]) == ("Config cluster", "patch", ["spec.replicas"])
    assert (config["before"]["spec"]["replicas"], config["after"]["spec"]["replicas"]) == (2, 3)
    assert (secret["kind"], secret["action"]) == ("Secret", "create")
    assert "data.REGISTRY_STORAGE_S3_SECRETKEY" in secret["fields"]
    assert "spec.storage.pvc.claim" in clusters["moved"]["objects"][-1]["fields"]
    (finding,) = clusters["refused"]["findings"]
    assert finding["object"] == "PersistentVolumeClaim openshift-image-registry/registry"
    assert finding["found"].startswith("100Gi")
    assert "the API server could not be reached" in clusters["gone"]["error"]
    assert "registry_replica (did you mean registry_replicas?)" in clusters["misspelt"]["error"]


def test_every_cluster_is_named(whole: Found, clusters: Clusters) -> None:
    found = {cluster["cluster"]: cluster["identity"] for cluster in whole.report["clusters"]}
    assert found.pop("misspelt") is None
    assert found.pop("gone")["api_url"].startswith("https://127.0.0.1:")
    for name, identity in found.items():
        assert (identity["infrastructure_name"], identity["api_url"]) == (name, clusters.url(name))
        told = f"{clusters.url(name)}, {name}, {identity['version']}"
        assert f'"{name} ({told}): ' in whole.output
        assert whole.suite.findtext(f"testcase[@name='{name}']/system-out") == f"cluster: {told}"


def test_report_for_ci_systems_tells_drift_from_errors(whole: Found) -> None:
    suite = whole.suite
    assert {name: suite.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "7",
        "failures": "2",
        "errors": "3",
    }
    outcomes = {case.get("name"): [child.tag for child in case] for case in suite}
    assert outcomes == {
        "good": ["system-out"],
        "rotating": ["system-out"],
        "misspelt": ["error"],
        "scaled": ["failure", "system-out"],
        "moved": ["failure", "system-out"],
        "refused": ["error", "system-out"],
        "gone": ["error", "system-out"],
    }
    told = suite.findtext("testcase[@name='scaled']/failure") or ""
    assert "Config cluster: spec.replicas\n" in told
    assert json.loads(told.splitlines()[-1].removeprefix("after: "))["spec"]["replicas"] == 3


def test_nothing_tells_a_secret(whole: Found) -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in whole.directory.iterdir())
    assert not leaks(whole.output + written, SECRETS)


@pytest.mark.parametrize(
    ("limit", "status"),
    [("good,rotating", IN_SYNC), ("good,scaled", DRIFTED), ("other", ERROR), ("nobody", REFUSED)],
)
def test_exit_code_of_a_part_of_the_fleet(serving: Lab, fleet: Path, tmp_path: Path, limit: str, status: int) -> None:
    found = examine(fleet, tmp_path, "--limit", limit)
    assert found.status == status, found.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-e", "registry_hosts=clutsers"), "No cluster was examined"),
        (("-e", "registry_wait=false"), "No variable declares a state of the registry"),
        (("-e", "registry_replica=2"), "registry_replica (did you mean registry_replicas?)"),
        (
            ("-e", "registry_replicas=2", "-e", "registry_drift_json=missing/drift.json"),
            "The report could not be written: Destination directory",
        ),
    ],
    ids=["no cluster", "nothing declared", "misspelt", "no report"],
)
def test_what_was_not_examined_is_no_drift(
    serving: Lab, state: StateDirectory, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    status, output = attempt(tmp_path, DRIFT, *arguments, K8S_AUTH_KUBECONFIG=str(state.kubeconfig))
    assert (status, words in " ".join(output.split())) == (ERROR, True), output


def test_checking_the_syntax_is_no_run(tmp_path: Path) -> None:
    status, output = attempt(tmp_path, DRIFT, "--syntax-check")
    assert status == 0, output


@pytest.mark.parametrize(("arguments", "status"), [((), IN_SYNC), (("-e", "registry_drift_strict=true"), DRIFTED)])
def test_what_nobody_declares_is_told_and_strictly_is_drift(
    serving: Lab, fleet: Path, tmp_path: Path, arguments: tuple[str, ...], status: int
) -> None:
    serving.api.patch(paths.CONFIG, {"spec": {"readOnly": True, "nodeSelector": {"disk": "ssd"}}})
    try:
        found = examine(fleet, tmp_path, "--limit", "good", *arguments)
    finally:
        serving.api.patch(paths.CONFIG, {"spec": {"readOnly": False, "nodeSelector": None}})
    assert found.status == status, found.output
    (cluster,) = found.report["clusters"]
    assert [(entry["option"], entry["value"]) for entry in cluster["undeclared"]] == [
        ("read_only", True),
        ("node_selector", {"disk": "ssd"}),
    ]
    assert cluster["in_sync"] == (status == IN_SYNC)
    assert "set on the cluster, declared by nobody" in found.output
    told = found.suite.findtext("testcase[@name='good']/system-out") or ""
    assert "set on the cluster, declared by nobody: read_only true" in told
    assert found.suite.get("failures") == str(int(status == DRIFTED))
