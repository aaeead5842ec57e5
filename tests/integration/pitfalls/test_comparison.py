# SPDX-License-Identifier: GPL-3.0-or-later
"""Pitfalls of comparing a declared Config with the one that is there, and of writing the difference."""

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.config import RULES
from ansible_collections.okd.image_registry.plugins.module_utils._objects.patch import merge_patch

from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import Document
from tests.integration.lab import Lab
from tests.integration.prediction import converge, idempotent
from tests.unit.builders import config, planned


@pytest.fixture(scope="module")
def module_serving(clean_module: Lab) -> Lab:
    setups.serve_from_claim(clean_module, replicas=1)
    return clean_module


@pytest.fixture
def serving(module_serving: Lab) -> Lab:
    """A registry that serves from a claim; what tests declare besides is taken away before the next one."""
    lab = module_serving
    kept = {"managementState", "httpSecret", "observedConfig", "logLevel", "operatorLogLevel", "storage"}
    others = {field: None for field in lab.spec() if field not in kept}
    lab.api.patch(paths.CONFIG, {"spec": {**others, "replicas": 1}})
    setups.wait_served(lab)
    return lab


def test_http_secret_is_changed_only_on_request(serving: Lab) -> None:
    """An httpSecret that is emptied by the way makes the operator generate another and replace all pods."""
    before = serving.spec()["httpSecret"]
    serving.run("registry_workload", {"log_level": "Debug", "read_only": True})
    assert serving.spec()["httpSecret"] == before
    serving.run("registry_workload", {"rotate_http_secret": True})
    serving.api.wait_for(paths.CONFIG, lambda found: found["spec"].get("httpSecret") not in (None, "", before))


def test_other_spellings_of_what_is_there_are_no_change(serving: Lab) -> None:
    """The operator writes durations and quantities back in its own spelling; the next run must not see a change."""
    declared: Document = {
        "resources": {"requests": {"cpu": "0.5", "memory": "1024Mi"}},
        "requests": {"read": {"max_running": 5, "max_wait_in_queue": "60m"}},
    }
    converge(serving, "registry_workload", declared)
    serving.api.patch(paths.CONFIG, {"spec": {"httpSecret": None}})
    serving.api.wait_for(paths.CONFIG, lambda found: found["spec"].get("httpSecret"))
    live = serving.spec()
    assert live["requests"]["read"]["maxWaitInQueue"] == "1h0m0s"
    assert live["resources"]["requests"] == {"cpu": "500m", "memory": "1Gi"}
    declared["resources"]["requests"] = {"cpu": 0.5, "memory": 2**30}
    declared["requests"]["read"]["max_wait_in_queue"] = "3600s"
    idempotent(serving, "registry_workload", declared)


def test_zero_values_are_the_same_as_absent_ones(serving: Lab) -> None:
    """Go writes null, false, 0, empty texts, lists and maps and "0s" for what is not set, or leaves it out."""
    written = {
        "readOnly": False,
        "proxy": {},
        "requests": {"read": {"maxWaitInQueue": "0s"}},
        "observedConfig": None,
        "unsupportedConfigOverrides": None,
        "routes": [],
    }
    for spec in (written, dict.fromkeys(written)):
        serving.api.patch(paths.CONFIG, {"spec": spec})
        idempotent(
            serving,
            "registry",
            {
                "read_only": False,
                "disable_redirect": False,
                "default_route": False,
                "routes": [],
                "tolerations": [],
                "node_selector": {},
                "affinity": {},
                "unsupported_config_overrides": {},
                "proxies": {"http": "", "no_proxy": ""},
                "requests": {"read": {"max_running": 0, "max_wait_in_queue": "0s"}, "write": {"max_in_queue": 0}},
            },
        )


def test_node_selector_is_compared_label_by_label(serving: Lab) -> None:
    """A merge patch merges maps: a label that has gone stays unless it is removed by name."""
    serving.api.patch(paths.CONFIG, {"spec": {"nodeSelector": {"zone": "a", "disk": "fast"}}})
    setups.wait_served(serving)
    result = converge(serving, "registry_workload", {"node_selector": {"zone": "a", "infra": ""}})
    assert [step["fields"] for step in result["plan"]] == [["spec.nodeSelector.disk", "spec.nodeSelector.infra"]]
    assert serving.spec()["nodeSelector"] == {"zone": "a", "infra": ""}


