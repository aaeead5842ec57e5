# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may talk to the API server: the token file and the kubeconfigs made from it."""

import base64
import json
import os
import secrets
from pathlib import Path

from .state import StateDirectory

# User name -> group. The administrator and the two users of the sandbox itself may do everything; `viewer` gets the
# ClusterRole cluster-reader from the manifests; nothing is bound to `nobody`.
CONTROL_USER = "sandbox-control"
STANDIN_USER = "sandbox-standin"
USERS = {
    "admin": "system:masters",
    CONTROL_USER: "system:masters",
    STANDIN_USER: "system:masters",
    "viewer": "sandbox:viewers",
    "nobody": "sandbox:nobodies",
}
# Context name -> user, for the kubeconfig that users and tests get. The first one is current.
CONTEXTS = {"sandbox": "admin", "sandbox-viewer": "viewer", "sandbox-nobody": "nobody"}


def write_access(state: StateDirectory, server: str) -> None:
    """Make new tokens and write the token file and the kubeconfigs for the API server at the URL `server`."""
    tokens = {user: secrets.token_hex(32) for user in USERS}
    rows = [f"{token},{user},{user},{USERS[user]}\n" for user, token in tokens.items()]
    _write_private(state.tokens, "".join(rows))
    authority = (state.certificates / "ca.crt").read_bytes()
    for path, contexts in (
        (state.kubeconfig, CONTEXTS),
        (state.control_kubeconfig, {"sandbox": CONTROL_USER}),
        (state.standin_kubeconfig, {"sandbox": STANDIN_USER}),
    ):
        # JSON is YAML, so a kubeconfig may be written as JSON.
        _write_private(path, json.dumps(kubeconfig(server, authority, contexts, tokens), indent=2))


def kubeconfig(server: str, authority: bytes, contexts: dict[str, str], tokens: dict[str, str]) -> dict[str, object]:
    """Return a kubeconfig with one cluster named `sandbox`; the first context is the current one."""
    cluster = {"server": server, "certificate-authority-data": base64.b64encode(authority).decode()}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": next(iter(contexts)),
        "clusters": [{"name": "sandbox", "cluster": cluster}],
        "users": [{"name": user, "user": {"token": tokens[user]}} for user in contexts.values()],
        "contexts": [
            {"name": name, "context": {"cluster": "sandbox", "user": user}} for name, user in contexts.items()
        ],
    }


def _write_private(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
