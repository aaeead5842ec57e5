# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From connection options to a client configuration, with the options and variables of kubernetes.core."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.kubernetes.core.plugins.module_utils.args_common import (
    AUTH_ARG_MAP,
    AUTH_ARG_SPEC,
    AUTH_PROXY_HEADERS_SPEC,
)
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.library import Configuration
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    AuthenticationSetupError,
    MissingLibrary,
)

try:
    import urllib3
except ImportError:  # the library that needs it is reported instead
    urllib3 = None

# The names that kubernetes.core gave its options before, still honoured as K8S_AUTH_<NAME>.
_OLDER_NAMES = {option: attribute for attribute, option in AUTH_ARG_MAP.items()}
_CREDENTIALS = (("api_key",), ("username", "password"), ("client_cert", "client_key"))


def options_from(params: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the connection options that are set, from params first, else from ``K8S_AUTH_*`` of environment.

    Raises AuthenticationSetupError for a variable that is no boolean and has to be.
    """
    chosen = {}
    for name, spec in AUTH_ARG_SPEC.items():
        value = params.get(name)
        if value is None:
            value = (
                _proxy_headers(environment) if name == "proxy_headers" else _from_environment(name, spec, environment)
            )
        if value is not None:
            chosen[name] = value
    return chosen


def connection_from(options: dict[str, Any], environment: Mapping[str, str]) -> tuple[Any, list[tuple[str, str]]]:
    """Return a ``kubernetes.client.Configuration``, and the headers of authentication and impersonation.

    A header may come more than once. A host with credentials is enough by itself; otherwise a kubeconfig or context is
    loaded if one is named, else the pod's service account, else the default kubeconfig. Options override what was
    loaded. Raises AuthenticationSetupError if no connection can come of it, without repeating what was given as a
    credential.
    """
    if Configuration is None:
        raise MissingLibrary(missing_required_lib("kubernetes"))
    configuration = Configuration()
    acting_as: list[tuple[str, str]] = []
    if not options.get("host") or not _give_credentials(options):
        acting_as = _load(options, environment, configuration)
        _check_host(configuration.host)
    # Whenever a token is read, this hook would set everything back to what was loaded.
    configuration.refresh_api_key_hook = None
    _override(configuration, options)
    _pass_on_proxy_user(configuration)
    _check_files(configuration)
    if not configuration.verify_ssl:
        warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
    headers = _authentication(options, configuration) + (_impersonation(options) or acting_as)
    # A token from a file often ends with a line break.
    return configuration, [(name, _header_value(name, str(value).strip())) for name, value in headers]


def _authentication(options: dict[str, Any], configuration: Any) -> list[tuple[str, str]]:
    if configuration.username and configuration.password and not options.get("api_key"):
        return [("authorization", configuration.get_basic_auth_token())]
    settings = configuration.auth_settings().values()
    return [(setting["key"], setting["value"]) for setting in settings if setting["value"]]


def _impersonation(options: dict[str, Any]) -> list[tuple[str, str]]:
    user, groups = options.get("impersonate_user"), options.get("impersonate_groups") or []
    return [("Impersonate-User", user)] * bool(user) + [("Impersonate-Group", group) for group in groups]


def _header_value(name: str, value: str) -> str:
    if not value.isascii() or not value.isprintable():
        raise AuthenticationSetupError(
            f"What was given for the header {name} has line breaks or other characters that a header cannot carry. It "
            "is not shown here; check how it reaches the task."
        )
    return value


def _give_credentials(options: dict[str, Any]) -> bool:
    return any(all(options.get(name) for name in group) for group in _CREDENTIALS)


def _load(options: dict[str, Any], environment: Mapping[str, str], configuration: Any) -> list[tuple[str, str]]:
    # Imported here because the loaders bring along most of the library, which a host with a token does without.
    from ansible_collections.okd.image_registry.plugins.module_utils._cluster import kubeconfig
    from kubernetes.config.config_exception import ConfigException
    from kubernetes.config.incluster_config import load_incluster_config

    if not options.get("kubeconfig") and not options.get("context"):
        try:
            load_incluster_config(client_configuration=configuration)
            return []
        except ConfigException:
            pass
    persist = bool(options.get("persist_config"))
    source = options.get("kubeconfig") or environment.get("KUBECONFIG")
    return kubeconfig.load(source, options.get("context"), persist, configuration)


def _override(configuration: Any, options: dict[str, Any]) -> None:
    for attribute, name in AUTH_ARG_MAP.items():
        value = options.get(name)
        if value is None or attribute in ("kubeconfig", "context", "persist_config"):
            continue
        if name == "api_key":
            configuration.api_key = {"authorization": f"Bearer {value}"}
        elif name == "proxy_headers":
            configuration.proxy_headers = _headers_of(**value)
        elif name == "host":
            _check_host(value)
            configuration.host = value.rstrip("/")
        elif name == "proxy":
            configuration.proxy = value
            # What the environment excepts, it excepts from the proxy of the environment. An option is set after this.
            configuration.no_proxy = None
        else:
            setattr(configuration, attribute, value)


def _pass_on_proxy_user(configuration: Any) -> None:
    """Put the user and password of the proxy's URL into a header: urllib3 does not read them there."""
    known = configuration.proxy_headers or {}
    user = _parsed(configuration.proxy).auth
    if user and "proxy-authorization" not in known:
        configuration.proxy_headers = {**known, **_headers_of(proxy_basic_auth=unquote(user))}


def _headers_of(**credentials: str | None) -> dict[str, str]:
    try:
        headers: dict[str, str] = urllib3.util.make_headers(**credentials)
        return headers
    except UnicodeEncodeError:
        raise AuthenticationSetupError(
            "The user or password for the proxy has characters beyond Latin-1, which a header cannot carry."
        ) from None


def _check_host(host: str) -> None:
    address = _parsed(host)
    if address.scheme not in ("http", "https") or not address.host:
        raise AuthenticationSetupError(
            f"The address of the API server is {host!r}. It has to be a URL such as https://api.example.com:6443: "
            "correct the option host, or server in the kubeconfig."
        )


def _parsed(url: str | None) -> Any:
    """Return the parts of a URL, none of them if it is not one."""
    try:
        return urllib3.util.parse_url(url or "")
    except urllib3.exceptions.LocationParseError:
        return urllib3.util.Url()


def _check_files(configuration: Any) -> None:
    """Read what a TLS handshake would read: there, a file that is missing looks like a server that is away."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority, certificate, key = configuration.ssl_ca_cert, configuration.cert_file, configuration.key_file
    reading = ""
    try:
        if authority:
            reading = f"CA certificates (ca_cert) cannot be read from {authority}"
            context.load_verify_locations(authority)
        if certificate:
            reading = f"client certificate (client_cert) or its key (client_key) cannot be read from {certificate}"
            reading += f" and {key}" if key else ""
            # An empty passphrase makes an encrypted key an error; with none, OpenSSL would ask for it.
            context.load_cert_chain(certificate, key, password="")
    except (OSError, ValueError) as error:
        raise AuthenticationSetupError(f"The {reading}: {error}.") from error


def _from_environment(name: str, spec: dict[str, Any], environment: Mapping[str, str]) -> Any:
    for known_as in (name, _OLDER_NAMES.get(name, name)):
        variable = f"K8S_AUTH_{known_as.upper()}"
        value = environment.get(variable)
        if not value:
            continue
        if spec.get("type") == "bool":
            return _truth(variable, value)
        if spec.get("type") == "list":
            return [item for item in value.split(",") if item]
        return value
    return None


def _truth(variable: str, value: str) -> bool:
    try:
        return bool(boolean(value))
    except TypeError:
        raise AuthenticationSetupError(f"{variable} is {value!r}; it has to be true or false.") from None


def _proxy_headers(environment: Mapping[str, str]) -> dict[str, Any] | None:
    found = {
        key: _from_environment(f"proxy_headers_{key}", spec, environment)
        for key, spec in AUTH_PROXY_HEADERS_SPEC.items()
    }
    return {key: value for key, value in found.items() if value is not None} or None