@pytest.mark.parametrize(
    ("key", "option", "generated"),
    [
        ("s3", "s3", {"bucket": "c-image-registry-r", "region": "r", "encrypt": True, "virtualHostedStyle": False}),
        ("gcs", "gcs", {"bucket": "c-image-registry-r", "region": "r", "projectID": "p"}),
        ("azure", "azure", {"accountName": "imageregistryc", "container": "c", "cloudName": "AzurePublicCloud"}),
        ("swift", "swift", {"container": "c", "authURL": "https://k/v3", "authVersion": "3", "regionName": "r"}),
        ("ibmcos", "ibmcos", {"bucket": "c", "location": "l", "serviceInstanceCRN": "crn", "resourceKeyCRN": "crn"}),
        ("oss", "oss", {"bucket": "c", "endpointAccessibility": "Internal", "encryption": {"method": "AES256"}}),
        ("pvc", "pvc", {"claim": "image-registry-storage"}),
        ("emptyDir", "empty_dir", {}),
    ],
)
def test_what_was_generated_is_left_where_the_option_is_omitted(key: str, option: str, generated: Document) -> None:
    """Bucket, region, account and container that nobody named are filled in; declaring none of them is no change."""
    storage = {key: generated, "managementState": "Managed"}
    live = config(storage=storage, used=storage)
    assert planned({"storage": {option: {}}}, live).steps == ()


def test_list_is_declared_and_written_as_a_whole(serving: Lab) -> None:
    """Lists are not merged by the API server: what is not sent again is gone."""
    theirs = {"name": "theirs", "hostname": "theirs.example.com"}
    ours = {"name": "ours", "hostname": "ours.example.com"}
    serving.api.patch(paths.CONFIG, {"spec": {"routes": [theirs]}})
    setups.wait_served(serving)
    serving.run("registry_routes", {"default_route": True})
    assert serving.spec()["routes"] == [theirs]
    result = converge(serving, "registry_routes", {"routes": [ours, theirs]})
    assert [step["fields"] for step in result["plan"]] == [["spec.routes"]]
    assert serving.spec()["routes"] == [ours, theirs]
    converge(serving, "registry_routes", {"routes": [theirs]})
    assert serving.spec()["routes"] == [theirs]


def test_empty_lists_and_maps_that_somebody_stored_are_taken_out(serving: Lab) -> None:
    """`topologySpreadConstraints: []` keeps pods from being spread until the operator next writes the spec."""
    tolerations = [{"key": "infra", "operator": "Exists", "effect": "NoSchedule"}]
    zones = {"max_skew": 1, "topology_key": "zone", "when_unsatisfiable": "ScheduleAnyway"}
    declared = {"tolerations": tolerations, "topology_spread_constraints": [zones], "node_selector": {"zone": "a"}}
    converge(serving, "registry_workload", declared)
    nothing: Document = {"tolerations": [], "topology_spread_constraints": [], "node_selector": {}}
    converge(serving, "registry_workload", nothing)
    serving.api.patch(paths.CONFIG, {"spec": {"topologySpreadConstraints": [], "nodeSelector": {}}})
    converge(serving, "registry_workload", nothing)
    assert not {"topologySpreadConstraints", "nodeSelector"} & serving.spec().keys()


@pytest.mark.parametrize("path", [("resources",), ("storage", "emptyDir")], ids=".".join)
def test_empty_objects_that_mean_something_are_a_change(path: tuple[str, ...]) -> None:
    """`resources: {}` and `emptyDir: {}` are pointers in the operator: set although they are empty."""
    wanted: Document = {}
    for key in reversed(("spec", *path)):
        wanted = {key: wanted}
    assert merge_patch(wanted, {"spec": {"storage": {}}}, RULES) == wanted
    assert merge_patch(wanted, wanted, RULES) is None
