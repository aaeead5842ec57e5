# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials that a kubeconfig leaves to a program or to a provider: by the client library."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Mapping
from typing import Any, Callable

from ansible.module_utils.basic import missing_required_lib
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    MissingLibrary,
    NoPluginCredentials,
)
from ansible_collections.okd.image_registry.plugins.module_utils._secrets import connection as connection_secrets
from ansible_collections.okd.image_registry.plugins.module_utils._secrets import mask as redact

try:
    from kubernetes.client import Configuration
    from kubernetes.config.exec_provider import ExecProvider
    from kubernetes.config.kube_config import ConfigNode, KubeConfigLoader, KubeConfigMerger
except ImportError:  # reported as soon as it is needed
    Configuration = None

# It may log in over the network. Nobody is there whom it could ask.
_PROGRAM_SECONDS = 60.0


def by_program(
    execution: dict[str, Any], cluster: dict[str, Any], directory: str, environment: Mapping[str, str]
) -> dict[str, str]:
    """Return what the program says: a ``token``, or ``clientCertificateData`` with ``clientKeyData``.

    execution: ``exec`` of a user. directory: where it is run, empty for the present one. environment: what the program
    finds besides its own variables. Raises NoPluginCredentials if it gives nothing.
    """
    _need_library()
    variables = [{"name": name, "value": value} for name, value in environment.items()]
    complete = {**execution, "env": variables + (execution.get("env") or [])}
    try:
        provider = ExecProvider(ConfigNode("exec", complete), directory, ConfigNode("cluster", cluster))
        status: dict[str, str] = _in_time(provider.run)
        if not status.get("token") and not (status.get("clientCertificateData") and status.get("clientKeyData")):
            raise ValueError("exec: missing token or clientCertificateData and clientKeyData in plugin output")
    # The library lets through whatever its parsers and the start of the program raise.
    except Exception as error:
        words = redact.scrub(str(error), connection_secrets.in_kubeconfig({"exec": execution}))
        raise NoPluginCredentials(
            f"The exec plugin of the kubeconfig gave no credentials: {words}. Run its command by hand to see what it "
            "needs, or give other credentials."
        ) from None
    return status


def _in_time(run: Callable[[], Any]) -> Any:
    """Return what a function of the library returns, which knows no limit; TimeoutError after a while."""
    ended: queue.SimpleQueue[tuple[Any, Exception | None]] = queue.SimpleQueue()

    def work() -> None:
        try:
            ended.put((run(), None))
        except Exception as error:
            ended.put((None, error))

    threading.Thread(target=work, daemon=True).start()
    try:
        result, failure = ended.get(timeout=_PROGRAM_SECONDS)
    except queue.Empty:
        raise TimeoutError(f"it has not ended after {_PROGRAM_SECONDS:.0f} seconds") from None
    if failure:
        raise failure
    return result


def by_provider(name: str, user: dict[str, Any], paths: list[str], persist: bool) -> str:
    """Return the header of authentication that the provider (``auth-provider``) of a user gives, "" if none.

    name: of the user. paths: files of the kubeconfig, none when it is inline. persist: whether a token that was
    refreshed is written back. Raises ValueError.
    """
    _need_library()
    files = KubeConfigMerger(os.pathsep.join(paths)) if paths else None
    # That of the files, so that what the loader changes in it can be written back to them.
    node = files.config["users"].get_with_name(name) if files else ConfigNode("user", {"name": name, "user": user})
    # Without the rest of the entry, of which the loader would leave a key in a temporary file.
    content = {
        "current-context": "context",
        "contexts": [{"name": "context", "context": {"cluster": "cluster", "user": name}}],
        "clusters": [{"name": "cluster", "cluster": {"server": "http://localhost"}}],
        "users": [node],
    }
    configuration = Configuration()
    try:
        persister = files.save_changes if files and persist else None
        loader = KubeConfigLoader(content, config_base_path=None, config_persister=persister)
        loader.load_and_set(configuration)
    except Exception as error:
        raise ValueError(str(error)) from None
    keys = configuration.api_key
    return str(keys.get("BearerToken") or keys.get("authorization") or "")


def _need_library() -> None:
    if Configuration is None:
        reason = "for a kubeconfig that leaves the credentials to a program or a provider"
        raise MissingLibrary(missing_required_lib("kubernetes", reason=reason))
