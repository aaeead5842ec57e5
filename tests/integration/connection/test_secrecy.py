# SPDX-License-Identifier: GPL-3.0-or-later
"""No credential of a connection in what Ansible prints at its highest verbosity, whether a task succeeds or fails."""

import base64
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from ansible_collections.okd.image_registry.plugins.module_utils._work import connection_spec

from tests.integration.connection.client import Client
from tests.integration.connection.proxy import Proxy
from tests.integration.leaks import leaks
from tests.integration.playbook import attempt

PASSWORD = "pr0xy/p@ss word"
BASIC_PASSWORD = "b4sic-p@ss"
PLUGIN_SECRET = "pl0gin-s3cret"
WRONG_TOKEN = "wr0ng/t0ken+value"
INFO = "okd.image_registry.registry_info"


def authorization(user: str) -> str:
    """Return the header of basic authentication."""
    return f"Basic {base64.b64encode(user.encode()).decode()}"


def failing_plugin(directory: Path) -> dict[str, Any]:
    """Return the credentials of a kubeconfig that come from a program, to which secrets are passed in vain."""
    program = directory / "plugin"
    program.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    program.chmod(stat.S_IRWXU)
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": str(program),
            "args": [f"--client-secret={PLUGIN_SECRET}"],
            "env": [{"name": "CLIENT_SECRET", "value": PLUGIN_SECRET}],
        }
    }


def malformed(client: Client, directory: Path) -> Path:
    """Write a kubeconfig in which the token is not where it belongs; return its path."""
    document = client.kubeconfig()
    document["users"] = [{"name": "user", "token": client.token}]
    path = directory / "malformed"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def connections(client: Client, directory: Path, proxy: Proxy) -> dict[str, dict[str, Any]]:
    """Return options of tasks that carry secrets; those that come to nothing have names with "no "."""
    key = {
        "client-certificate-data": base64.b64encode(client.certificate.read_bytes()).decode(),
        "client-key-data": base64.b64encode(client.key.read_bytes()).decode(),
    }
    through = f"http://me:{quote(PASSWORD, safe='')}@{proxy.address}"
    host = {"host": client.server, "ca_cert": str(client.authority)}
    return {
        "token": {**host, "api_key": client.token},
        "inline kubeconfig": {"kubeconfig": client.kubeconfig()},
        "inline certificate": {"kubeconfig": client.kubeconfig(key)},
        # Kubernetes itself takes no passwords, so this user stays unknown.
        "password": {**host, "username": "me", "password": BASIC_PASSWORD},
        "proxy": {"kubeconfig": client.kubeconfig(), "proxy": through},
        "proxy of the kubeconfig": {"kubeconfig": client.kubeconfig(**{"proxy-url": through})},
        "header for the proxy": {
            "kubeconfig": client.kubeconfig(),
            "proxy": proxy.url,
            "proxy_headers": {"proxy_basic_auth": f"me:{PASSWORD}"},
        },
        "no proxy": {"kubeconfig": client.kubeconfig(), "proxy": through.replace("me:", "you:")},
        "no scheme": {"kubeconfig": client.kubeconfig(), "proxy": through.removeprefix("http://")},
        "no trust": {"host": client.server, "api_key": client.token},
        "no such token": {**host, "api_key": WRONG_TOKEN},
        "no such context": {"kubeconfig": client.kubeconfig(key), "context": "other"},
        "no such file": {"kubeconfig": client.kubeconfig(), "ca_cert": "/nowhere"},
        "no user entry": {"kubeconfig": str(malformed(client, directory))},
        "no path": {"kubeconfig": yaml.safe_dump(client.kubeconfig())},
        "no plugin": {"kubeconfig": client.kubeconfig(failing_plugin(directory))},
        "no such option": {"kubeconfig": client.kubeconfig(), "proxy": through, "names": "cluster"},
        "no such name": {"kubeconfig": client.kubeconfig(), "proxy": through, "name": "Not_A_Name"},
    }


@pytest.fixture(scope="module")
def proxy(client: Client) -> Iterator[Proxy]:
    """A proxy that asks for a password."""
    with Proxy(client.address, authorization(f"me:{PASSWORD}")) as started:
        yield started


@pytest.fixture(scope="module")
def tasks(client: Client, proxy: Proxy, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The options of each task by its name."""
    return connections(client, tmp_path_factory.mktemp("connections"), proxy)


def leaked(output: str, client: Client) -> list[str]:
    """Return which secrets of the connections an output shows, in any form."""
    secrets = {
        "token": client.token,
        "wrong token": WRONG_TOKEN,
        "key": client.key.read_text(encoding="utf-8"),
        "password of the proxy": PASSWORD,
        "header for the proxy": f"me:{PASSWORD}",
        "password": BASIC_PASSWORD,
        "secret of the plugin": PLUGIN_SECRET,
    }
    return leaks(output, secrets)


def test_no_secret_is_in_a_result(client: Client, tasks: dict[str, dict[str, Any]]) -> None:
    for name, options in tasks.items():
        environment = {"K8S_AUTH_HOST": "", "NO_PROXY": ""}
        outcome = client.lab.start("registry_info", options, environment=environment).outcome()
        assert bool(outcome.result.get("failed")) is name.startswith("no "), (name, outcome.result)
        # Ansible prints them with -vvv.
        assert "module_args" in outcome.result["invocation"], name
        assert leaked(outcome.output, client) == [], name


def test_no_secret_is_printed_at_the_highest_verbosity(
    client: Client, tasks: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    names = ("proxy of the kubeconfig", "no such option", "no user entry")
    # As users have them: in a file of variables, not in the lines of the playbook.
    (tmp_path / "vars.json").write_text(json.dumps({"connections": tasks}), encoding="utf-8")
    plays = [
        {
            "name": name,
            INFO: {option: f"{{{{ connections['{name}']['{option}'] }}}}" for option in tasks[name]},
            "ignore_errors": True,
        }
        for name in names
    ]
    playbook = [{"hosts": "localhost", "gather_facts": False, "tasks": plays}]
    (tmp_path / "playbook.yml").write_text(yaml.safe_dump(playbook, width=1000), encoding="utf-8")
    status, output = attempt(tmp_path, "playbook.yml", "-e@vars.json", "-vvvv", "--diff")
    assert status == 0, output
    assert "ok=3 " in output
    assert "ignored=2 " in output
    # So much of the options is shown that a secret would be seen.
    assert output.count('"module_args"') == len(names)
    assert '"current-context": "sandbox"' in output
    assert leaked(output, client) == []


@pytest.mark.parametrize("option", ["api_key", "kubeconfig", "password", "proxy"])
def test_no_secret_gets_into_the_system_log(option: str) -> None:
    # Ansible writes the options of every module there, but for those that are marked so.
    assert connection_spec()[option]["no_log"] is True
