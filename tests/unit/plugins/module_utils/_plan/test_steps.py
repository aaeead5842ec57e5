# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps: which ones, in which order, and none the second time."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Step
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Forbidden
from ansible_collections.okd.image_registry.plugins.module_utils._objects.patch import merged
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import leaves
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLUSTER_CONFIG, USER_CREDENTIALS
from ansible_collections.okd.image_registry.plugins.module_utils._objects.wanted import Wanted
from ansible_collections.okd.image_registry.plugins.module_utils._plan.steps import still_fits
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.builders import (
    Manifest,
    carried_out,
    claim,
    config,
    encoded,
    healthy,
    planned,
    removed_config,
    secret,
    storage_class,
    user_credentials,
)

case = pytest.param
S3 = {"bucket": "images", "region": "us-east-1", "region_endpoint": "https://s3.example.com"}
TLS = {"certificate": "CERT", "key": "KEY"}


def steps(given: dict[str, Any], *objects: Manifest) -> list[tuple[str, str, Any]]:
    """Return the steps of a change as action, object and body."""
    return [(step.action, str(step.ref), step.body) for step in planned(given, *objects).steps]


@pytest.mark.parametrize(
    ("given", "live", "patch"),
    [
        case({"management_state": "Managed"}, removed_config(), {"managementState": "Managed"}, id="state"),
        case(
            {"replicas": 2, "rollout_strategy": "Recreate"},
            config(replicas=2),
            {"rolloutStrategy": "Recreate"},
            id="strategy",
        ),
        case({"replicas": 0}, config(replicas=2), {"replicas": 0}, id="no replicas"),
        case({"default_route": True}, config(), {"defaultRoute": True}, id="default route"),
        case({"default_route": False}, config(defaultRoute=True), {"defaultRoute": False}, id="no default route"),
        case(
            {"routes": [{"name": "a", "hostname": "a.example.com"}, {"name": "b", "secret_name": "b-cert"}]},
            config(),
            {"routes": [{"name": "a", "hostname": "a.example.com"}, {"name": "b", "secretName": "b-cert"}]},
            id="routes",
        ),
        case({"routes": []}, config(routes=[{"name": "a"}]), {"routes": None}, id="no routes"),
        case(
            {"storage": {"empty_dir": {}}},
            config(),
            {"storage": {"emptyDir": {}}},
            id="emptyDir where there was nothing",
        ),
        case(
            {"storage": {"pvc": {"claim": "c"}}},
            config(storage={"emptyDir": {}, "managementState": "Managed"}),
            {"storage": {"emptyDir": None, "pvc": {"claim": "c"}, "managementState": "Unmanaged"}},
            id="a named claim is the user's",
        ),
        case(
            {"storage": {"pvc": {}}},
            config(storage={"s3": {"bucket": "b"}, "managementState": "Unmanaged"}),
            {"storage": {"s3": None, "pvc": {}, "managementState": None}},
            id="whose the operator's claim is, is the operator's to say",
        ),
        case(
            {"storage": {"pvc": {}}},
            config(storage={"pvc": {"claim": "image-registry-storage"}, "managementState": "Managed"}),
            None,
            id="the operator's claim, filled in",
        ),
        case(
            {"storage": {"pvc": {"claim": ""}}},
            config(storage={"pvc": {"claim": "mine"}, "managementState": "Unmanaged"}),
            None,
            id="an empty name says nothing",
        ),
        case(
            {"storage": {"pvc": {"claim": "c"}, "management_state": "Managed"}},
            config(storage={"pvc": {"claim": "c"}, "managementState": "Unmanaged"}),
            {"storage": {"managementState": "Managed"}},
            id="ownership is declared",
        ),
        case(
            {"storage": {"management_state": "Unmanaged"}},
            config(storage={"emptyDir": {}, "managementState": "Managed"}),
            {"storage": {"managementState": "Unmanaged"}},
            id="ownership alone",
        ),
        case(
            {"storage": {"s3": {**S3, "encrypt": False, "trusted_ca": "ca", "chunk_size_mib": 16}}},
            config(storage={"s3": {"bucket": "images", "region": "us-east-1", "encrypt": True, "keyID": "mine"}}),
            {
                "storage": {
                    "managementState": "Unmanaged",
                    "s3": {
                        "regionEndpoint": "https://s3.example.com",
                        "encrypt": False,
                        "trustedCA": {"name": "ca"},
                        "chunkSizeMiB": 16,
                    },
                }
            },
            id="s3, field by field",
        ),
        case(
            {"storage": {"s3": {**S3, "trusted_ca": "", "virtual_hosted_style": False}}},
            config(
                storage={
                    "managementState": "Unmanaged",
                    "s3": {
                        "bucket": "images",
                        "region": "us-east-1",
                        "regionEndpoint": "https://s3.example.com",
                        "trustedCA": {"name": ""},
                        "virtualHostedStyle": False,
                    },
                }
            ),
            None,
            id="zero values of s3",
        ),
        case(
            {"requests": {"read": {"max_running": 0, "max_wait_in_queue": "60m"}}},
            config(requests={"read": {"maxWaitInQueue": "1h0m0s"}, "write": {"maxWaitInQueue": "0s"}}),
            None,
            id="requests in canonical form",
        ),
        case(
            {"resources": {"requests": {"cpu": "0.5", "memory": "1024Mi"}}},
            config(resources={"requests": {"cpu": "500m", "memory": "1Gi", "ephemeral-storage": "1Gi"}}),
            {"resources": {"requests": {"ephemeral-storage": None}}},
            id="resources are declared kind by kind",
        ),
        case({}, config(), None, id="nothing is declared"),
    ],
)
def test_the_patch_of_the_config(given: dict[str, Any], live: Manifest, patch: dict[str, Any] | None) -> None:
    expected = [("patch", "Config cluster", {"spec": patch})] if patch else []
    assert steps(given, live) == expected


