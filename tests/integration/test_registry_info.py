# SPDX-License-Identifier: GPL-3.0-or-later
"""registry_info on a registry that serves: all of it, to everybody as far as he may see it, and no secret to anyone."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from sandbox.pem import self_signed
from sandbox.state import StateDirectory
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import Document, condition, is_ready
from tests.integration.lab import Lab
from tests.integration.playbook import play

HOST = "registry.example.com"
DEFAULT_HOST = "default-route-openshift-image-registry.apps.sandbox.example.com"
TLS_SECRET = "public-tls"
CERTIFICATE, KEY = self_signed(HOST)
PROXY_PASSWORD = "pr0xy-Pa55-w0rd"
# What one run asks for: each object by its own path or in one list, nothing to find out where it is.
REQUESTS = [
    ("get", "/apis/imageregistry.operator.openshift.io/v1/configs/cluster"),
    ("get", "/apis/imageregistry.operator.openshift.io/v1/imagepruners/cluster"),
    ("get", "/apis/config.openshift.io/v1/clusteroperators/image-registry"),
    ("get", "/apis/config.openshift.io/v1/images/cluster"),
    ("get", "/apis/config.openshift.io/v1/infrastructures/cluster"),
    ("get", "/apis/apps/v1/namespaces/openshift-image-registry/deployments/image-registry"),
    ("get", "/apis/apps/v1/namespaces/openshift-image-registry/deployments/cluster-image-registry-operator"),
    ("list", "/apis/apps/v1/namespaces/openshift-image-registry/replicasets"),
    # One list for each group of pods that is shown.
    ("list", "/api/v1/namespaces/openshift-image-registry/pods?labelSelector=docker-registry%3Ddefault"),
    ("list", "/api/v1/namespaces/openshift-image-registry/pods?labelSelector=name%3Dcluster-image-registry-operator"),
    ("list", "/api/v1/namespaces/openshift-image-registry/pods?labelSelector=name%3Dnode-ca"),
    ("list", "/api/v1/namespaces/openshift-image-registry/services"),
    ("list", "/apis/route.openshift.io/v1/namespaces/openshift-image-registry/routes"),
    ("list", "/api/v1/namespaces/openshift-image-registry/secrets"),
    ("list", "/api/v1/namespaces/openshift-image-registry/persistentvolumeclaims"),
]
RIGHTS = "/apis/rbac.authorization.k8s.io/v1"


@pytest.fixture(scope="module")
def serving(clean_module: Lab) -> Lab:
    """A registry that serves from a claim under two hosts, with every kind of secret around it."""
    lab = clean_module
    setups.add_credentials(lab)
    setups.add_secret(lab, TLS_SECRET, {"tls.crt": CERTIFICATE, "tls.key": KEY}, "kubernetes.io/tls")
    setups.serve_from_claim(
        lab,
        defaultRoute=True,
        routes=[{"name": "public", "hostname": HOST, "secretName": TLS_SECRET}],
        proxy={"https": f"https://user:{PROXY_PASSWORD}@proxy.example.com:3128"},
    )
    lab.api.wait_for_all(paths.ROUTES, lambda routes: len(routes) == 2 and all(map(_is_admitted, routes)))
    lab.api.wait_for(paths.IMAGE_CONFIG, lambda image: len(_external_hosts(image)) == 2)
    _leave_a_copy_in_an_annotation(lab)
    return lab


@pytest.fixture
def auditor(serving: Lab) -> Iterator[Document]:
    """Options to connect as a user who may read the Config and the pods, and nothing else."""
    role, pods_role = f"{RIGHTS}/clusterroles", f"{RIGHTS}/namespaces/{paths.NAMESPACE}/roles"
    binding, pods_binding = f"{role[:-1]}bindings", f"{pods_role[:-1]}bindings"
    subject = {"kind": "User", "name": "auditor", "apiGroup": "rbac.authorization.k8s.io"}
    config = {"apiGroups": ["imageregistry.operator.openshift.io"], "resources": ["configs"], "verbs": ["get"]}
    pods = {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}
    metadata = {"name": "registry-auditor"}
    for roles, bindings, kind, rule in (
        (role, binding, "ClusterRole", config),
        (pods_role, pods_binding, "Role", pods),
    ):
        serving.api.create(roles, {"metadata": metadata, "rules": [rule]})
        reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": "registry-auditor"}
        serving.api.create(bindings, {"metadata": metadata, "roleRef": reference, "subjects": [subject]})
    yield {"impersonate_user": "auditor"}
    for collection in (binding, role, pods_binding, pods_role):
        serving.api.delete(f"{collection}/registry-auditor")


def test_the_config_is_that_of_the_api_but_for_its_secrets(serving: Lab) -> None:
    config = serving.config()
    result = serving.run("registry_info", {})
    hidden = {"httpSecret": "<hidden>", "proxy": {"https": "https://user:<hidden>@proxy.example.com:3128"}}
    assert result["config"]["spec"] == config["spec"] | hidden
    assert result["config"]["status"] == config["status"]
    assert result["config"]["metadata"]["generation"] == config["metadata"]["generation"]
    assert not {"managedFields", "annotations"} & set(result["config"]["metadata"])
    assert _as_listed(result["conditions"]) == _conditions(config)


def test_the_registry_in_short(serving: Lab) -> None:
    result = serving.run("registry_info", {})
    short = result["registry"]
    assert result["changed"] is False
    assert result["missing"] == []
    assert {key: value for key, value in short.items() if key != "conditions"} == {
        "state": "Managed",
        "backend": "pvc",
        "storage": {"claim": "registry"},
        "storage_management_state": "Unmanaged",
        "replicas": {"wanted": 2, "ready": 2},
        "settings": [
            {"option": "default_route", "field": "spec.defaultRoute", "value": True},
            {
                "option": "proxies.https",
                "field": "spec.proxy.https",
                "value": "https://user:<hidden>@proxy.example.com:3128",
            },
            {"option": "routes", "field": "spec.routes", "value": serving.spec()["routes"]},
        ],
        "hosts": [DEFAULT_HOST, HOST],
    }
    assert short["conditions"]["Available"] == {
        "status": "True",
        "reason": "Ready",
        "message": "The registry is ready",
    }


def test_it_is_what_a_writing_module_reports(serving: Lab) -> None:
    written = serving.run("registry_replicas", {"replicas": 2})
    # Only a task declares something.
    assert [entry.pop("declared") for entry in written["registry"]["settings"]] == [False, False, False]
    assert serving.run("registry_info", {})["registry"] == written["registry"]


def test_the_operator(serving: Lab) -> None:
    result = serving.run("registry_info", {})
    operator = serving.api.read("/apis/config.openshift.io/v1/clusteroperators/image-registry")
    assert _as_listed(result["cluster_operator"]["conditions"]) == _conditions(operator)
    assert result["cluster_operator"]["versions"] == {"operator": "4.22.0"}
    assert result["deployments"]["operator"]["replicas"]["ready"] == 1


def test_workloads(serving: Lab) -> None:
    result = serving.run("registry_info", {})
    deployment = serving.api.read(paths.DEPLOYMENT)
    shown = result["deployments"]["registry"]
    assert shown["replicas"] == {"wanted": 2, "current": 2, "updated": 2, "ready": 2, "available": 2}
    assert shown["images"] == [deployment["spec"]["template"]["spec"]["containers"][0]["image"]]
    assert (shown["generation"], shown["observed_generation"]) == (
        deployment["metadata"]["generation"],
        deployment["status"]["observedGeneration"],
    )
    assert _as_listed(shown["conditions"]) == _conditions(deployment)
    replica_sets = serving.api.items(paths.DEPLOYMENTS.replace("deployments", "replicasets"))
    assert [entry["name"] for entry in result["replica_sets"]] == _names(replica_sets)
    assert sum(entry["replicas"]["ready"] for entry in result["replica_sets"]) == 2
    assert {entry["deployment"] for entry in result["replica_sets"]} == {"image-registry"}


def test_pods(serving: Lab) -> None:
    result = serving.run("registry_info", {})
    pods = {pod["metadata"]["name"]: pod for pod in serving.api.items(paths.PODS)}
    shown = {pod["name"]: pod for group in result["pods"].values() for pod in group}
    assert {group: len(found) for group, found in result["pods"].items()} == {
        "registry": 2,
        "operator": 1,
        "node_ca": 2,
    }
    assert shown.keys() == pods.keys()
    for name, pod in pods.items():
        assert shown[name]["node"] == pod["spec"]["nodeName"]
        assert shown[name]["phase"] == pod["status"]["phase"] == "Running"
        assert shown[name]["ready"] is is_ready(pod) is True
        assert shown[name]["created"] == pod["metadata"]["creationTimestamp"]


def test_services_and_hosts(serving: Lab) -> None:
    result = serving.run("registry_info", {})
    assert [(service["name"], [port["port"] for port in service["ports"]]) for service in result["services"]] == [
        ("image-registry", [5000])
    ]
    assert result["image_config"] == {
        "internal_registry_hostname": "image-registry.openshift-image-registry.svc:5000",
        "external_registry_hostnames": [DEFAULT_HOST, HOST],
    }


def test_routes(serving: Lab) -> None:
    routes = {route["name"]: route for route in serving.run("registry_info", {})["routes"]}
    assert {name: (route["host"], route["has_certificate"]) for name, route in routes.items()} == {
        "default-route": (DEFAULT_HOST, False),
        "public": (HOST, True),
    }
    for route in routes.values():
        assert (route["termination"], route["service"]) == ("reencrypt", "image-registry")
        assert [(entry["router"], entry["admitted"]) for entry in route["admission"]] == [("default", True)]


def test_secrets_by_name_type_and_keys(serving: Lab) -> None:
    secrets = serving.api.items(paths.SECRETS)
    assert serving.run("registry_info", {})["secrets"] == [
        {"name": secret["metadata"]["name"], "type": secret["type"], "data_keys": sorted(secret.get("data") or {})}
        for secret in sorted(secrets, key=lambda secret: secret["metadata"]["name"])
    ]


def test_claims(serving: Lab) -> None:
    claim = serving.api.read(f"{paths.CLAIMS}/registry")
    assert serving.run("registry_info", {})["claims"] == [
        {
            "name": "registry",
            "phase": "Bound",
            "size": {"requested": "100Gi", "actual": claim["status"]["capacity"]["storage"]},
            "access_modes": ["ReadWriteMany"],
            "storage_class": "standard",
            "volume": claim["spec"]["volumeName"],
            "conditions": {},
        }
    ]


def test_the_pruner(serving: Lab) -> None:
    pruner = serving.api.read("/apis/imageregistry.operator.openshift.io/v1/imagepruners/cluster")
    shown = serving.run("registry_info", {})["image_pruner"]
    assert shown["spec"] == pruner["spec"]
    assert _as_listed(shown["conditions"]) == _conditions(pruner)
    assert shown["observed_generation"] == pruner["status"]["observedGeneration"]


def test_one_run_sends_one_request_for_each_part(serving: Lab) -> None:
    mark = serving.log.mark()
    serving.run("registry_info", {})
    sent = [(request.verb, request.uri) for request in serving.log.since(mark)]
    assert sorted(sent) == sorted(REQUESTS)


def test_check_mode_is_the_same(serving: Lab) -> None:
    mark = serving.log.mark()
    assert serving.run("registry_info", {}, check=True) == serving.run("registry_info", {})
    assert not serving.log.writes_since(mark)


def test_a_viewer_misses_the_secrets_only(serving: Lab) -> None:
    whole = serving.run("registry_info", {})
    result = serving.run("registry_info", {"context": "sandbox-viewer"})
    (missing,) = result["missing"]
    assert (missing["part"], missing["object"], missing["reason"]) == (
        "secrets",
        "Secret openshift-image-registry/*",
        "forbidden",
    )
    assert 'User "viewer" cannot list resource "secrets"' in missing["message"]
    assert result["secrets"] == []
    # One of the findings is about a Secret.
    assert [finding["code"] for finding in whole["findings"]] == ["credentials-left"]
    assert _but(result, "secrets", "missing", "findings") == _but(whole, "secrets", "missing", "findings")


def test_a_user_without_rights_gets_told_so_of_every_part(serving: Lab) -> None:
    result = serving.run("registry_info", {"context": "sandbox-nobody"})
    assert len(result["missing"]) == len(REQUESTS)
    assert {entry["reason"] for entry in result["missing"]} == {"forbidden"}
    assert result["config"] is None
    assert result["registry"]["replicas"] == {"wanted": None, "ready": None}


def test_partial_rights_give_a_partial_report(serving: Lab, auditor: Document) -> None:
    whole = serving.run("registry_info", {})
    result = serving.run("registry_info", auditor)
    assert {part: result[part] for part in ("config", "conditions", "pods")} == {
        part: whole[part] for part in ("config", "conditions", "pods")
    }
    assert len(result["missing"]) == len(REQUESTS) - 4
    assert {entry["reason"] for entry in result["missing"]} == {"forbidden"}
    assert result["registry"]["replicas"] == {"wanted": 2, "ready": None}


def test_another_name(serving: Lab) -> None:
    missing = serving.run("registry_info", {"name": "instance"})
    assert missing["config"] is None
    assert [(entry["object"], entry["reason"]) for entry in missing["missing"]] == [("Config instance", "absent")]
    other = {"apiVersion": "imageregistry.operator.openshift.io/v1", "kind": "Config", "metadata": {"name": "instance"}}
    serving.api.create(paths.CONFIGS, {**other, "spec": {"managementState": "Unmanaged", "replicas": 7}})
    try:
        found = serving.run("registry_info", {"name": "instance"})
        assert found["missing"] == []
        assert (found["config"]["metadata"]["name"], found["registry"]["state"]) == ("instance", "Unmanaged")
        assert found["registry"]["replicas"] == {"wanted": 7, "ready": 2}
    finally:
        serving.api.delete(f"{paths.CONFIGS}/instance")


@pytest.mark.parametrize("name", ["..", "a/b"])
def test_a_name_that_cannot_be_is_refused_without_a_request(serving: Lab, name: str) -> None:
    mark = serving.log.mark()
    result = serving.refused("registry_info", {"name": name})
    assert f"has {name!r}, but needs a DNS-1123 subdomain" in result["msg"]
    assert serving.log.since(mark) == []


def test_credentials_that_the_server_does_not_accept_are_an_error(serving: Lab) -> None:
    connection = {"host": serving.api.server, "ca_cert": str(serving.api.authority), "api_key": "no-such-token"}
    result = serving.refused("registry_info", connection)
    assert "HTTP 401 Unauthorized" in result["msg"]


def test_no_secret_is_printed_at_any_verbosity(serving: Lab, state: StateDirectory, tmp_path: Path) -> None:
    playbook = tmp_path / "look.yml"
    task = {"okd.image_registry.registry_info": {"host": serving.api.server, "api_key": serving.api.token}}
    task["okd.image_registry.registry_info"]["ca_cert"] = str(serving.api.authority)
    show = {"ansible.builtin.debug": {"var": "looked"}}
    tasks = [{**task, "register": "looked"}, show]
    playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    output = play(tmp_path, state.kubeconfig, str(playbook), "-vvvv", "--diff").output
    # It is all there ...
    for name in ("REGISTRY_STORAGE_S3_SECRETKEY", "tls.key", ".dockerconfigjson", "<hidden>"):
        assert name in output
    # ... but for the secrets.
    secrets = _secrets(serving)
    assert len(secrets) > 6
    for origin, value in secrets.items():
        for form in _forms(value):
            assert form not in output, f"{origin} is in the output"


def _secrets(lab: Lab) -> dict[str, str]:
    """Return all values that must not be seen, by where they come from."""
    found = {
        f"{secret['metadata']['name']}/{key}": base64.b64decode(value).decode()
        for secret in lab.api.items(paths.SECRETS)
        for key, value in (secret.get("data") or {}).items()
        if key != "tls.crt"
    }
    return {
        **found,
        "httpSecret": lab.spec()["httpSecret"],
        "password of the proxy": PROXY_PASSWORD,
        "line of the key": KEY.splitlines()[1],
        "token of the connection": lab.api.token,
    }


def _forms(value: str) -> Iterator[str]:
    encoded = base64.b64encode(value.encode()).decode()
    yield from (value, quote(value, safe=""), json.dumps(value)[1:-1], encoded)
    # However a text around the value shifts it, this part of its base64 form stays.
    for shift in (1, 2):
        yield base64.b64encode(b"\0" * shift + value.encode()).decode()[4:-4]


def _leave_a_copy_in_an_annotation(lab: Lab) -> None:
    """Do to the Config what kubectl apply does: keep all that was applied, secrets too."""
    applied = json.dumps({"spec": lab.spec()})
    annotations = {"kubectl.kubernetes.io/last-applied-configuration": applied}
    lab.api.patch(paths.CONFIG, {"metadata": {"annotations": annotations}})


def _is_admitted(route: Document) -> bool:
    ingresses = (route.get("status") or {}).get("ingress") or []
    return any(condition({"status": ingress}, "Admitted").get("status") == "True" for ingress in ingresses)


def _external_hosts(image: Document) -> list[str]:
    return (image.get("status") or {}).get("externalRegistryHostnames") or []


def _conditions(source: Document) -> dict[str, tuple[Any, ...]]:
    """Return the conditions of an object of the API, by type."""
    fields = ("status", "reason", "message", "lastTransitionTime")
    return {
        entry["type"]: tuple(entry.get(field) or None for field in fields) for entry in source["status"]["conditions"]
    }


def _as_listed(shown: Document) -> dict[str, tuple[Any, ...]]:
    """Return conditions as the module shows them in the same form."""
    fields = ("status", "reason", "message", "last_transition_time")
    return {kind: tuple(entry[field] or None for field in fields) for kind, entry in shown.items()}


def _names(objects: list[Document]) -> list[str]:
    return sorted(entry["metadata"]["name"] for entry in objects)


def _but(result: Document, *parts: str) -> Document:
    return {part: value for part, value in result.items() if part not in (*parts, "invocation")}
