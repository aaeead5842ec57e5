# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading kubeconfigs: the same as the client library's loader makes of them, and what it does not."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.okd.image_registry.plugins.module_utils._cluster import kubeconfig
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.connection import Connection, Pem
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    AuthenticationSetupError,
    OpenContext,
)
from kubernetes.client import Configuration
from kubernetes.config import load_kube_config, load_kube_config_from_dict

from tests.unit.builders import SERVER
from tests.unit.builders import kubeconfig as document

CA, CERTIFICATE, KEY = (base64.b64encode(text).decode() for text in (b"the CA", b"the certificate", b"the key"))


def content(pem: Pem | None) -> bytes | None:
    if pem is None:
        return None
    return Path(pem.source).read_bytes() if pem.content is None else pem.content


def ours(found: Connection) -> dict[str, Any]:
    """Return what a connection comes to."""
    return {
        "address": found.address,
        "verify": found.verify,
        "ca": content(found.ca),
        "certificate": content(found.client_certificate),
        "key": content(found.client_key),
        "server name": found.tls_server_name,
        "proxy": found.proxy,
        "authorization": dict(found.headers).get("Authorization", "").strip(),
    }


def theirs(configuration: Any) -> dict[str, Any]:
    """Return what a configuration of the client library comes to."""

    def read(path: str | None) -> bytes | None:
        return Path(path).read_bytes() if path else None

    return {
        "address": configuration.host,
        "verify": configuration.verify_ssl,
        "ca": read(configuration.ssl_ca_cert),
        "certificate": read(configuration.cert_file),
        "key": read(configuration.key_file),
        "server name": configuration.tls_server_name or "",
        "proxy": configuration.proxy or "",
        "authorization": (configuration.get_api_key_with_prefix("BearerToken") or "").strip(),
    }


def repeating(content: Any, depth: int) -> str:
    """Return a document with a list besides, each entry of which refers twice to the entry before."""
    entries = "".join(f"\n- &n{number} [*n{number - 1}, *n{number - 1}]" for number in range(1, depth))
    return f"{json.dumps(content)[:-1]}, more: [&n0 [x]{entries.replace(chr(10) + '-', ',')}]}}"


FILES = {"ca.crt": "a CA", "user.crt": "a certificate", "user.key": "a key", "token": "t0ken-of-a-file\n"}
ALIKE = {
    "token": document(),
    "a number as a token": document({"token": 12345}),
    "file with a token": document({"tokenFile": "token"}),
    "token before its file": document({"token": "t0ken", "tokenFile": "token"}),
    "password": document({"username": "me", "password": "pa55"}),
    "token before password": document({"token": "t0ken", "username": "me", "password": "pa55"}),
    "name without password": document({"username": "me"}),
    "inline certificates": document(
        {"client-certificate-data": CERTIFICATE, "client-key-data": KEY}, {"certificate-authority-data": CA}
    ),
    "files of certificates": document(
        {"client-certificate": "user.crt", "client-key": "user.key"}, {"certificate-authority": "ca.crt"}
    ),
    "inline before files": document(
        {
            "client-certificate": "nowhere",
            "client-certificate-data": CERTIFICATE,
            "client-key": "nowhere",
            "client-key-data": KEY,
        },
        {"certificate-authority": "nowhere", "certificate-authority-data": CA},
    ),
    "no TLS": document(
        {"client-certificate-data": CERTIFICATE, "client-key-data": KEY, "token": "t"},
        {"server": "http://127.0.0.1:8080", "certificate-authority-data": CA},
    ),
    "address with a path": document(cluster={"server": f"{SERVER}/k8s/clusters/c-1/"}),
    "another name": document(cluster={"tls-server-name": "other.example.com"}),
    "no verification": document(cluster={"insecure-skip-tls-verify": True}),
    "verification": document(cluster={"insecure-skip-tls-verify": False}),
    "proxy": document(cluster={"proxy-url": "http://me:pa55@proxy.example.com:3128"}),
    "a user without credentials": document({}),
    "a user who is not there": document(context={"user": "nobody"}),
    "no user": document(context={"user": None}),
    "no users": document(users=[]),
    "users that are null": document(users=None),
    "entries that nobody uses": document(
        contexts=[
            {"name": "other", "context": None},
            {"name": "here", "context": {"cluster": "c", "user": "u"}},
        ]
    ),
}


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The present directory, with files that kubeconfigs name."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(source: Any, context: str | None = None, **environment: str) -> Connection:
    return kubeconfig.load(source, context, False, environment)


@pytest.mark.parametrize("name", ALIKE)
def test_inline_kubeconfigs_mean_what_they_mean_to_the_library(name: str) -> None:
    configuration = Configuration()
    load_kube_config_from_dict(ALIKE[name], client_configuration=configuration, persist_config=False)
    assert ours(load(ALIKE[name])) == theirs(configuration)


