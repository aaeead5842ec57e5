# SPDX-License-Identifier: GPL-3.0-or-later
"""From connection options to a connection, where no cluster is needed to see it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._cluster import auth, service_account, tls
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.connection import Connection, Pem
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    AuthenticationSetupError,
    ContraryOptions,
)

from sandbox.pem import self_signed
from tests.unit.builders import SERVER, TOKEN, kubeconfig


def connection(options: dict[str, Any], **environment: str) -> Connection:
    """Return the connection; no variable of this machine has a say."""
    return auth.connection_from(options, environment)


def headers(options: dict[str, Any]) -> list[tuple[str, str]]:
    return list(connection(options).headers)


@pytest.mark.parametrize(
    ("variable", "value", "option", "chosen"),
    [
        ("K8S_AUTH_HOST", SERVER, "host", SERVER),
        ("K8S_AUTH_API_KEY", "abc", "api_key", "abc"),
        ("K8S_AUTH_CA_CERT", "/ca.crt", "ca_cert", "/ca.crt"),
        ("K8S_AUTH_SSL_CA_CERT", "/ca.crt", "ca_cert", "/ca.crt"),
        ("K8S_AUTH_VALIDATE_CERTS", "no", "validate_certs", False),
        ("K8S_AUTH_VERIFY_SSL", "False", "validate_certs", False),
        ("K8S_AUTH_VERIFY_SSL", "True", "validate_certs", True),
        ("K8S_AUTH_CERT_FILE", "/c.crt", "client_cert", "/c.crt"),
        ("K8S_AUTH_CLIENT_CERT", "/c.crt", "client_cert", "/c.crt"),
        ("K8S_AUTH_KEY_FILE", "/c.key", "client_key", "/c.key"),
        ("K8S_AUTH_IMPERSONATE_GROUPS", "a,b", "impersonate_groups", ["a", "b"]),
        ("K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH", "u:p", "proxy_headers", {"proxy_basic_auth": "u:p"}),
        ("K8S_AUTH_NO_PROXY", "", "no_proxy", None),
    ],
)
def test_variables(variable: str, value: str, option: str, chosen: str | bool | list[str] | None) -> None:
    assert auth.options_from({variable: value}).get(option) == chosen


def test_options_that_are_null_are_not_given() -> None:
    assert auth.options_of({"host": None, "kubeconfig": "", "name": "cluster"}) == {"kubeconfig": ""}


def test_a_variable_that_is_no_boolean_is_an_error() -> None:
    with pytest.raises(AuthenticationSetupError, match="K8S_AUTH_VERIFY_SSL is 'perhaps'"):
        auth.options_from({"K8S_AUTH_VERIFY_SSL": "perhaps"})


def test_variables_of_the_process_have_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """An action plugin gets those of the task, which are not those of the process that runs it."""
    for name in ("K8S_AUTH_API_KEY", "HTTPS_PROXY", "KUBECONFIG", "HOME", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.setenv(name, "http://of.the.process")
    assert auth.options_from({}) == {}
    assert connection({"host": SERVER, "api_key": "abc"}).proxy == ""
    with pytest.raises(AuthenticationSetupError, match="There is no kubeconfig /of/the/task"):
        connection({}, KUBECONFIG="/of/the/task")


@pytest.mark.parametrize(
    ("option", "value", "attribute"),
    [
        ("host", "https://other.example.com:6443", "address"),
        ("validate_certs", False, "verify"),
        ("proxy", "http://proxy.example.com:3128", "proxy"),
        ("no_proxy", ".example.com", "no_proxy"),
    ],
)
def test_options_win_over_a_kubeconfig_also_after_its_token_was_read(option: str, value: Any, attribute: str) -> None:
    options = {"kubeconfig": kubeconfig(), option: value}
    found = connection(options)
    assert found.headers == (("Authorization", f"Bearer {TOKEN}"),)
    assert getattr(found, attribute) == value


# The server of kubeconfig() by another spelling, and one that is not it.
SAME = SERVER.upper().replace("HTTPS", "https") + "/"
OTHER = "https://other.example.com:6443"


@pytest.mark.parametrize(
    ("told_host", "task", "variables", "environment", "source"),
    [
        ("The option host", {"host"}, {}, {"KUBECONFIG": "there"}, "KUBECONFIG"),
        ("The option host", {"host"}, {}, {"HOME": "."}, "the default kubeconfig"),
        ("The option host", {"host"}, {"kubeconfig": "there"}, {}, "K8S_AUTH_KUBECONFIG"),
        ("The option host", {"host"}, {"context": "c"}, {"KUBECONFIG": "there"}, "K8S_AUTH_CONTEXT"),
        ("K8S_AUTH_HOST", set(), {}, {"KUBECONFIG": "there"}, "KUBECONFIG"),
        ("K8S_AUTH_HOST", set(), {}, {"HOME": "."}, "the default kubeconfig"),
        ("K8S_AUTH_HOST", set(), {"kubeconfig": "there"}, {}, "K8S_AUTH_KUBECONFIG"),
    ],
)
def test_the_token_of_a_kubeconfig_goes_to_its_own_server_only(
    tmp_path: Path, told_host: str, task: set[str], variables: dict[str, str], environment: dict[str, str], source: str
) -> None:
    content = kubeconfig()
    content["contexts"].append({**content["contexts"][0], "name": "c"})
    (tmp_path / ".kube").mkdir()
    for path in (tmp_path / "there", tmp_path / ".kube" / "config"):
        path.write_text(json.dumps(content), encoding="utf-8")
    environment = {**environment, **({"HOME": str(tmp_path)} if "HOME" in environment else {})}

    def connected(host: str) -> Connection:
        options = {"host": host, **variables}
        return auth.connection_from(options, environment, str(tmp_path), options.keys() - task)

    assert connected(SAME).headers == (("Authorization", f"Bearer {TOKEN}"),)
    with pytest.raises(ContraryOptions) as caught:
        connected(OTHER)
    assert str(caught.value).startswith(
        f"{told_host} is {OTHER} without credentials, and those of {source} are for {SERVER}. "
    )
    assert TOKEN not in str(caught.value)


def test_the_token_of_a_pod_goes_to_its_own_cluster_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pod = in_a_pod(tmp_path, monkeypatch)
    assert connection({"host": POD}, **pod).headers == (("Authorization", "Bearer of the pod"),)
    with pytest.raises(ContraryOptions, match=f"those of the service account of the pod are for {re.escape(POD)}"):
        connection({"host": OTHER}, **pod)


POD = "https://[fd00::1]:443"


def in_a_pod(directory: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Lay out a service account as the kubelet does, and return the variables of the pod."""
    (directory / "token").write_text("of the pod", encoding="utf-8")
    (directory / "ca.crt").write_text("CA", encoding="utf-8")
    monkeypatch.setattr(service_account, "_DIRECTORY", directory)
    return {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443", "HOME": str(directory)}


@pytest.mark.parametrize("found", ["", "KUBECONFIG", "default", "missing"])
def test_in_a_pod_a_kubeconfig_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: str) -> None:
    environment = in_a_pod(tmp_path, monkeypatch)
    path = tmp_path / (".kube/config" if found == "default" else "kubeconfig")
    path.parent.mkdir(exist_ok=True)
    if found in ("KUBECONFIG", "default"):
        path.write_text(json.dumps(kubeconfig()), encoding="utf-8")
    if found in ("KUBECONFIG", "missing"):
        environment["KUBECONFIG"] = str(path)
    if found == "missing":
        with pytest.raises(AuthenticationSetupError, match=f"There is no kubeconfig {path}"):
            connection({}, **environment)
    else:
        assert connection({}, **environment).address == (SERVER if found else POD)


