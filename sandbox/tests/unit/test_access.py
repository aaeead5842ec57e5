# SPDX-License-Identifier: GPL-3.0-or-later
"""The token file and the kubeconfigs."""

import csv
import json
import stat
from pathlib import Path

from sandbox.access import write_access
from sandbox.state import StateDirectory


def test_files_hold_the_tokens_of_their_users_and_are_private(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    state.certificates.mkdir()
    (state.certificates / "ca.crt").write_text("authority")

    write_access(state, "https://127.0.0.1:6443")

    tokens = {user: token for token, user, _uid, _groups in csv.reader(state.tokens.read_text().splitlines())}
    assert len(set(tokens.values())) == len(tokens) == 5
    for path, contexts in (
        (state.kubeconfig, {"sandbox": "admin", "sandbox-viewer": "viewer", "sandbox-nobody": "nobody"}),
        (state.control_kubeconfig, {"sandbox": "sandbox-control"}),
        (state.standin_kubeconfig, {"sandbox": "sandbox-standin"}),
    ):
        document = json.loads(path.read_text())
        assert document["current-context"] == "sandbox"
        assert {entry["name"]: entry["context"]["user"] for entry in document["contexts"]} == contexts
        assert {entry["name"]: entry["user"]["token"] for entry in document["users"]} == {
            user: tokens[user] for user in contexts.values()
        }
        assert document["clusters"][0]["cluster"]["server"] == "https://127.0.0.1:6443"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(state.tokens.stat().st_mode) == 0o600