def test_a_claim_is_created_before_the_config_refers_to_it() -> None:
    given = {"storage": {"pvc": {"claim": "c", "size": "10Gi", "access_mode": "ReadWriteOnce", "storage_class": "s"}}}
    created, patched = steps(given, config())
    assert created == (
        "create",
        "PersistentVolumeClaim openshift-image-registry/c",
        {
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": "s",
                "resources": {"requests": {"storage": "10Gi"}},
            }
        },
    )
    assert patched[:2] == ("patch", "Config cluster")


def test_a_claim_grows_by_its_request_alone() -> None:
    given = {"storage": {"pvc": {"claim": "c", "size": "200Gi", "access_mode": "ReadWriteMany"}}}
    live = config(storage={"pvc": {"claim": "c"}, "managementState": "Unmanaged"})
    assert steps(given, live, claim("c", "100Gi"), storage_class("standard")) == [
        (
            "patch",
            "PersistentVolumeClaim openshift-image-registry/c",
            {"spec": {"resources": {"requests": {"storage": "200Gi"}}}},
        )
    ]


@pytest.mark.parametrize("size", ["100Gi", "102400Mi", "107374182400"])
def test_a_claim_of_that_size_stays(size: str) -> None:
    given = {"storage": {"pvc": {"claim": "c", "size": size}}}
    live = config(storage={"pvc": {"claim": "c"}, "managementState": "Unmanaged"})
    assert steps(given, live, claim("c", "100Gi")) == []


def test_a_certificate_becomes_a_secret_before_the_config_refers_to_it() -> None:
    created, patched = steps({"routes": [{"name": "a", "tls": {**TLS, "ca_certificate": "CA"}}]}, config())
    data = {"tls.crt": encoded("CERT"), "tls.key": encoded("KEY"), "tls.cacrt": encoded("CA")}
    assert created == (
        "create",
        "Secret openshift-image-registry/a-tls",
        {"data": data, "type": "kubernetes.io/tls"},
    )
    assert patched == ("patch", "Config cluster", {"spec": {"routes": [{"name": "a", "secretName": "a-tls"}]}})


