# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections of the sandbox's own commands to the API server."""

from pathlib import Path

from kubernetes.config import ConfigException, new_client_from_config
from kubernetes.dynamic import DynamicClient
from urllib3.exceptions import HTTPError

from .errors import SandboxError
from .state import StateDirectory


def connect(state: StateDirectory, kubeconfig: Path) -> DynamicClient:
    """Return a client for every kind, for the current context of a kubeconfig.

    What it discovers is kept in the state directory, not in the temporary directory that all users share. Raises
    SandboxError when the kubeconfig cannot be used or its cluster cannot be reached.
    """
    try:
        return DynamicClient(new_client_from_config(str(kubeconfig)), cache_file=str(state.path / "discovery.json"))
    except (ConfigException, HTTPError) as error:
        raise SandboxError(f"cannot reach the cluster of the kubeconfig {kubeconfig}: {error}") from error
