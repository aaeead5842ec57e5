# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From connection options to a client configuration, with the options and variables of kubernetes.core."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from typing import Any

from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.kubernetes.core.plugins.module_utils.args_common import (
    AUTH_ARG_MAP,
    AUTH_ARG_SPEC,
    AUTH_PROXY_HEADERS_SPEC,
)
from ansible_collections.okd.image_registry.plugins.module_utils.errors import (
    AuthenticationSetupError,
    MissingLibrary,
)

try:
    import kubernetes.client
    import kubernetes.config
    import urllib3
except ImportError:  # reported when a connection is asked for
    kubernetes = None

# The names that kubernetes.core gave its options before, still honoured as K8S_AUTH_<NAME>.
_OLDER_NAMES = {option: attribute for attribute, option in AUTH_ARG_MAP.items()}
_IMPERSONATION = {"impersonate_user": "Impersonate-User", "impersonate_groups": "Impersonate-Group"}
_SECRET_KEYS = {"token", "password", "client-key-data", "id-token", "refresh-token", "client-secret", "value"}


def options_from(params: dict[str, Any]) -> dict[str, Any]:
    """Return the connection options that are set, from params first, else from ``K8S_AUTH_*`` variables."""
    chosen = {}
    for name, spec in AUTH_ARG_SPEC.items():
        value = params.get(name)
        if value is None:
            value = _proxy_headers() if name == "proxy_headers" else _from_environment(name, spec)
        if value is not None:
            chosen[name] = value
    return chosen


def secrets_in(options: dict[str, Any]) -> set[str]:
    """Return the values among the connection options that no output may show.

    An inline kubeconfig gives its credentials only: marking every string of it as secret would mask words such as
    ``cluster`` in all results.
    """
    found = {options[name] for name in ("api_key", "password") if options.get(name)}
    found.update(value for name, value in options.get("proxy_headers", {}).items() if name != "user_agent" and value)
    found.update(_secrets_below(options.get("kubeconfig")))
    return found


def configuration_from(options: dict[str, Any]) -> Any:
    """Return a ``kubernetes.client.Configuration``.

    A host with credentials is enough by itself; otherwise a kubeconfig or context is loaded if one is named, else the
    pod's service account, else the default kubeconfig. Options override what was loaded.
    """
    if kubernetes is None:
        raise MissingLibrary(missing_required_lib("kubernetes"))
    try:
        configuration = _loaded(options)
    except Exception as error:
        raise AuthenticationSetupError(
            f"No connection to the cluster could be set up from the connection options: {error} "
            "Give kubeconfig, or host with api_key, or the matching K8S_AUTH_* variables."
        ) from error
    for attribute, name in AUTH_ARG_MAP.items():
        value = options.get(name)
        if value is None or attribute in ("kubeconfig", "context", "persist_config"):
            continue
        if name == "api_key":
            configuration.api_key = {"authorization": f"Bearer {value}"}
        elif name == "proxy_headers":
            configuration.proxy_headers = urllib3.util.make_headers(**value)
        elif name == "host":
            configuration.host = value.rstrip("/")
        else:
            setattr(configuration, attribute, value)
    if not configuration.verify_ssl:
        warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
    return configuration


def headers_from(options: dict[str, Any], configuration: Any) -> list[tuple[str, str]]:
    """Return the headers of authentication and impersonation; a header may come more than once."""
    headers = [
        (setting["key"], setting["value"])
        for setting in configuration.auth_settings().values()
        if setting["in"] == "header" and setting["value"]
    ]
    if configuration.username and configuration.password and not headers:
        headers.append(("Authorization", configuration.get_basic_auth_token()))
    for name, header in _IMPERSONATION.items():
        values = options.get(name) or []
        headers += [(header, value) for value in ([values] if isinstance(values, str) else values)]
    return headers


def _loaded(options: dict[str, Any]) -> Any:
    if options.get("host") and any(
        all(options.get(name) for name in pair)
        for pair in (("api_key",), ("username", "password"), ("client_cert", "client_key"))
    ):
        return kubernetes.client.Configuration()
    configuration = kubernetes.client.Configuration()
    kubeconfig, context = options.get("kubeconfig"), options.get("context")
    if not kubeconfig and not context:
        try:
            kubernetes.config.load_incluster_config(client_configuration=configuration)
            return configuration
        except kubernetes.config.ConfigException:
            pass
    loading = {"context": context, "client_configuration": configuration}
    if isinstance(kubeconfig, dict):
        kubernetes.config.load_kube_config_from_dict(config_dict=kubeconfig, **loading)
    else:
        persist = options.get("persist_config")
        if persist is not None:
            loading["persist_config"] = persist
        kubernetes.config.load_kube_config(config_file=kubeconfig, **loading)
    return configuration


def _from_environment(name: str, spec: dict[str, Any]) -> Any:
    for variable in (name, _OLDER_NAMES.get(name, name)):
        value = os.environ.get(f"K8S_AUTH_{variable.upper()}")
        if not value:
            continue
        if spec.get("type") == "bool":
            return boolean(value)
        if spec.get("type") == "list":
            return [item for item in value.split(",") if item]
        return value
    return None


def _proxy_headers() -> dict[str, Any] | None:
    found = {
        key: _from_environment(f"proxy_headers_{key}", spec)
        for key, spec in AUTH_PROXY_HEADERS_SPEC.items()
        if _from_environment(f"proxy_headers_{key}", spec) is not None
    }
    return found or None


def _secrets_below(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _secrets_below(below, name)
    elif isinstance(value, list):
        for item in value:
            yield from _secrets_below(item, key)
    elif isinstance(value, str) and key in _SECRET_KEYS and value:
        yield value
