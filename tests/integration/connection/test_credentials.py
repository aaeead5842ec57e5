# SPDX-License-Identifier: GPL-3.0-or-later
"""Each way to say who is asking."""

import base64
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.integration import accounts
from tests.integration.connection import fresh
from tests.integration.connection.client import CERTIFIED, Client

READER = accounts.user(accounts.READER)
VIEWERS = "sandbox:viewers"
SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def written(path: Path, document: dict[str, Any]) -> str:
    """Write a kubeconfig and return its path."""
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def plugin(directory: Path, status: dict[str, str]) -> dict[str, Any]:
    """Return the credentials of a kubeconfig that come from a program, which says this when it is run."""
    answer = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}
    (directory / "answer.json").write_text(json.dumps(answer), encoding="utf-8")
    program = directory / "plugin"
    program.write_text('#!/bin/sh\n[ "$1$WORD" = get-token ] && cat "$2"\n', encoding="utf-8")
    program.chmod(stat.S_IRWXU)
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": str(program),
            "args": ["get-", str(directory / "answer.json")],
            "env": [{"name": "WORD", "value": "token"}],
            "interactiveMode": "Never",
        }
    }


def certificate_data(client: Client) -> dict[str, Any]:
    """Return the credentials of a kubeconfig that are a certificate and its key, inline."""
    return {
        "client-certificate-data": base64.b64encode(client.certificate.read_bytes()).decode(),
        "client-key-data": base64.b64encode(client.key.read_bytes()).decode(),
    }


def test_token(client: Client) -> None:
    args = {"host": client.server, "api_key": client.token, "ca_cert": str(client.authority)}
    client.asked_as(READER, args)


def test_client_certificate(client: Client) -> None:
    files = {"client_cert": str(client.certificate), "client_key": str(client.key)}
    client.asked_as(CERTIFIED, {"host": client.server, "ca_cert": str(client.authority), **files})


def test_token_of_the_awx_credential(client: Client) -> None:
    client.asked_as(
        READER,
        {},
        K8S_AUTH_HOST=client.server,
        K8S_AUTH_API_KEY=client.token,
        K8S_AUTH_SSL_CA_CERT=str(client.authority),
        K8S_AUTH_VERIFY_SSL="True",
    )


@pytest.mark.parametrize("names", [("CLIENT_CERT", "CLIENT_KEY", "CA_CERT"), ("CERT_FILE", "KEY_FILE", "SSL_CA_CERT")])
def test_client_certificate_from_variables(client: Client, names: tuple[str, ...]) -> None:
    files = (client.certificate, client.key, client.authority)
    variables = {f"K8S_AUTH_{name}": str(file) for name, file in zip(names, files, strict=True)}
    client.asked_as(CERTIFIED, {}, **{"K8S_AUTH_HOST": client.server, **variables})


@pytest.mark.parametrize("given", ["option", "variable"])
def test_kubeconfig_file(client: Client, tmp_path: Path, given: str) -> None:
    path = written(tmp_path / "kubeconfig", client.kubeconfig())
    args, environment = ({"kubeconfig": path}, {}) if given == "option" else ({}, {"K8S_AUTH_KUBECONFIG": path})
    client.asked_as(READER, args, **environment)


def test_inline_kubeconfig(client: Client) -> None:
    client.asked_as(READER, {"kubeconfig": client.kubeconfig()})


def test_kubeconfig_with_files_beside_it(client: Client, tmp_path: Path) -> None:
    for file in (client.certificate, client.key, client.authority):
        (tmp_path / file.name).symlink_to(file)
    credentials = {"client-certificate": client.certificate.name, "client-key": client.key.name}
    document = client.kubeconfig(credentials, **{"certificate-authority": client.authority.name})
    client.asked_as(CERTIFIED, {"kubeconfig": written(tmp_path / "kubeconfig", document)})