def test_a_certificate_chain_that_is_not_declared_is_removed() -> None:
    live = config(routes=[{"name": "a", "secretName": "a-tls"}])
    holds = secret("a-tls", {"tls.crt": "CERT", "tls.key": "OLD", "tls.cacrt": "CA", "other": "kept"})
    assert steps({"routes": [{"name": "a", "tls": TLS}]}, live, holds) == [
        ("patch", "Secret openshift-image-registry/a-tls", {"data": {"tls.key": encoded("KEY"), "tls.cacrt": None}})
    ]


def test_credentials_become_a_secret() -> None:
    given = {"credentials": {"s3": {"access_key": "A", "secret_key": "S"}}}
    data = {"REGISTRY_STORAGE_S3_ACCESSKEY": encoded("A"), "REGISTRY_STORAGE_S3_SECRETKEY": encoded("S")}
    assert steps(given, config()) == [("create", str(USER_CREDENTIALS), {"data": data, "type": "Opaque"})]
    assert steps(given, config(), user_credentials("A", "other")) == [
        ("patch", str(USER_CREDENTIALS), {"data": {"REGISTRY_STORAGE_S3_SECRETKEY": encoded("S")}})
    ]
    assert steps(given, config(), user_credentials("A", "S")) == []


def test_credentials_are_removed_after_the_config_has_left_them() -> None:
    given = {"credentials": {"state": "absent"}, "storage": {"pvc": {"claim": "c"}}}
    live = config(storage={"s3": {"bucket": "b"}, "managementState": "Unmanaged"})
    actions = [(action, ref) for action, ref, _body in steps(given, live, user_credentials())]
    assert actions == [("patch", "Config cluster"), ("delete", str(USER_CREDENTIALS))]
    assert steps({"credentials": {"state": "absent"}}, config()) == []


def test_steps_of_one_phase_may_go_out_together() -> None:
    given = {
        "storage": {"pvc": {"claim": "c", "size": "1Gi"}},
        "routes": [{"name": "a", "tls": TLS}],
        "credentials": {"state": "absent"},
    }
    phases = [
        [(step.action, step.ref.name) for step in phase]
        for phase in planned(given, config(), user_credentials()).phases()
    ]
    assert phases == [
        [("create", "c"), ("create", "a-tls")],
        [("patch", "cluster")],
        [("delete", "image-registry-private-configuration-user")],
    ]


def test_a_missing_config_is_never_created() -> None:
    change = planned({"replicas": 2})
    assert change.steps == ()
    assert (change.before, change.after) == ({}, {})


def test_a_config_that_may_not_be_read_is_an_error() -> None:
    with pytest.raises(Forbidden, match="Config cluster: HTTP 403"):
        planned({"replicas": 2}, forbidden=[CLUSTER_CONFIG])


def test_a_change_shows_the_config_before_and_after() -> None:
    change = planned({"replicas": 3, "storage": {"empty_dir": {}}}, config(storage={"pvc": {"claim": "c"}}))
    assert change.storage_before == {"pvc": {"claim": "c"}}
    assert change.after["spec"]["replicas"] == 3
    assert change.storage == {"emptyDir": {}}
    assert (change.state_before, change.state) == ("Managed", "Managed")


@pytest.mark.parametrize("live", [config(), removed_config()], ids=["Managed", "Removed"])
def test_a_change_without_steps_leaves_the_config_as_it_is(live: Manifest) -> None:
    change = planned({}, live)
    assert change.after == change.before == live


def test_a_deletion_is_reported() -> None:
    change = planned({"credentials": {"state": "absent"}}, config(), user_credentials())
    assert change.steps[0].as_dict() == {
        "action": "delete",
        "kind": "Secret",
        "name": "image-registry-private-configuration-user",
        "namespace": "openshift-image-registry",
        "fields": [],
    }


