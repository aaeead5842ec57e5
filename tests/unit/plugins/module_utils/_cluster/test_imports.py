# SPDX-License-Identifier: GPL-3.0-or-later
"""What connecting imports, each time in a process that has imported nothing yet: it is paid for in every run."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.builders import kubeconfig

COLLECTIONS = Path(__file__).parents[5] / ".collections"
ROOM = "ansible_collections.okd.image_registry.plugins.module_utils._cluster"
CLIENT_LIBRARY = ("kubernetes.config.kube_config", "kubernetes.client.models", "oauthlib", "requests")
START = f"""
import sys
from {ROOM} import auth, client, transport

def connect(**options):
    transport.Http(auth.connection_from(options, {{}}))

def absent(*names):
    assert not [name for name in names if name in sys.modules]
"""
HOST = 'connect(host="https://127.0.0.1:6443", api_key="t0ken")'
INLINE = f"connect(kubeconfig={kubeconfig()!r})"
VERSION = "client.authentication.k8s.io/v1"
ANSWER = json.dumps({"apiVersion": VERSION, "kind": "ExecCredential", "status": {"token": "t0ken"}})
PROVIDER = {"auth-provider": {"name": "none"}}
PROGRAM = {"exec": {"apiVersion": VERSION, "command": "echo", "args": [ANSWER], "interactiveMode": "Never"}}


def run(directory: Path, program: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(COLLECTIONS)}
    command = [sys.executable, "-c", START + program]
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("program", [HOST, INLINE], ids=["host and token", "inline kubeconfig"])
def test_without_a_file_nothing_but_urllib3_is_needed(tmp_path: Path, program: str) -> None:
    run(tmp_path, f"{program}\nabsent('yaml', *{CLIENT_LIBRARY})")


def test_a_plain_kubeconfig_does_without_the_client_library(tmp_path: Path) -> None:
    document = kubeconfig({"username": "me", "password": "pa55"})
    (tmp_path / "kubeconfig").write_text(json.dumps(document), encoding="utf-8")
    run(tmp_path, f"connect(kubeconfig='kubeconfig')\nabsent(*{CLIENT_LIBRARY})")


@pytest.mark.parametrize("user", [PROVIDER, PROGRAM], ids=["provider", "program"])
def test_only_a_provider_or_program_brings_it_along(tmp_path: Path, user: dict[str, Any]) -> None:
    program = f"connect(kubeconfig={kubeconfig(user)!r})"
    run(tmp_path, f"{program}\nassert 'kubernetes.config.kube_config' in sys.modules")


@pytest.mark.parametrize("module", ["transport", "auth", "tls", "kubeconfig", "plugin"])
def test_a_library_that_is_missing_is_no_error_yet(tmp_path: Path, module: str) -> None:
    """Only who connects reports it: an action plugin imports all of this on the controller."""
    missing = "import sys\nsys.modules.update(dict.fromkeys(['urllib3', 'kubernetes', 'yaml']))\n"
    program = f"""
from importlib import import_module
import_module("{ROOM}.{module}")
from {ROOM} import auth
try:
    auth.connection_from({{"host": "https://127.0.0.1:6443", "api_key": "t0ken"}}, {{}})
except Exception as error:
    assert "Failed to import the required Python library (urllib3)" in str(error), error
else:
    raise AssertionError
"""
    environment = {**os.environ, "PYTHONPATH": str(COLLECTIONS)}
    command = [sys.executable, "-c", missing + program]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