def test_kubeconfig_with_a_file_that_holds_the_token(client: Client, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{client.token}\n", encoding="utf-8")
    client.asked_as(READER, {"kubeconfig": client.kubeconfig({"tokenFile": str(tmp_path / "token")})})


def test_inline_kubeconfig_with_a_certificate(client: Client) -> None:
    client.asked_as(CERTIFIED, {"kubeconfig": client.kubeconfig(certificate_data(client))})


def test_kubeconfig_in_several_files(client: Client, tmp_path: Path) -> None:
    document = client.kubeconfig()
    users = {**document, "clusters": [], "contexts": []}
    rest = {**document, "users": []}
    paths = [written(tmp_path / name, part) for name, part in (("users", users), ("rest", rest))]
    client.asked_as(READER, {"kubeconfig": os.pathsep.join(paths)})


@pytest.mark.parametrize("given", ["option", "variable"])
def test_context(client: Client, tmp_path: Path, given: str) -> None:
    document = client.kubeconfig()
    document["users"].append({"name": "other", "user": certificate_data(client)})
    document["contexts"].append({"name": "second", "context": {"cluster": "sandbox", "user": "other"}})
    path = written(tmp_path / "kubeconfig", document)
    if given == "option":
        client.asked_as(CERTIFIED, {"kubeconfig": path, "context": "second"})
    else:
        client.asked_as(CERTIFIED, {}, K8S_AUTH_KUBECONFIG=path, K8S_AUTH_CONTEXT="second")
    client.asked_as(CERTIFIED, {"context": "second"}, K8S_AUTH_KUBECONFIG=path, K8S_AUTH_HOST="https://127.0.0.1:1")


def test_plugin_that_gives_a_token(client: Client, tmp_path: Path) -> None:
    client.asked_as(READER, {"kubeconfig": client.kubeconfig(plugin(tmp_path, {"token": client.token}))})


def test_plugin_that_gives_a_certificate(client: Client, tmp_path: Path) -> None:
    status = {"clientCertificateData": client.certificate.read_text(), "clientKeyData": client.key.read_text()}
    client.asked_as(CERTIFIED, {"kubeconfig": client.kubeconfig(plugin(tmp_path, status))})


def test_a_kubeconfig_wins_over_another_cluster_of_the_environment(client: Client, tmp_path: Path) -> None:
    elsewhere = {"K8S_AUTH_HOST": "https://127.0.0.1:1", "K8S_AUTH_API_KEY": "wr0ng", "K8S_AUTH_VERIFY_SSL": "False"}
    client.asked_as(READER, {"kubeconfig": client.kubeconfig()}, **elsewhere)
    path = written(tmp_path / "kubeconfig", client.kubeconfig())
    client.asked_as(READER, {"kubeconfig": path, "context": "sandbox"}, **elsewhere)


def test_options_that_contradict_each_other_are_refused(client: Client) -> None:
    cluster = {"host": client.server, "api_key": client.token}
    assert "[contrary-options]" in client.refused({**cluster, "kubeconfig": client.kubeconfig()})
    assert "K8S_AUTH_HOST are of another cluster" in client.refused(
        {"host": "https://127.0.0.1:1"}, K8S_AUTH_HOST=client.server, K8S_AUTH_API_KEY=client.token
    )


@pytest.mark.parametrize("option", ["kubeconfig", "context", "host", "api_key"])
def test_an_empty_option_is_not_the_default(client: Client, option: str) -> None:
    assert f"The option {option} is empty" in client.refused({option: ""}, KUBECONFIG="/nowhere")


def test_an_option_wins_over_the_kubeconfig(client: Client) -> None:
    token = client.lab.api.token
    client.asked_as("admin", {"kubeconfig": client.kubeconfig(), "api_key": token})


@pytest.mark.parametrize("given", ["options", "variables"])
def test_impersonation_of_a_user_in_groups(client: Client, given: str) -> None:
    administrator = {"kubeconfig": client.kubeconfig({"token": client.lab.api.token})}
    if given == "options":
        who = {"impersonate_user": "someone", "impersonate_groups": ["nobodies", VIEWERS]}
        answer = client.asked_as("admin", {**administrator, **who})
    else:
        answer = client.asked_as(
            "admin",
            administrator,
            K8S_AUTH_IMPERSONATE_USER="someone",
            K8S_AUTH_IMPERSONATE_GROUPS=f"nobodies,{VIEWERS}",
        )
    # Such a group may read everything but Secrets.
    (refused,) = (entry for entry in answer.result["missing"] if entry["reason"] == "forbidden")
    assert refused["part"] == "secrets"
    assert 'User "someone" cannot list resource "secrets"' in refused["message"]


def test_impersonation_by_a_kubeconfig(client: Client) -> None:
    acting = {"token": client.lab.api.token, "as": "someone", "as-groups": [VIEWERS]}
    missing = client.asked_as("admin", {"kubeconfig": client.kubeconfig(acting)}).result["missing"]
    (refused,) = [entry for entry in missing if entry["reason"] == "forbidden"]
    assert refused["part"] == "secrets"
    assert 'User "someone" cannot list resource "secrets"' in refused["message"]


def test_impersonation_of_a_user_alone(client: Client) -> None:
    administrator = {"kubeconfig": client.kubeconfig({"token": client.lab.api.token})}
    missing = client.ask({**administrator, "impersonate_user": "someone"}).result["missing"]
    assert {entry["reason"] for entry in missing} == {"forbidden"}
    assert all('User "someone" cannot' in entry["message"] for entry in missing)


def test_impersonation_needs_the_right_to_it(client: Client) -> None:
    missing = client.ask({"kubeconfig": client.kubeconfig(), "impersonate_user": "admin"}).result["missing"]
    assert all(f'User "{READER}" cannot impersonate' in entry["message"] for entry in missing)


# What a process finds as it starts.


def test_kubeconfig_of_the_variable(client: Client, tmp_path: Path) -> None:
    path = written(tmp_path / "kubeconfig", client.kubeconfig())
    mark = client.lab.log.mark()
    result = fresh.run(tmp_path, {}, {"KUBECONFIG": path})
    assert result["config"]["metadata"]["name"] == "cluster"
    assert {request.user for request in client.lab.log.since(mark)} == {READER}


def test_kubeconfig_in_the_home_directory(client: Client, tmp_path: Path) -> None:
    (tmp_path / ".kube").mkdir()
    written(tmp_path / ".kube" / "config", client.kubeconfig())
    assert fresh.run(tmp_path, {}, {"HOME": str(tmp_path)})["config"]["metadata"]["name"] == "cluster"


def in_a_pod(client: Client, directory: Path, args: dict[str, Any], port: int, **environment: str) -> dict[str, Any]:
    """Run the module where the kubelet has put a service account: files at a fixed place, the address in variables."""
    (directory / "token").write_text(client.token, encoding="utf-8")
    (directory / "ca.crt").write_bytes(client.authority.read_bytes())
    changes = f"mount -t tmpfs tmpfs /var/run; mkdir -p {SERVICE_ACCOUNT}; cp token ca.crt {SERVICE_ACCOUNT}"
    # A home without a kubeconfig, whoever runs this.
    own = {"HOME": str(directory), "KUBERNETES_SERVICE_HOST": client.address[0], "KUBERNETES_SERVICE_PORT": str(port)}
    result = fresh.run(directory, args, {**own, **environment}, changes)
    assert not SERVICE_ACCOUNT.exists()
    return result


def test_service_account_in_a_pod(client: Client, tmp_path: Path) -> None:
    mark = client.lab.log.mark()
    result = in_a_pod(client, tmp_path, {}, client.address[1])
    assert not result.get("failed"), result["msg"]
    assert {request.user for request in client.lab.log.since(mark)} == {READER}


def test_a_kubeconfig_that_is_named_wins_in_a_pod(client: Client, tmp_path: Path) -> None:
    document = client.kubeconfig(certificate_data(client))
    mark = client.lab.log.mark()
    result = in_a_pod(client, tmp_path, {"kubeconfig": written(tmp_path / "kubeconfig", document)}, port=1)
    assert not result.get("failed"), result["msg"]
    assert {request.user for request in client.lab.log.since(mark)} == {CERTIFIED}


def test_a_kubeconfig_of_the_variable_wins_in_a_pod(client: Client, tmp_path: Path) -> None:
    path = written(tmp_path / "kubeconfig", client.kubeconfig(certificate_data(client)))
    mark = client.lab.log.mark()
    result = in_a_pod(client, tmp_path, {}, port=1, KUBECONFIG=path)
    assert not result.get("failed"), result["msg"]
    assert {request.user for request in client.lab.log.since(mark)} == {CERTIFIED}
