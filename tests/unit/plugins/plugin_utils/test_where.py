# SPDX-License-Identifier: GPL-3.0-or-later
"""The decision where a task runs, as a table."""

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.plugin_utils._where import Circumstances, why_module

IN_THE_WORKER: list[dict[str, Any]] = [
    {},
    {"interpreter": "auto_silent"},
    {"interpreter": "auto_legacy"},
    {"interpreter": "/usr/bin/python3", "is_own": True},
    {"environment": ["K8S_AUTH_HOST", "KUBECONFIG", "HTTPS_PROXY", "NO_PROXY", "HOME"]},
]
AS_A_MODULE: list[tuple[dict[str, Any], str]] = [
    ({"switch": True}, "okd_image_registry_run_as_module is true"),
    (
        {"missing": "ImportError: no urllib3"},
        "the Python of the controller lacks what it needs: ImportError: no urllib3",
    ),
    ({"transport": "ssh"}, "the connection is ssh"),
    ({"become": True}, "it runs as another user (become)"),
    ({"is_async": True}, "it runs in the background (async)"),
    ({"keeps_files": True}, "the files of modules are kept (ANSIBLE_KEEP_REMOTE_FILES)"),
    ({"interpreter": "/opt/ee/bin/python"}, "its interpreter is /opt/ee/bin/python"),
    ({"environment": ["PYTHONPATH", "HOME"]}, "the environment sets PYTHONPATH"),
    ({"environment": ["SSL_CERT_FILE", "LD_PRELOAD"]}, "the environment sets LD_PRELOAD, SSL_CERT_FILE"),
]


@pytest.mark.parametrize("known", IN_THE_WORKER)
def test_in_the_worker(known: dict[str, Any]) -> None:
    assert why_module(Circumstances(**known)) == ""


@pytest.mark.parametrize("known, reason", AS_A_MODULE)
def test_as_a_module(known: dict[str, Any], reason: str) -> None:
    assert why_module(Circumstances(**known)) == reason


def test_what_the_user_asks_for_comes_first() -> None:
    known = {name: value for entry, _reason in reversed(AS_A_MODULE) for name, value in entry.items()}
    assert why_module(Circumstances(**known)) == AS_A_MODULE[0][1]