@pytest.mark.parametrize("text", [json.dumps, yaml.safe_dump], ids=["JSON", "YAML"])
@pytest.mark.parametrize("name", ALIKE)
def test_files_mean_what_they_mean_to_the_library(
    directory: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: Any
) -> None:
    (directory / "kubeconfig").write_text(text(ALIKE[name]), encoding="utf-8")
    monkeypatch.chdir("/")
    configuration = Configuration()
    load_kube_config(str(directory / "kubeconfig"), client_configuration=configuration, persist_config=False)
    assert ours(load(str(directory / "kubeconfig"))) == theirs(configuration)


def test_several_files_mean_what_they_mean_to_the_library(directory: Path) -> None:
    parts = {
        "first": document({"token": "first"}, clusters=[]),
        "second": document({"token": "second"}, **{"current-context": "there"}),
        "third": {"contexts": [{"name": "there", "context": {"cluster": "c", "user": "u"}}], "users": None},
    }
    for name, part in parts.items():
        (directory / name).write_text(json.dumps(part), encoding="utf-8")
    joined = os.pathsep.join(["nowhere", *parts])
    configuration = Configuration()
    load_kube_config(joined, client_configuration=configuration, persist_config=False)
    found = load(joined)
    assert ours(found) == theirs(configuration)
    assert found.headers == (("Authorization", "Bearer first"),)


def test_the_first_file_with_a_current_context_decides(directory: Path) -> None:
    """As with kubectl; with the library the last one does, so that the two would write to different clusters."""
    names = {"none": {}, "here": {"current-context": "here"}, "there": {"current-context": "there"}}
    contexts = [{"name": name, "context": {"cluster": name, "user": ""}} for name in ("here", "there")]
    clusters = [{"name": name, "cluster": {"server": f"https://{name}.example.com"}} for name in ("here", "there")]
    for name, current in names.items():
        (directory / name).write_text(json.dumps({"contexts": contexts, "clusters": clusters, **current}))
    for order, decides in ((("none", "here", "there"), "here"), (("there", "none", "here"), "there")):
        joined = os.pathsep.join(order)
        assert load(joined).address == load(None, KUBECONFIG=joined).address == f"https://{decides}.example.com"


def test_files_of_a_user_are_beside_the_file_that_has_the_user(directory: Path) -> None:
    """As with kubectl; the library looks beside the file that has the cluster."""
    (directory / "users").mkdir()
    (directory / "users" / "mine.crt").write_text("mine", encoding="utf-8")
    user = document({"client-certificate": "mine.crt"}, clusters=[], contexts=[])
    (directory / "users" / "config").write_text(json.dumps(user), encoding="utf-8")
    (directory / "clusters").write_text(json.dumps(document(users=[])), encoding="utf-8")
    assert content(load(os.pathsep.join(["clusters", "users/config"])).client_certificate) == b"mine"


def test_where_the_default_is(directory: Path) -> None:
    home = directory / "home"
    (home / ".kube").mkdir(parents=True)
    (home / ".kube" / "config").write_text(json.dumps(document({"token": "home"})), encoding="utf-8")
    (directory / "named").write_text(json.dumps(document({"token": "named"})), encoding="utf-8")
    assert load(None, HOME=str(home)).headers == (("Authorization", "Bearer home"),)
    assert load("~/.kube/config", HOME=str(home)).headers == (("Authorization", "Bearer home"),)
    assert load(None, HOME=str(home), KUBECONFIG="").headers == (("Authorization", "Bearer home"),)
    assert load(None, HOME=str(home), KUBECONFIG="named").headers == (("Authorization", "Bearer named"),)
    assert load("named", HOME=str(home), KUBECONFIG="nowhere").headers == (("Authorization", "Bearer named"),)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({}, "Expected key current-context in kubeconfig"),
        (document(**{"current-context": "there"}), "Expected object with name there in contexts list"),
        (document(context={"cluster": "d"}), "Expected object with name d in clusters list"),
        (document(contexts=[{"name": "here"}]), r"Expected key context in contexts\[name=here\]"),
        (document(clusters=[{"name": "c", "server": SERVER}]), r"Expected key cluster in clusters\[name=c\]"),
        (document(users=[{"name": "u", "token": "s3cret"}]), r"Expected key user in users\[name=u\]"),
        (document(users={"u": {"token": "s3cret"}}), "Expected users to be a list of entries that have names"),
        (document(users=["s3cret"]), "Expected users to be a list of entries that have names"),
        (document({"tokenFile": "nowhere"}), "No such file or directory: 'nowhere'"),
        (document({"client-certificate": "nowhere"}), "File does not exist: nowhere"),
        (document({"client-key-data": "s3cret!"}), "client-key-data is no base64"),
        (document(cluster={"certificate-authority": 5}), "The kubeconfig cannot be used: "),
        (document({"token": "s3cret", "as-user-extra": ["s3cret"]}), "The kubeconfig cannot be used: "),
    ],
)
@pytest.mark.parametrize("given", ["inline", "file"])
def test_what_cannot_be_used_is_told_without_its_secrets(directory: Path, source: Any, said: str, given: str) -> None:
    (directory / "kubeconfig").write_text(json.dumps(source), encoding="utf-8")
    said = said.replace("nowhere", ".*nowhere")
    with pytest.raises(AuthenticationSetupError, match=said) as caught:
        load(source if given == "inline" else "kubeconfig")
    where = "" if given == "inline" else f"{directory}/kubeconfig: "
    assert str(caught.value).startswith(f"The kubeconfig cannot be used: {where}")
    assert str(caught.value).endswith("give kubeconfig, or host with api_key, or the matching K8S_AUTH_* variables.")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is nothing in it"),
        ("users: [{name: u, user: {token: s3cret}]", 'kubeconfig", line 1'),
        ("- s3cret", "it does not hold clusters, users and contexts"),
        ("a: !!python/object:os.system s3cret", "could not determine a constructor"),
        (repeating(document({"token": "s3cret"}), 30), "kubeconfig stands for more than 100000 values"),
        ("&all {users: [*all], current-context: s3cret}", "kubeconfig stands for more than 100000 values"),
        ("{? [&all [*all]] : s3cret}", "unhashable"),
    ],
)
def test_files_that_hold_something_else(directory: Path, text: str, said: str) -> None:
    (directory / "kubeconfig").write_text(text, encoding="utf-8")
    with pytest.raises(AuthenticationSetupError, match=said) as caught:
        load("kubeconfig")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("kind", ["users", "clusters", "contexts"])
