# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From connection options to a connection, with the options and variables of kubernetes.core."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Container, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.kubernetes.core.plugins.module_utils.args_common import (
    AUTH_ARG_SPEC,
    AUTH_PROXY_HEADERS_SPEC,
)
from ansible_collections.okd.image_registry.plugins.module_utils._cluster import (
    choice,
    headers,
    kubeconfig,
    service_account,
)
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.connection import Connection, Headers, Pem
from ansible_collections.okd.image_registry.plugins.module_utils._objects import names
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    AuthenticationSetupError,
    ContraryOptions,
    MissingLibrary,
    UnusableHeader,
)

try:
    import urllib3
except ImportError:  # reported as soon as a connection is asked for
    urllib3 = None

_PEM_OPTIONS = {"ca_cert": "ca", "client_cert": "client_certificate", "client_key": "client_key"}


def options_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the connection options that a task sets."""
    return {name: params[name] for name in AUTH_ARG_SPEC if params.get(name) is not None}


def options_from(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the connection options that ``K8S_AUTH_*`` of an environment set.

    Raises AuthenticationSetupError for a variable that has to be a boolean and is not.
    """
    found = {
        name: _proxy_headers(environment) if name == "proxy_headers" else _from_environment(name, spec, environment)
        for name, spec in AUTH_ARG_SPEC.items()
    }
    return {name: value for name, value in found.items() if value is not None}


def connection_from(
    options: Mapping[str, Any],
    environment: Mapping[str, str],
    directory: str = "",
    by_variable: Container[str] = (),
) -> Connection:
    """Return the connection to the API server.

    A host with credentials is enough by itself. Otherwise the kubeconfig or context that is named is loaded, else the
    default kubeconfig, else the service account of the pod. Options override what was loaded. environment: tells where
    the default kubeconfig, the service account and the proxies are. directory: where relative paths begin, empty for
    the present one. by_variable: the options that the environment gives. Raises AuthenticationSetupError if no
    connection is possible, ContraryOptions if the credentials that were loaded are of another cluster than the host.
    The error does not repeat a credential.
    """
    if urllib3 is None:
        raise MissingLibrary(missing_required_lib("urllib3"))
    is_complete = options.get("host") and choice.gives_credentials(options)
    loaded = Connection("")
    if not is_complete:
        loaded, source = _loaded(options, environment, directory, by_variable)
        _refuse_other_cluster(options, loaded, source, by_variable)
    found = _overridden(loaded, options, directory)
    _check_address(found.address)
    found = _through_proxy(found, options, environment)
    sent = _authentication(options, found) + (_impersonation(options) or _others(found.headers))
    # A token from a file often ends with a line break.
    return dataclasses.replace(found, headers=tuple((name, _checked(name, value.strip())) for name, value in sent))


def _loaded(
    options: Mapping[str, Any], environment: Mapping[str, str], directory: str, by_variable: Container[str]
) -> tuple[Connection, str]:
    """Return what a kubeconfig or the pod says, and how messages name it."""
    path, context = options.get("kubeconfig"), options.get("context")
    if not path and not context and not kubeconfig.is_there(environment, directory):
        in_pod = service_account.connection(environment)
        if in_pod:
            return in_pod, "the service account of the pod"
    persist = bool(options.get("persist_config"))
    # A host that is named chooses the cluster, whatever the context.
    is_one_of_many = bool(environment.get(choice.ONE_OF_MANY)) and not options.get("host")
    loaded = kubeconfig.load(path, context, persist, environment, directory, is_one_of_many)
    named = next((name for name in ("kubeconfig", "context") if options.get(name)), "")
    default = "KUBECONFIG" if environment.get("KUBECONFIG") else "the default kubeconfig"
    return loaded, choice.told(named, by_variable) if named else default


def _refuse_other_cluster(
    options: Mapping[str, Any], loaded: Connection, source: str, by_variable: Container[str]
) -> None:
    """Refuse to send the credentials of one cluster to another, unless the task names both places itself."""
    host = options.get("host")
    by_task = [name for name in choice.PLACES if options.get(name) and name not in by_variable]
    is_meant = "host" in by_task and len(by_task) > 1
    if not host or is_meant or choice.is_same_server(host, loaded.address):
        return
    shown = dataclasses.replace(loaded, address=host).public_address
    raise ContraryOptions(
        f"{choice.told('host', by_variable)} is {shown} without credentials, and those of {source} are for "
        f"{loaded.public_address}. They are not sent to another cluster. Give the host its own, for example api_key, "
        "or leave it out. If both addresses lead to one cluster, give host and kubeconfig as options of the task."
    )