def test_a_token_wins_over_that_of_a_kubeconfig() -> None:
    assert headers({"kubeconfig": kubeconfig(), "api_key": "other"}) == [("Authorization", "Bearer other")]


def test_a_password_wins_over_the_token_of_a_kubeconfig() -> None:
    password = {"username": "me", "password": "p@ss"}
    assert headers({"kubeconfig": kubeconfig(), **password}) == [("Authorization", "Basic bWU6cEBzcw==")]
    assert headers({"host": SERVER, **password}) == [("Authorization", "Basic bWU6cEBzcw==")]
    assert headers({"host": SERVER, "api_key": "token", **password}) == [("Authorization", "Bearer token")]


def test_white_space_around_a_token_is_no_part_of_it() -> None:
    assert headers({"host": SERVER, "api_key": "token\n"}) == [("Authorization", "Bearer token")]


@pytest.mark.parametrize(
    "options",
    [{"api_key": "first\nsecond"}, {"api_key": "tök€n"}, {"api_key": "first", "impersonate_user": "second\r\nX: y"}],
)
def test_what_no_header_can_carry_is_refused_without_being_shown(options: dict[str, str]) -> None:
    with pytest.raises(AuthenticationSetupError, match="characters that a header cannot carry") as caught:
        headers({"host": SERVER, **options})
    assert not any(part in str(caught.value) for part in ("first", "second", "tök"))


def test_every_group_has_a_header_of_its_own() -> None:
    options = {"kubeconfig": kubeconfig(), "impersonate_user": "a", "impersonate_groups": ["b", "c"]}
    assert headers(options)[1:] == [
        ("Impersonate-User", "a"),
        ("Impersonate-Group", "b"),
        ("Impersonate-Group", "c"),
    ]


