# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials from programs and providers."""

from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.okd.image_registry.plugins.module_utils._cluster import kubeconfig, plugin
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    AuthenticationSetupError,
    MissingLibrary,
)

from tests.unit.builders import kubeconfig as document

VERSION = "client.authentication.k8s.io/v1"


def program(directory: Path, script: str, **more: Any) -> dict[str, Any]:
    """Return a user whose credentials come from a shell script."""
    path = directory / "program"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(stat.S_IRWXU)
    return {"exec": {"apiVersion": VERSION, "command": str(path), "interactiveMode": "Never", **more}}


def says(**status: str) -> str:
    """Return the script that gives credentials; it may use variables."""
    answer = json.dumps({"apiVersion": VERSION, "kind": "ExecCredential", "status": status})
    return f"cat <<EOF\n{answer}\nEOF"


def test_a_program_finds_the_variables_of_the_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROFILE", "of-the-process")
    own = [{"name": "OWN", "value": "own"}]
    user = program(tmp_path, says(token="$PROFILE-$OWN"), env=own)
    found = kubeconfig.load(document(user), None, False, {"PROFILE": "of-the-task", "OWN": "overridden"})
    assert found.headers == (("Authorization", "Bearer of-the-task-own"),)


def test_a_certificate_of_a_program_is_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    user = program(tmp_path, says(clientCertificateData="the certificate", clientKeyData="the key"))
    found = kubeconfig.load(document(user), None, False, {})
    assert found.client_certificate and found.client_key
    assert (found.client_certificate.content, found.client_key.content) == (b"the certificate", b"the key")
    assert found.headers == ()
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_program_that_does_not_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin, "_PROGRAM_SECONDS", 0.2)
    end = tmp_path / "end"
    os.mkfifo(end)
    user = program(tmp_path, f"read -r _ <{end}")
    with pytest.raises(AuthenticationSetupError, match="it has not ended after 0 seconds"):
        kubeconfig.load(document(user), None, False, {})
    with end.open("w", encoding="utf-8") as written:
        written.write("\n")


def test_a_token_that_is_there_needs_no_program(tmp_path: Path) -> None:
    user = {"token": "t0ken", **program(tmp_path, "exit 1")}
    assert kubeconfig.load(document(user), None, False, {}).headers == (("Authorization", "Bearer t0ken"),)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo log in first >&2; exit 3", "exec: process returned 3. log in first"),
        ("echo nonsense", "exec: failed to decode process output"),
        (says(), "exec: missing token or clientCertificateData and clientKeyData in plugin output"),
        (says(clientCertificateData="c"), "exec: missing token or clientCertificateData and clientKeyData"),
        ("echo $TOKEN >&2; exit 1", "exec: process returned 1"),
    ],
)
def test_a_program_that_gives_nothing(tmp_path: Path, script: str, said: str) -> None:
    user = program(tmp_path, script, env=[{"name": "TOKEN", "value": "s3cret-value"}])
    with pytest.raises(AuthenticationSetupError) as caught:
        kubeconfig.load(document(user), None, False, {})
    assert str(caught.value).startswith(f"The exec plugin of the kubeconfig gave no credentials: {said}")
    assert "s3cret" not in str(caught.value)


def token(claims: dict[str, Any]) -> str:
    """Return an identity token, unsigned."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims)]
    return ".".join([*parts, "signature"])


@pytest.mark.parametrize("given", ["inline", "files"])
def test_a_provider(tmp_path: Path, given: str) -> None:
    identity = token({"exp": 4_000_000_000})
    source: Any = document({"auth-provider": {"name": "oidc", "config": {"id-token": identity}}})
    if given == "files":
        (tmp_path / "kubeconfig").write_text(yaml.safe_dump(source), encoding="utf-8")
        (tmp_path / "empty").touch()
        source = f"{tmp_path}/empty:{tmp_path}/kubeconfig"
    found = kubeconfig.load(source, None, True, {})
    assert found.headers == (("Authorization", f"Bearer {identity}"),)


def test_a_provider_whose_token_is_refreshed_by_a_program_writes_it_back(tmp_path: Path) -> None:
    answer = {"credential": {"access_token": "new", "token_expiry": "2100-01-01T00:00:00Z"}}
    script = program(tmp_path, f"echo '{json.dumps(answer)}'")["exec"]["command"]
    config = {"access-token": "old", "expiry": "2000-01-01T00:00:00Z", "cmd-path": script}
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump(document({"auth-provider": {"name": "gcp", "config": config}})), encoding="utf-8")
    for persist, kept in ((False, "old"), (True, "new")):
        found = kubeconfig.load(str(path), None, persist, {})
        assert found.headers == (("Authorization", "Bearer new"),)
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert written["users"][0]["user"]["auth-provider"]["config"]["access-token"] == kept


@pytest.mark.parametrize(
    "user", [{"exec": {"apiVersion": VERSION, "command": "a"}}, {"auth-provider": {"name": "oidc"}}]
)
def test_without_the_library_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, user: dict[str, Any]) -> None:
    monkeypatch.setattr(plugin, "Configuration", None)
    with pytest.raises(MissingLibrary, match=r"\(kubernetes\).* for a kubeconfig that leaves the credentials"):
        kubeconfig.load(document(user), None, False, {})
