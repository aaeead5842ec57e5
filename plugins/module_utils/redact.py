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

from ansible_collections.okd.image_registry.plugins.module_utils.compare import Path
from ansible_collections.okd.image_registry.plugins.module_utils.resources import (
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
    marks: dict[Path, tuple[str, str]] = {}
    found = {side: dict(_secret_leaves(kind, source)) for side, source in (("old", before), ("new", after))}
    for path in {*found["old"], *found["new"]}:
        same = found["old"].get(path) == found["new"].get(path)
        marks[path] = (HIDDEN, HIDDEN) if same else (OLD, NEW)
    return (
        _replaced(before, {path: mark[0] for path, mark in marks.items()}),
        _replaced(after, {path: mark[1] for path, mark in marks.items()}),
    )


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
    values |= {password_in(url) for path in PASSWORD_URLS.get(kind, ()) for _path, url in _walk(source, path, ())}
    return {value for value in values if len(value) >= _SHORTEST}


def scrub(value: Any, secrets: Iterable[str]) -> Any:
    """Return value with every secret hidden in all its strings, in each form in which it could appear."""
    forms = sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True)
    return _scrubbed(value, forms) if forms else value


def password_in(url: str | None) -> str:
    """Return the password that a URL carries, as it stands there, "" if there is none."""
    text = url or ""
    user, at, _host = (text.partition("://")[2] or text).partition("/")[0].rpartition("@")
    return user.partition(":")[2] if at else ""


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


def _walk(source: Any, pattern: Path, path: Path) -> Iterator[tuple[Path, Any]]:
    if not pattern:
        if source:
            yield path, source
        return
    if isinstance(source, dict):
        for key in source if pattern[0] == "*" else [pattern[0]]:
            if key in source:
                yield from _walk(source[key], pattern[1:], (*path, key))


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