ACTING = {
    "token": TOKEN,
    "as": "a",
    "as-uid": 1,
    "as-groups": ["b", "c"],
    "as-user-extra": {"example.com/why": ["d"]},
}


@pytest.mark.parametrize("given", ["inline", "file"])
def test_whom_a_kubeconfig_acts_as(tmp_path: Path, given: str) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(kubeconfig(ACTING)), encoding="utf-8")
    assert headers({"kubeconfig": str(path) if given == "file" else kubeconfig(ACTING)})[1:] == [
        ("Impersonate-User", "a"),
        ("Impersonate-Uid", "1"),
        ("Impersonate-Group", "b"),
        ("Impersonate-Group", "c"),
        ("Impersonate-Extra-example.com%2Fwhy", "d"),
    ]


def test_options_say_alone_whom_to_act_as() -> None:
    options = {"kubeconfig": kubeconfig(ACTING), "impersonate_user": "z"}
    assert headers(options)[1:] == [("Impersonate-User", "z")]


@pytest.mark.parametrize("given", ["option", "kubeconfig"])
def test_the_user_in_a_proxys_url_is_passed_on(given: str) -> None:
    url = "http://me:p%40ss@proxy.example.com:3128"
    options: dict[str, Any] = (
        {"kubeconfig": kubeconfig(), "proxy": url}
        if given == "option"
        else {"kubeconfig": kubeconfig(cluster={"proxy-url": url})}
    )
    # "me:p@ss" in base64.
    assert connection(options).proxy_headers == (("proxy-authorization", "Basic bWU6cEBzcw=="),)


@pytest.mark.parametrize(
    "options",
    [
        {"proxy": "http://me:p%E2%82%AC@proxy.example.com:3128"},
        {"proxy_headers": {"proxy_basic_auth": "me:p€", "basic_auth": None}},
    ],
)
def test_a_password_that_no_proxy_could_be_told(options: dict[str, Any]) -> None:
    with pytest.raises(AuthenticationSetupError, match="characters beyond Latin-1"):
        connection({"kubeconfig": kubeconfig(), **options})


@pytest.mark.parametrize("password", ["S3cr3t/Tail99", "123/Tail99", "a?b", "a#b"])
def test_a_password_that_is_not_encoded_in_the_url_of_a_proxy_is_refused_unseen(password: str) -> None:
    url = f"http://me:{password}@proxy.example.com:3128"
    for options in ({"kubeconfig": kubeconfig(), "proxy": url}, {"kubeconfig": kubeconfig(cluster={"proxy-url": url})}):
        with pytest.raises(AuthenticationSetupError, match="has an @ behind its host") as refusal:
            connection(options)
        assert password not in str(refusal.value)


def test_a_header_for_the_proxy_wins_over_its_url() -> None:
    options = {
        "kubeconfig": kubeconfig(),
        "proxy": "http://me:wrong@proxy.example.com:3128",
        "proxy_headers": {"proxy_basic_auth": "me:p@ss"},
    }
    assert connection(options).proxy_headers == (("proxy-authorization", "Basic bWU6cEBzcw=="),)


@pytest.mark.parametrize("host", ["api.example.com:6443", "ftp://api.example.com", "https://", "https://[::1:6443"])
def test_a_host_that_is_no_url_is_an_error(host: str) -> None:
    with pytest.raises(AuthenticationSetupError, match="It has to be a URL such as"):
        connection({"host": host, "api_key": "abc"})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"ca_cert": "nowhere.crt"}, r"CA certificates \(ca_cert\) cannot be read from nowhere.crt"),
        ({"ca_cert": "empty"}, r"CA certificates \(ca_cert\) cannot be read from empty"),
        ({"client_cert": "a.crt", "client_key": "nowhere.key"}, "cannot be read from a.crt and nowhere.key"),
        ({"client_cert": "a.crt", "client_key": "b.key"}, "cannot be read from a.crt and b.key: .*KEY_VALUES_MISMATCH"),
        ({"client_cert": "a.crt", "client_key": "locked.key"}, "cannot be read from a.crt and locked.key"),
    ],
)
def test_files_that_no_handshake_could_use_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").touch()
    for name, key in (("a", None), ("b", None), ("locked", b"passphrase")):
        for path, text in zip(
            (f"{name}.crt", f"{name}.key"), self_signed("a.example.com", passphrase=key), strict=True
        ):
            Path(path).write_text(text, encoding="utf-8")
    with pytest.raises(AuthenticationSetupError, match=said):
        tls.context(connection({"host": SERVER, "api_key": "abc", **options}))