@pytest.mark.parametrize("given", ["inline", "file"])
def test_two_entries_with_the_same_name_are_refused(directory: Path, kind: str, given: str) -> None:
    twice = document({"token": "first"})
    twice[kind] *= 2
    (directory / "kubeconfig").write_text(json.dumps(twice), encoding="utf-8")
    with pytest.raises(AuthenticationSetupError, match=f"Expected only one object with name .* in {kind} list"):
        load(twice if given == "inline" else "kubeconfig")


def test_of_two_files_with_the_same_name_in_them_the_first_has_it(directory: Path) -> None:
    for name, token in (("first", "first"), ("empty", None), ("second", "second")):
        text = json.dumps(document({"token": token})) if token else ""
        (directory / name).write_text(text, encoding="utf-8")
    assert load("empty:first:second").headers == (("Authorization", "Bearer first"),)


def clusters(**servers: str) -> dict[str, Any]:
    """Return what a kubeconfig has of clusters: a context of each, of the same name."""
    return {
        "current-context": next(iter(servers)),
        "clusters": [{"name": name, "cluster": {"server": server}} for name, server in servers.items()],
        "contexts": [{"name": name, "context": {"cluster": name, "user": "u"}} for name in servers],
    }


@pytest.mark.parametrize("given", ["inline", "file", "files"])
def test_one_of_many_hosts_names_a_context_where_there_are_several_clusters(directory: Path, given: str) -> None:
    one, two = (document(**clusters(**{name: f"https://{name}.example.com"})) for name in ("a", "b"))
    both = document(**clusters(a="https://a.example.com", b="https://b.example.com"))
    for name, written in (("both", both), ("one", one), ("two", two)):
        (directory / name).write_text(json.dumps(written), encoding="utf-8")
    sources: dict[str, Any] = {"inline": both, "file": "both", "files": os.pathsep.join(("one", "two"))}
    source = sources[given]
    with pytest.raises(OpenContext, match=r"has contexts of several clusters, .* a is only the one"):
        kubeconfig.load(source, None, False, {}, is_one_of_many=True)
    assert kubeconfig.load(source, "b", False, {}, is_one_of_many=True).address == "https://b.example.com"
    assert load(source).address == "https://a.example.com"


@pytest.mark.parametrize("key", ["proxy-url", "tls-server-name"])
def test_one_address_may_be_several_clusters_behind_a_proxy(key: str) -> None:
    content = document(**clusters(a="https://api.example.com", b="https://api.example.com"))
    content["clusters"][1]["cluster"][key] = "b.example.com"
    with pytest.raises(OpenContext):
        kubeconfig.load(content, None, False, {}, is_one_of_many=True)


def test_contexts_of_one_server_are_one_cluster() -> None:
    content = document(**clusters(a="https://a.example.com", again="HTTPS://a.example.com:443/"))
    # No context chooses it.
    content["clusters"].append({"name": "b", "cluster": {"server": "https://b.example.com"}})
    found = kubeconfig.load(content, None, False, {}, is_one_of_many=True)
    assert found.address == "https://a.example.com"