def test_a_step_is_reported_without_values() -> None:
    change = planned({"credentials": {"s3": {"access_key": "AKIAEXAMPLE", "secret_key": "s3cr3t"}}}, config())
    assert change.steps[0].as_dict() == {
        "action": "create",
        "kind": "Secret",
        "name": "image-registry-private-configuration-user",
        "namespace": "openshift-image-registry",
        "fields": ["data.REGISTRY_STORAGE_S3_ACCESSKEY", "data.REGISTRY_STORAGE_S3_SECRETKEY", "type"],
    }


NAMES = st.sampled_from(["a", "b", "image-registry-storage"])
SIZES = st.sampled_from(["1Gi", "1024Mi", "2Gi", "no size", ""])
DURATIONS = st.sampled_from(["0s", "60m", "1h", ""])
QUANTITIES = st.dictionaries(st.sampled_from(["cpu", "memory"]), st.sampled_from(["1", "1000m", "1Gi", "1024Mi", 1]))
LABELS = st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from(["", "v"]))
FLAGS = st.booleans()


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return options of which each may be left out."""
    return st.fixed_dictionaries({}, optional=fields)


BACKENDS = {
    "empty_dir": st.just({}),
    "pvc": some(claim=NAMES | st.just(""), size=SIZES, access_mode=st.sampled_from(["ReadWriteMany", "ReadWriteOnce"])),
    "s3": some(
        bucket=NAMES | st.just(""),
        region=NAMES,
        encrypt=FLAGS,
        virtual_hosted_style=FLAGS,
        trusted_ca=NAMES | st.just(""),
    ),
    "gcs": some(bucket=NAMES, project_id=NAMES),
    "azure": some(
        account_name=NAMES, network_access=st.fixed_dictionaries({"type": st.sampled_from(["Internal", "External"])})
    ),
}
STORAGE = st.one_of(
    *[
        st.builds(
            lambda settings, ownership, name=name: {name: settings, **ownership},
            settings,
            some(management_state=st.sampled_from(["Managed", "Unmanaged"])),
        )
        for name, settings in BACKENDS.items()
    ]
)
ROUTES = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES},
        optional={"hostname": NAMES | st.just(""), "tls": st.just(TLS)},
    ),
    max_size=2,
    unique_by=lambda route: str(route["name"]),
)
QUEUES = some(max_running=st.integers(0, 2), max_wait_in_queue=DURATIONS)
OPTIONS = some(
    management_state=st.sampled_from(["Managed", "Unmanaged", "Removed"]),
    storage=STORAGE,
    replicas=st.integers(0, 3),
    rollout_strategy=st.sampled_from(["RollingUpdate", "Recreate"]),
    default_route=FLAGS,
    routes=ROUTES,
    credentials=st.sampled_from([{"state": "absent"}, {"s3": {"access_key": "A", "secret_key": "S"}}]),
    read_only=FLAGS,
    log_level=st.sampled_from(["Normal", "Debug"]),
    proxies=some(http=NAMES | st.just("")),
    requests=some(read=QUEUES, write=QUEUES),
    resources=some(requests=QUANTITIES, limits=QUANTITIES),
    node_selector=LABELS,
    affinity=st.dictionaries(st.sampled_from(["nodeAffinity", "podAffinity"]), LABELS),
    tolerations=st.lists(some(key=NAMES, toleration_seconds=st.integers(0, 1)), max_size=2),
)
# What the operator finds and what earlier tasks left behind: any of the states that a task can bring about.
LEFT_BEHIND = st.lists(OPTIONS, max_size=2)


@given(LEFT_BEHIND, OPTIONS)
def test_the_second_run_has_nothing_to_do(earlier: list[dict[str, Any]], declared: dict[str, Any]) -> None:
    objects = [removed_config()]
    for task in [*earlier, declared]:
        objects = carried_out(planned(task, *objects), objects)
    assert steps(declared, *objects) == []
    assert steps(declared, *_written_back(objects)) == []


@given(LEFT_BEHIND, OPTIONS)
def test_fields_that_were_not_declared_stay(earlier: list[dict[str, Any]], declared: dict[str, Any]) -> None:
    objects = [removed_config()]
    for task in earlier:
        objects = carried_out(planned(task, *objects), objects)
    for step in planned(declared, *objects).steps:
        named = [path for path, _value in leaves(step.managed)]
        for path, value in leaves(step.body or {}):
            made_empty = value == {} and path in {known[: len(path)] for known in named}
            assert made_empty or path in named


def _written_back(objects: list[Manifest]) -> list[Manifest]:
    """Return the objects after the operator has written the Config back, with Go's zero values and canonical forms."""
    return [merged(_in_go(entry), {}) if entry["kind"] == "Config" else entry for entry in objects]


