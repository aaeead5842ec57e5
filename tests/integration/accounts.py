# SPDX-License-Identifier: GPL-3.0-or-later
"""The accounts of docs/rbac: tokens and kubeconfigs for them, as an administrator makes them."""

import json
from pathlib import Path

from tests.integration.api import Api, Document

NAMESPACE = "registry-automation"
MANAGER, READER = "manager", "reader"
# Longer than any run of the tests.
TOKEN_SECONDS = 4 * 3600


def user(account: str) -> str:
    """Return the name by which the API server knows an account."""
    return f"system:serviceaccount:{NAMESPACE}:{account}"


def token(api: Api, account: str) -> str:
    """Return a new token of an account."""
    path = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/{account}/token"
    made: str = api.create(path, {"spec": {"expirationSeconds": TOKEN_SECONDS}})["status"]["token"]
    return made


def kubeconfig(api: Api, credentials: Document, /, **cluster: object) -> Document:
    """Return a kubeconfig for the sandbox.

    credentials: what it says of its user; cluster: what it says of its cluster besides address and CA.
    """
    server = {"server": api.server, "certificate-authority": str(api.authority), **cluster}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "sandbox",
        "clusters": [{"name": "sandbox", "cluster": server}],
        "users": [{"name": "user", "user": credentials}],
        "contexts": [{"name": "sandbox", "context": {"cluster": "sandbox", "user": "user"}}],
    }


def write_kubeconfig(api: Api, account: str, directory: Path) -> Path:
    """Write the kubeconfig of an account into a directory; return its path."""
    path = directory / f"{account}.kubeconfig"
    path.write_text(json.dumps(kubeconfig(api, {"token": token(api, account)})), encoding="utf-8")
    path.chmod(0o600)
    return path
