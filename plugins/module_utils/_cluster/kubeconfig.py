# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a kubeconfig, in files or inline, to a connection: what most of them hold, without the client library."""

from __future__ import annotations

import base64
import math
import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from ansible.module_utils.basic import missing_required_lib
from ansible_collections.okd.image_registry.plugins.module_utils._cluster import headers
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.choice import server
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.connection import Connection, Headers, Pem
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import (
    MissingKubeconfig,
    MissingLibrary,
    OpenContext,
    RegistryError,
    UnusableKubeconfig,
)
from ansible_collections.okd.image_registry.plugins.module_utils._secrets import connection as connection_secrets
from ansible_collections.okd.image_registry.plugins.module_utils._secrets import mask as redact

_HELP = "Log in with `oc login`, or give kubeconfig, or host with api_key, or the matching K8S_AUTH_* variables."
_DEFAULT_PATH = "~/.kube/config"
# A kubeconfig of hundreds of clusters has some thousand.
_MOST_VALUES = 100_000
_LISTS = ("clusters", "contexts", "users")


class _Entry(NamedTuple):
    """One cluster, context or user. directory: what the paths in it are relative to, empty for the present one."""

    name: str
    content: dict[str, Any]
    directory: str


def load(
    source: str | dict[str, Any] | None,
    context: str | None,
    persist: bool,
    environment: Mapping[str, str],
    directory: str = "",
    is_one_of_many: bool = False,
) -> Connection:
    """Return the connection that one context of a kubeconfig describes.

    source: path of a file, several of them joined by the system's separator, or the content as a dict; None stands for
    ``KUBECONFIG`` or the default file. context: None for the current one. persist: whether tokens that were refreshed
    are written back. environment: also that of programs that give credentials. directory: what paths are relative to,
    empty for the present one; those in a file are relative to the file. is_one_of_many: whether several clusters are
    one too many, where no context is named. Raises AuthenticationSetupError, and MissingLibrary when the credentials
    are left to a library that is not there.
    """
    paths, documents, where = [], [("", source)], ""
    if not isinstance(source, dict):
        named = _expanded(_path(source, environment), environment)
        looked_at = [os.path.abspath(os.path.join(directory, name)) for name in named]
        told = os.pathsep.join(looked_at)
        paths = [name for name in looked_at if os.path.exists(name)]
        if not paths:
            raise MissingKubeconfig(f"There is no kubeconfig {told}. {_HELP}")
        documents, where = [], f"{told}: "
    try:
        documents += [(path, content) for path in paths if (content := _parsed(path)) is not None]
        if not documents:
            raise ValueError("there is nothing in it")
        # A library merges the files once more, and takes none that is empty.
        used = [path for path, _content in documents if path]
        return _chosen(documents, context, _Plugins(used, persist, environment), directory, is_one_of_many)
    except RegistryError:
        raise
    # Anything may be anywhere in it.
    except Exception as error:
        words = redact.scrub(str(error), connection_secrets.in_kubeconfig([content for _path, content in documents]))
        raise UnusableKubeconfig(f"The kubeconfig cannot be used: {where}{words}. {_HELP}") from None


def is_there(environment: Mapping[str, str], directory: str = "") -> bool:
    """Whether a kubeconfig is named by ``KUBECONFIG``, or the default file exists."""
    return bool(environment.get("KUBECONFIG")) or any(
        os.path.exists(os.path.join(directory, path)) for path in _expanded(_DEFAULT_PATH, environment)
    )


class _Plugins(NamedTuple):
    """What programs and providers that give credentials need besides their entry in the kubeconfig."""

    paths: list[str]
    persist: bool
    environment: Mapping[str, str]


def _path(source: str | None, environment: Mapping[str, str]) -> str:
    path = source or environment.get("KUBECONFIG") or _DEFAULT_PATH
    if connection_secrets.is_document(path):
        raise UnusableKubeconfig(
            "The option kubeconfig holds the text of a kubeconfig. It takes a path or a dictionary. Apply the filter "
            "from_yaml to the text."
        )
    return path


def _expanded(path: str, environment: Mapping[str, str]) -> Iterator[str]:
    for part in filter(None, path.split(os.pathsep)):
        home = environment.get("HOME")
        yield home + part[1:] if home and (part == "~" or part.startswith("~/")) else os.path.expanduser(part)


def _parsed(path: str) -> Any:
    # A host with a token needs no YAML.
    try:
        import yaml
    except ImportError:
        raise MissingLibrary(missing_required_lib("PyYAML", reason="to read a kubeconfig")) from None
    try:
        # From the file: of a text, errors would quote lines.
        with open(path, encoding="utf-8") as file:
            content = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None
    if _size(content, {}) > _MOST_VALUES:
        raise ValueError(f"{path} stands for more than {_MOST_VALUES} values; its aliases (*) repeat too much")
    return content


def _size(value: Any, known: dict[int, float]) -> float:
    """Return how many values a document stands for when each alias is replaced by what it refers to.

    known: the sizes of what has been counted, by identity; infinite while it is being counted, as of a value that
    contains itself.
    """
    if not isinstance(value, (dict, list)):
        return 1
    if id(value) not in known:
        known[id(value)] = math.inf
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_size(part, known) for part in parts)
    return known[id(value)]