def _in_go(config: Manifest) -> Manifest:
    unset = [key for key, value in config["spec"].items() if value in ([], {}, "", False, 0) and key != "resources"]
    spec = {key: value for key, value in config["spec"].items() if key not in unset}
    spec = {"proxy": {}, "replicas": 0, "storage": {}, **spec}
    for kind in ("read", "write"):
        queue = (spec.get("requests") or {}).get(kind) or {}
        wait = {"": "0s", "60m": "1h0m0s", "1h": "1h0m0s"}.get(queue.get("maxWaitInQueue") or "", "0s")
        spec["requests"] = (spec.get("requests") or {}) | {kind: queue | {"maxWaitInQueue": wait}}
    if "s3" in spec["storage"]:
        filled = {"virtualHostedStyle": False, "trustedCA": {"name": ""}} | spec["storage"]["s3"]
        spec["storage"] = spec["storage"] | {"s3": filled}
    if "azure" in spec["storage"]:
        filled = {"networkAccess": {"type": "External"}} | spec["storage"]["azure"]
        spec["storage"] = spec["storage"] | {"azure": filled}
    if spec["storage"] and not spec["storage"].get("managementState"):
        spec["storage"] = spec["storage"] | {"managementState": "Managed"}
    return config | {"spec": spec}


@pytest.mark.parametrize(
    ("planned_for", "found", "fits"),
    [
        ({"uid": "1", "generation": 2}, {"uid": "1", "generation": 2, "resourceVersion": "9"}, True),
        ({"uid": "1", "generation": 2}, {"uid": "1", "generation": 3}, False),
        ({"uid": "1", "generation": 2}, {"uid": "5", "generation": 2}, False),
        ({"uid": "1", "generation": 2}, None, False),
        ({"uid": "1"}, {"uid": "1"}, False),
    ],
)
def test_a_step_fits_an_object_whose_spec_has_not_changed(
    planned_for: dict[str, Any], found: dict[str, Any] | None, fits: bool
) -> None:
    step = Step("patch", Wanted(CLUSTER_CONFIG, {}), {}, {"metadata": planned_for})
    assert still_fits(step, None if found is None else {"metadata": found}) is fits


@pytest.mark.parametrize(
    ("status", "fits"),
    [
        ({"readyReplicas": 1}, True),
        ({"conditions": healthy(Available=("False", "NoReplicasAvailable"))}, True),
        ({"storage": {"pvc": {"claim": "registry"}}}, False),
        ({"storageManaged": True}, False),
        # What was worked out for a Config that the operator had not observed is right for one that it has.
        ({"observedGeneration": 7}, True),
        ({"conditions": healthy(Progressing=("True", "Error"))}, False),
    ],
    ids=["pods", "a condition", "storage", "whose it is", "observed", "an error"],
)
def test_a_step_fits_no_object_whose_status_tells_something_else_of_images(status: dict[str, Any], fits: bool) -> None:
    live = config()
    live["metadata"] |= {"uid": "1", "generation": 7}
    live["status"] |= {"observedGeneration": 6, "conditions": healthy()}
    step = Step("patch", Wanted(CLUSTER_CONFIG, {}), {}, live)
    assert still_fits(step, live | {"status": live["status"] | status}) is fits
