# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which values of a connection no output may show, and which it may: pure.

Ansible takes every word of an option that is secret for a secret. Of an inline kubeconfig that would mask words such as
``cluster`` in all results.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from ansible_collections.okd.image_registry.plugins.module_utils._secrets.mask import evident, password_in, texts

_KEYS = {"token", "password", "client-key-data", "access-token", "id-token", "refresh-token", "client-secret"}
# What a kubeconfig may say of a user that is not secret; a key that nobody knows may be a misspelt one.
_PUBLIC = {
    "username",
    "client-certificate",
    "client-certificate-data",
    "client-key",
    "tokenFile",
    "as",
    "as-uid",
    "as-groups",
    "as-user-extra",
    "auth-provider",
    "exec",
}
# Flags and environment variables of exec plugins: most are harmless, the names of the others say so.
_TELLING = re.compile(r"key|token|secret|pass|cred|auth", re.IGNORECASE)


def declared(options: dict[str, Any]) -> set[str]:
    """Return the secrets among the connection options."""
    found = {options[name] for name in ("api_key", "password") if options.get(name)}
    found.update(_in_url(options.get("proxy")))
    for name, value in (options.get("proxy_headers") or {}).items():
        if name != "user_agent" and value:
            found.update((value, value.partition(":")[2] or value))
    kubeconfig = options.get("kubeconfig")
    if isinstance(kubeconfig, str) and is_document(kubeconfig):
        found.add(kubeconfig)
    return found | in_kubeconfig(kubeconfig) | evident(options)


def loaded(headers: Iterable[tuple[str, str]], proxy_headers: Iterable[tuple[str, str]], proxy: str) -> set[str]:
    """Return the secrets in what a connection sends, wherever they came from."""
    found = {value.rpartition(" ")[2] for name, value in headers if name == "Authorization"}
    found.update(value.rpartition(" ")[2] for name, value in proxy_headers if name != "user-agent")
    return {*found, *_in_url(proxy)}


def in_kubeconfig(content: Any) -> set[str]:
    """Return the secrets in the content of a kubeconfig."""
    return set(_below(content, ""))


def is_document(kubeconfig: str) -> bool:
    """Whether a text is a kubeconfig itself, not the path of one."""
    return "\n" in kubeconfig or kubeconfig.lstrip().startswith("{")


def _below(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, dict) and key == "exec":
        yield from _in_exec(value)
    elif isinstance(value, dict) and key == "user":
        for name, below in value.items():
            yield from _below(below, name) if name in _PUBLIC else texts(below)
    elif isinstance(value, dict):
        for name, below in value.items():
            yield from _below(below, name)
    elif isinstance(value, list):
        for item in value:
            yield from _below(item, key)
    elif isinstance(value, str) and key == "proxy-url":
        yield from _in_url(value)
    elif isinstance(value, str) and value and key in _KEYS:
        yield value


def _in_exec(plugin: dict[str, Any]) -> Iterator[str]:
    for variable in plugin.get("env") or []:
        if _TELLING.search(str(variable.get("name"))) and variable.get("value"):
            yield str(variable["value"])
    flag = ""
    for argument in map(str, plugin.get("args") or []):
        name, equals, value = argument.partition("=")
        if name.startswith("-"):
            flag = "" if equals else name
            if value and _TELLING.search(name):
                yield value
        elif _TELLING.search(flag):
            yield argument
            flag = ""


def _in_url(url: str | None) -> Iterator[str]:
    password = password_in(url)
    if password:
        yield from {password, unquote(password)}
