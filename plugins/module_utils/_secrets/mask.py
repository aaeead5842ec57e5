# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which values are secret, and how they are kept out of every output."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from ansible_collections.okd.image_registry.plugins.module_utils._objects.compare import Path
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    PASSWORD_URLS,
    PUBLIC_KEYS,
    SECRET,
    SECRET_FIELDS,
)

HIDDEN = "<hidden>"
OLD, NEW = "<hidden: old value>", "<hidden: new value>"

# Shorter values of the cluster's own would mask parts of ordinary words; what the user passes is masked at any length.
_SHORTEST = 8


_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----\n?", re.DOTALL)
_TELLING = re.compile(r"credential|secret|password|token|api_key|access_key|private", re.IGNORECASE)
_FIELD = re.compile(r"[a-z][A-Za-z]*(_[a-z]+)*")
_PUBLIC_OPTIONS = frozenset({"username", "application_credential_id", "application_credential_name"})


def mask_pair(kind: str, before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two states of an object with secret values replaced by marks that still tell whether they differ."""
    return _masked(kind, before, after, OLD), _masked(kind, after, before, NEW)


def mask(kind: str, source: dict[str, Any]) -> dict[str, Any]:
    """Return an object with its secret values hidden."""
    return mask_pair(kind, source, source)[0]


def values_declared(options: dict[str, Any]) -> set[str]:
    """Return the secret values among the options of a module: credentials of every backend, keys of routes."""
    backends = [keys for keys in (options.get("credentials") or {}).values() if isinstance(keys, dict)]
    values = {
        value
        for keys in backends
        for option, value in keys.items()
        if isinstance(value, str) and option not in _PUBLIC_OPTIONS
    }
    values |= {options.get("http_secret") or ""}
    values |= {password_in(url) for url in (options.get("proxies") or {}).values()}
    values |= {route["tls"]["key"] for route in options.get("routes") or [] if route.get("tls")}
    # A private key may have come into an option that is meant for a certificate.
    values |= {key for text in _texts(options) for key in _PRIVATE_KEY.findall(text)}
    return {value for value in values if value.strip()}


def values_misplaced(options: dict[str, Any]) -> set[str]:
    """Return what may be secret among options that Ansible refuses: misspelt, unknown or of another type."""
    suspects = {name: value for name, value in options.items() if _TELLING.search(name)}
    if isinstance(suspects.get("credentials"), dict):
        suspects["credentials"] = {**suspects["credentials"], "state": None}
    keys = {key for text in _texts(options) for key in _PRIVATE_KEY.findall(text)}
    passwords = {password_in(text) for text in _texts(options)}
    return {text for text in {*_texts(suspects), *keys, *passwords} if text.strip()}


def values_in(kind: str, source: dict[str, Any]) -> set[str]:
    """Return the secret values of an object, those of a Secret decoded."""
    leaves = _secret_leaves(kind, source)
    values = {value for path, value in leaves if isinstance(value, str) and path[-1] not in PUBLIC_KEYS}
    if kind == SECRET.kind:
        values |= {_decoded(value) for value in values}
    values |= {password_in(url) for _path, url in _urls(kind, source)}
    return {value for value in values if len(value) >= _SHORTEST}


def scrub(value: Any, secrets: Iterable[str]) -> Any:
    """Return value with every secret hidden in all its strings, in each form in which it could appear."""
    forms = sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True)
    return _scrubbed(value, forms) if forms else value


def password_in(url: str | None) -> str:
    """Return the password that a URL carries, as it stands there, "" if there is none."""
    return _around_password(url or "")[1]


def _around_password(url: str) -> tuple[str, str, str]:
    """Return a URL in three parts: what precedes the password, the password, what follows it."""
    scheme, separator, rest = url.partition("://")
    prefix = scheme + separator if rest else ""
    user, _at, _host = url[len(prefix) :].partition("/")[0].rpartition("@")
    name, colon, password = user.partition(":")
    start, end = len(prefix + name + colon), len(prefix + user)
    return url[:start], password, url[end:]


def _scrubbed(value: Any, forms: list[str]) -> Any:
    if isinstance(value, str):
        for form in forms:
            value = value.replace(form, HIDDEN)
        return value
    if isinstance(value, dict):
        return {
            # Names of fields are ordinary words: a secret that is one too must not maim them.
            key if _FIELD.fullmatch(str(key)) else _scrubbed(key, forms): _scrubbed(below, forms)
            for key, below in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_scrubbed(item, forms) for item in value]
    return value


def _forms(secret: str) -> set[str]:
    raw = secret.encode()
    return {
        form
        for form in (
            secret,
            secret.strip(),
            base64.b64encode(raw).decode(),
            base64.urlsafe_b64encode(raw).decode(),
            quote(secret, safe=""),
            quote(secret),
            json.dumps(secret)[1:-1],
            json.dumps(secret, ensure_ascii=False)[1:-1],
        )
        if form
    }


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for below in value.values():
            yield from _texts(below)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value


def _secret_leaves(kind: str, source: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    for pattern in SECRET_FIELDS.get(kind, ()):
        yield from _walk(source, pattern, ())


def _urls(kind: str, source: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    for pattern in PASSWORD_URLS.get(kind, ()):
        yield from _walk(source, pattern, ())


def _walk(source: Any, pattern: Path, path: Path) -> Iterator[tuple[Path, Any]]:
    if not pattern:
        if source:
            yield path, source
        return
    if isinstance(source, dict):
        for key in source if pattern[0] == "*" else [pattern[0]]:
            if key in source:
                yield from _walk(source[key], pattern[1:], (*path, key))


def _masked(kind: str, source: dict[str, Any], other: dict[str, Any], mark: str) -> dict[str, Any]:
    """Return source without its secret values; mark stands for those that differ from other's."""
    values, others = dict(_secret_leaves(kind, source)), dict(_secret_leaves(kind, other))
    shown = {path: HIDDEN if values.get(path) == others.get(path) else mark for path in {*values, *others}}
    other_urls = dict(_urls(kind, other))
    for path, url in _urls(kind, source):
        start, password, end = _around_password(url)
        if password:
            # The rest of the address stays readable.
            shown[path] = f"{start}{HIDDEN if password == password_in(other_urls.get(path)) else mark}{end}"
    return _replaced(source, shown)


def _replaced(source: dict[str, Any], marks: dict[Path, str], path: Path = ()) -> dict[str, Any]:
    return {
        key: marks[(*path, key)]
        if (*path, key) in marks
        else _replaced(value, marks, (*path, key))
        if isinstance(value, dict)
        else value
        for key, value in source.items()
    }


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return value