def _chosen(
    documents: list[tuple[str, Any]], context: str | None, plugins: _Plugins, directory: str, is_one_of_many: bool
) -> Connection:
    if not all(isinstance(content, dict) for _path, content in documents):
        raise ValueError("it does not hold clusters, users and contexts")
    entries = {name: list(_entries(name, documents, directory)) for name in _LISTS}
    if context is None:
        named = [content["current-context"] for _path, content in documents if content.get("current-context")]
        if not named:
            raise ValueError("Expected key current-context in kubeconfig")
        context = named[0]
        if is_one_of_many and len(set(_servers(entries))) > 1:
            raise OpenContext(os.pathsep.join(plugins.paths) or "the kubeconfig", str(context))
    chosen = _found(entries["contexts"], "contexts", context)
    cluster = _found(entries["clusters"], "clusters", chosen.content.get("cluster"))
    # A user who is not there is nobody, as for the client library.
    name = chosen.content.get("user")
    is_there = name and any(entry["name"] == name for entry, _directory in entries["users"])
    user = _found(entries["users"], "users", name) if is_there else _Entry("", {}, directory)
    return _connection(cluster, user, plugins)


def _entries(kind: str, documents: list[tuple[str, Any]], directory: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the entries of one list of all files, each with its directory; of the same name, the first file has it."""
    seen: set[Any] = set()
    for path, content in documents:
        listed = content.get(kind) or []
        if not isinstance(listed, list) or not all(isinstance(entry, dict) and "name" in entry for entry in listed):
            raise ValueError(f"Expected {kind} to be a list of entries that have names")
        for entry in listed:
            if entry["name"] not in seen:
                yield entry, os.path.dirname(os.path.abspath(path)) if path else directory
        seen.update(entry["name"] for entry in listed)


def _servers(entries: dict[str, list[tuple[dict[str, Any], str]]]) -> Iterator[tuple[Any, ...]]:
    """Yield what tells apart the servers of the clusters that contexts choose."""
    chosen = {(entry.get("context") or {}).get("cluster") for entry, _directory in entries["contexts"]}
    for entry, _directory in entries["clusters"]:
        if entry["name"] in chosen:
            cluster = entry.get("cluster") or {}
            # One address may stand for several servers behind a proxy.
            yield server(str(cluster.get("server"))), cluster.get("proxy-url"), cluster.get("tls-server-name")


def _found(entries: list[tuple[dict[str, Any], str]], kind: str, name: Any) -> _Entry:
    found = [(entry, directory) for entry, directory in entries if entry["name"] == name]
    if len(found) != 1:
        words = "only one object" if found else "object"
        raise ValueError(f"Expected {words} with name {name} in {kind} list")
    ((entry, directory),) = found
    content = entry.get(kind[:-1])
    if not isinstance(content, dict):
        raise ValueError(f"Expected key {kind[:-1]} in {kind}[name={name}]")
    return _Entry(name, content, directory)


def _connection(cluster: _Entry, user: _Entry, plugins: _Plugins) -> Connection:
    address = str(cluster.content.get("server") or "").rstrip("/")
    token, certificate, key = _credentials(cluster, user, plugins)
    ca = None
    if address.startswith("https"):
        ca = _pem(cluster, "certificate-authority")
        if certificate is None:
            certificate, key = _pem(user, "client-certificate"), _pem(user, "client-key")
    else:
        certificate = key = None
    return Connection(
        address=address,
        verify=not cluster.content.get("insecure-skip-tls-verify"),
        ca=ca,
        client_certificate=certificate,
        client_key=key,
        tls_server_name=cluster.content.get("tls-server-name") or "",
        proxy=cluster.content.get("proxy-url") or "",
        headers=(*token, *_impersonation(user.content)),
    )


def _credentials(cluster: _Entry, user: _Entry, plugins: _Plugins) -> tuple[Headers, Pem | None, Pem | None]:
    """Return the header of authentication, if any, and a client certificate with its key if a program gave one."""
    content = user.content
    if content.get("auth-provider"):
        # Imported here because it brings along most of the client library.
        from ansible_collections.okd.image_registry.plugins.module_utils._cluster import plugin

        given = plugin.by_provider(user.name, content, plugins.paths, plugins.persist)
        if given:
            return (("Authorization", given),), None, None
    if token := content.get("token") or _token_in_file(user):
        return (("Authorization", f"Bearer {token}"),), None, None
    if content.get("exec"):
        from ansible_collections.okd.image_registry.plugins.module_utils._cluster import plugin

        status = plugin.by_program(content["exec"], cluster.content, user.directory, plugins.environment)
        if status.get("token"):
            return (("Authorization", f"Bearer {status['token']}"),), None, None
        pair = [Pem("the exec plugin", status[name].encode()) for name in ("clientCertificateData", "clientKeyData")]
        return (), pair[0], pair[1]
    if "username" in content and "password" in content:
        return (("Authorization", headers.basic(f"{content['username']}:{content['password']}")),), None, None
    return (), None, None


def _token_in_file(user: _Entry) -> str:
    name = user.content.get("tokenFile")
    if not name:
        return ""
    with open(os.path.join(user.directory, name), encoding="utf-8") as file:
        return file.read()


def _pem(entry: _Entry, key: str) -> Pem | None:
    data, name = entry.content.get(f"{key}-data"), entry.content.get(key)
    if data:
        try:
            return Pem(f"{key}-data in the kubeconfig", base64.b64decode(data))
        except ValueError:
            raise ValueError(f"{key}-data is no base64") from None
    if not name:
        return None
    path = os.path.normpath(os.path.join(entry.directory, name))
    if not os.path.isfile(path):
        raise ValueError(f"File does not exist: {path}")
    return Pem(path)


def _impersonation(user: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the headers for whom a user acts as."""
    for key, header in (("as", "Impersonate-User"), ("as-uid", "Impersonate-Uid")):
        if user.get(key):
            yield header, str(user[key])
    for group in user.get("as-groups") or []:
        yield "Impersonate-Group", str(group)
    for key, values in (user.get("as-user-extra") or {}).items():
        for value in values:
            yield f"Impersonate-Extra-{quote(key, safe='')}", str(value)
