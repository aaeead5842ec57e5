# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections of the sandbox's own commands to the API server."""

from pathlib import Path

from kubernetes import config
from kubernetes.client import ApiClient
from kubernetes.dynamic import DynamicClient

from .state import StateDirectory


def connect(kubeconfig: Path) -> ApiClient:
    """Return a client for the current context of a kubeconfig."""
    return config.new_client_from_config(str(kubeconfig))


def connect_dynamic(state: StateDirectory, kubeconfig: Path) -> DynamicClient:
    """Return a client for every kind; what it discovers is kept in the state directory, not in a shared one."""
    return DynamicClient(connect(kubeconfig), cache_file=str(state.path / "discovery.json"))