def test_a_kubeconfig_that_cannot_be_used_is_told_without_its_secrets(tmp_path: Path) -> None:
    document = kubeconfig()
    # A common slip: the credentials are not below `user`.
    document["users"] = [{"name": "u", "token": TOKEN, "client-key-data": "a2V5"}]
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(AuthenticationSetupError, match="Expected key user in") as caught:
        connection({"kubeconfig": str(path)})
    assert TOKEN not in str(caught.value)
    assert "a2V5" not in str(caught.value)


def test_a_file_that_is_no_kubeconfig_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("a word", encoding="utf-8")
    with pytest.raises(AuthenticationSetupError, match=f"{path}: it does not hold clusters, users and contexts"):
        connection({"kubeconfig": str(path)})


@pytest.mark.parametrize("text", ["apiVersion: v1\nkind: Config\n", json.dumps(kubeconfig())])
def test_the_text_of_a_kubeconfig_is_no_path(text: str) -> None:
    with pytest.raises(AuthenticationSetupError, match="Apply the filter from_yaml"):
        connection({"kubeconfig": text})


def test_a_missing_kubeconfig_is_named(tmp_path: Path) -> None:
    with pytest.raises(AuthenticationSetupError, match=f"There is no kubeconfig {tmp_path}/nowhere. Log in with `oc "):
        auth.connection_from({"kubeconfig": "nowhere"}, {}, str(tmp_path))


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        ({"kubeconfig": "auth/kubeconfig"}, {}),
        ({"kubeconfig": "nowhere:auth/kubeconfig"}, {}),
        ({"context": "here"}, {"KUBECONFIG": "auth/kubeconfig"}),
        ({}, {"KUBECONFIG": "./auth/../auth/kubeconfig"}),
    ],
)
def test_a_relative_kubeconfig_is_relative_to_where_the_run_was_started(
    tmp_path: Path, options: dict[str, str], environment: dict[str, str]
) -> None:
    (tmp_path / "auth").mkdir()
    (tmp_path / "auth" / "ca.crt").touch()
    content = kubeconfig(cluster={"certificate-authority": "ca.crt"})
    (tmp_path / "auth" / "kubeconfig").write_text(json.dumps(content), encoding="utf-8")
    found = auth.connection_from(options, environment, str(tmp_path))
    assert found.headers == (("Authorization", f"Bearer {TOKEN}"),)
    # As kubectl has it, a path in a kubeconfig is relative to that.
    assert found.ca == Pem(str(tmp_path / "auth" / "ca.crt"))


def test_relative_certificates_are_relative_to_where_the_run_was_started(tmp_path: Path) -> None:
    given = {"ca_cert": "ca.crt", "client_cert": "my/user.crt", "client_key": "/keys/user.key"}
    found = auth.connection_from({"host": SERVER, **given}, {}, "/desk")
    pems = (Pem("/desk/ca.crt"), Pem("/desk/my/user.crt"), Pem("/keys/user.key"))
    assert (found.ca, found.client_certificate, found.client_key) == pems


def test_paths_of_an_inline_kubeconfig_are_relative_to_where_the_run_was_started(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("of a file", encoding="utf-8")
    found = auth.connection_from({"kubeconfig": kubeconfig({"tokenFile": "token"})}, {}, str(tmp_path))
    assert found.headers == (("Authorization", "Bearer of a file"),)


@pytest.mark.parametrize(
    ("options", "environment", "proxy", "exceptions"),
    [
        ({}, {"HTTPS_PROXY": "http://p.example.com"}, "http://p.example.com", ""),
        ({}, {"https_proxy": "http://p.example.com", "no_proxy": ".a"}, "http://p.example.com", ".a"),
        ({}, {"all_proxy": "http://p.example.com"}, "http://p.example.com", ""),
        ({}, {"HTTP_PROXY": "http://p.example.com"}, "", ""),
        ({"no_proxy": ".b"}, {"HTTPS_PROXY": "http://p.example.com", "NO_PROXY": ".a"}, "http://p.example.com", ".b"),
        ({"proxy": "http://o.example.com"}, {"HTTPS_PROXY": "http://p", "NO_PROXY": ".a"}, "http://o.example.com", ""),
    ],
)
def test_proxies_of_the_environment(
    options: dict[str, str], environment: dict[str, str], proxy: str, exceptions: str
) -> None:
    found = connection({"host": SERVER, "api_key": "abc", **options}, **environment)
    assert (found.proxy, found.no_proxy) == (proxy, exceptions)


def test_a_connection_shows_no_secret() -> None:
    document = kubeconfig({"token": TOKEN, "client-key-data": "c2VjcmV0", "client-certificate-data": "Yw=="})
    shown = repr(connection({"kubeconfig": document, "proxy": "http://me:pa55@proxy.example.com:3128"}))
    assert not any(part in shown for part in (TOKEN, "secret", "pa55", "bWU6cGE1NQ=="))