def _overridden(found: Connection, options: Mapping[str, Any], directory: str) -> Connection:
    changes: dict[str, Any] = {}
    if options.get("host"):
        changes["address"] = options["host"].rstrip("/")
    if options.get("validate_certs") is not None:
        changes["verify"] = options["validate_certs"]
    for option, attribute in _PEM_OPTIONS.items():
        if options.get(option):
            changes[attribute] = Pem(os.path.join(directory, options[option]))
    return dataclasses.replace(found, **changes)


def _through_proxy(found: Connection, options: Mapping[str, Any], environment: Mapping[str, str]) -> Connection:
    proxy, exceptions = options.get("proxy") or found.proxy, options.get("no_proxy")
    if not proxy:
        proxy = _variable(f"{found.address.partition(':')[0]}_proxy", environment) or _variable(
            "all_proxy", environment
        )
        # What the environment excepts, it excepts from the proxy of the environment.
        exceptions = _variable("no_proxy", environment) if exceptions is None else exceptions
    if names.has_misplaced_at(proxy):
        raise AuthenticationSetupError(
            "The URL of the proxy, which is not shown here, has an @ behind its host. In user name and password write "
            "/ as %2F, ? as %3F and # as %23."
        )
    sent = dict(_told_to_proxy(options.get("proxy_headers") or {}))
    # urllib3 does not read user and password in the URL.
    user = _parsed(proxy).auth
    if user:
        sent.setdefault("proxy-authorization", headers.basic(unquote(user), " for the proxy"))
    return dataclasses.replace(found, proxy=proxy, no_proxy=exceptions or "", proxy_headers=tuple(sent.items()))


def _told_to_proxy(given: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    for name, header in (("proxy_basic_auth", "proxy-authorization"), ("basic_auth", "authorization")):
        if value := given.get(name):
            yield header, headers.basic(value, " for the proxy")
    if agent := given.get("user_agent"):
        yield "user-agent", agent


def _variable(name: str, environment: Mapping[str, str]) -> str:
    """Return a variable whose name may be in small or capital letters, as with the libraries of Python."""
    return environment.get(name) or environment.get(name.upper()) or ""


def _authentication(options: Mapping[str, Any], found: Connection) -> Headers:
    if options.get("api_key"):
        return (("Authorization", f"Bearer {options['api_key']}"),)
    if options.get("username") and options.get("password"):
        return (("Authorization", headers.basic(f"{options['username']}:{options['password']}")),)
    return tuple((name, value) for name, value in found.headers if name == "Authorization")


def _others(sent: Headers) -> Headers:
    return tuple((name, value) for name, value in sent if name != "Authorization")


def _impersonation(options: Mapping[str, Any]) -> Headers:
    user, groups = options.get("impersonate_user"), options.get("impersonate_groups") or []
    return (*[("Impersonate-User", user)] * bool(user), *(("Impersonate-Group", group) for group in groups))


def _checked(name: str, value: str) -> str:
    if not value.isascii() or not value.isprintable():
        raise UnusableHeader(
            f"The value for the header {name} has line breaks or other characters that a header cannot carry. The "
            "value is not shown here. Check how it reaches the task."
        )
    return value


def _check_address(address: str) -> None:
    parts = _parsed(address)
    if parts.scheme not in ("http", "https") or not parts.host:
        raise AuthenticationSetupError(
            f"The address of the API server is {address!r}. It has to be a URL such as https://api.example.com:6443. "
            "Correct the option host, or server in the kubeconfig."
        )


def _parsed(url: str) -> Any:
    """Return the parts of a URL, none of them if it is not one."""
    try:
        return urllib3.util.parse_url(url)
    except urllib3.exceptions.LocationParseError:
        return urllib3.util.Url()


def _from_environment(name: str, spec: Mapping[str, Any], environment: Mapping[str, str]) -> Any:
    for variable in choice.variables(name):
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
        raise AuthenticationSetupError(
            f"{variable} is {value!r}. It has to be true or false. Correct the variable."
        ) from None


def _proxy_headers(environment: Mapping[str, str]) -> dict[str, Any] | None:
    found = {
        key: _from_environment(f"proxy_headers_{key}", spec, environment)
        for key, spec in AUTH_PROXY_HEADERS_SPEC.items()
    }
    return {key: value for key, value in found.items() if value is not None} or None
