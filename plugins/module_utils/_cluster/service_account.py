# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service account of a pod, which the kubelet puts into its files and variables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ansible_collections.okd.image_registry.plugins.module_utils._cluster.connection import Connection, Pem

_DIRECTORY = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def connection(environment: Mapping[str, str]) -> Connection | None:
    """Return the connection of the pod in which this runs, None if it runs in none or has no service account."""
    host, port = environment.get("KUBERNETES_SERVICE_HOST"), environment.get("KUBERNETES_SERVICE_PORT")
    if not host or not port:
        return None
    authority = _DIRECTORY / "ca.crt"
    try:
        token = (_DIRECTORY / "token").read_text(encoding="utf-8").strip()
        if not token or not authority.read_bytes():
            return None
    except OSError:
        return None
    name = f"[{host}]" if ":" in host else host
    return Connection(f"https://{name}:{port}", ca=Pem(str(authority)), headers=(("Authorization", f"Bearer {token}"),))
