# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a kubeconfig, in files or inline, to a client configuration."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import AuthenticationSetupError
from ansible_collections.okd.image_registry.plugins.module_utils._secrets import connection as connection_secrets
from ansible_collections.okd.image_registry.plugins.module_utils._secrets import mask as redact

try:
    from kubernetes.config.kube_config import (
        KUBE_CONFIG_DEFAULT_LOCATION,
        ConfigNode,
        KubeConfigLoader,
        KubeConfigMerger,
    )
except ImportError:  # reported by the room that reads the connection options
    ConfigNode = None

_HELP = "Give kubeconfig, or host with api_key, or the matching K8S_AUTH_* variables."


def load(
    source: str | dict[str, Any] | None, context: str | None, persist: bool, configuration: Any
) -> list[tuple[str, str]]:
    """Fill a ``kubernetes.client.Configuration`` from one context of a kubeconfig; return the headers to add to it.

    source: path of a file, several of them joined by the system's separator, or the content as a dict; None stands for
    ``KUBECONFIG`` or the default file. context: None for the current one. persist: whether tokens that were refreshed
    are written back. Raises AuthenticationSetupError.
    """
    content: Any = None
    where = ""
    try:
        persister = None
        if isinstance(source, dict):
            content = ConfigNode("kubeconfig", source)
        else:
            path = _path(source)
            where = f"{path}: "
            files = KubeConfigMerger(path)
            content, persister = files.config, files.save_changes if persist else None
            if content is None:
                raise AuthenticationSetupError(f"There is no kubeconfig {path}. {_HELP}")
        loader = KubeConfigLoader(content, context, config_base_path=None, config_persister=persister)
        _load_logged(loader, configuration)
        chosen = loader.current_context["context"]
        _honour_cluster(_entry(content, "cluster", chosen["cluster"]), configuration)
        return list(_impersonation(_entry(content, "user", chosen.get("user"))))
    except AuthenticationSetupError:
        raise
    # The loader lets through whatever its parsers raise; its own messages repeat the entry that it cannot use.
    except Exception as error:
        said = "it does not hold clusters, users and contexts" if isinstance(error, TypeError) else str(error)
        words = redact.scrub(said, connection_secrets.in_kubeconfig(content))
        raise AuthenticationSetupError(f"The kubeconfig cannot be used: {where}{words}. {_HELP}") from None


def _path(source: str | None) -> str:
    path = source or KUBE_CONFIG_DEFAULT_LOCATION
    if connection_secrets.is_document(path):
        raise AuthenticationSetupError(
            "The option kubeconfig holds the text of a kubeconfig. It takes a path, or a dictionary: apply the filter "
            "from_yaml to the text."
        )
    return path


def _load_logged(loader: Any, configuration: Any) -> None:
    """Load; raise what the loader only logs, namely that an exec plugin gave no credentials."""
    complaints = _Complaints()
    log = logging.getLogger()
    log.addHandler(complaints)
    try:
        loader.load_and_set(configuration)
    finally:
        log.removeHandler(complaints)
    if complaints.messages:
        raise AuthenticationSetupError(
            f"The exec plugin of the kubeconfig gave no credentials: {'; '.join(complaints.messages)}. Run its command "
            "by hand to see what it needs, or give other credentials."
        )


class _Complaints(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def _entry(content: Any, kind: str, name: str | None) -> dict[str, Any]:
    """Return the cluster or user of that name, {} if there is none."""
    everything = ConfigNode("kubeconfig", getattr(content, "value", content))
    if not everything.safe_get(f"{kind}s"):
        return {}
    entry = everything[f"{kind}s"].get_with_name(name, safe=True)
    return (entry and entry.safe_get(kind)) or {}


def _honour_cluster(cluster: dict[str, Any], configuration: Any) -> None:
    """See to what older versions of the client library leave out without a word."""
    proxy, server_name = cluster.get("proxy-url"), cluster.get("tls-server-name")
    if proxy:
        configuration.proxy = proxy
        # As with kubectl, what the environment excepts is excepted from the proxy of the environment only.
        configuration.no_proxy = None
    if server_name and getattr(configuration, "tls_server_name", None) != server_name:
        raise AuthenticationSetupError(
            "The installed Python library kubernetes does not know tls-server-name, which the kubeconfig sets: "
            "install version 28 or newer."
        )


def _impersonation(user: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the headers for whom a user acts as, which the client library leaves out without a word."""
    for key, header in (("as", "Impersonate-User"), ("as-uid", "Impersonate-Uid")):
        if user.get(key):
            yield header, user[key]
    for group in user.get("as-groups") or []:
        yield "Impersonate-Group", group
    for key, values in (user.get("as-user-extra") or {}).items():
        for value in values:
            yield f"Impersonate-Extra-{quote(key, safe='')}", value
