# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How secret values are kept out of every output: pure."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import Path
from ansible_collections.okd.image_registry.plugins.module_utils._objects.secrets import decoded

HIDDEN = "<hidden>"
OLD, NEW = "<hidden: old value>", "<hidden: new value>"

# Shorter values of the cluster's own would mask parts of ordinary words; what the user passes is masked at any length.
_SHORTEST = 8


_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----\n?", re.DOTALL)
_TELLING = re.compile(r"credential|secret|password|token|api_key|access_key|private", re.IGNORECASE)
_FIELD = re.compile(r"[a-z][A-Za-z]*(_[a-z]+)*")


@dataclass(frozen=True)
class Secrecy:
    """Which values of one kind of object are secret, by their paths (`*` for any key).

    values: secret as a whole. urls: addresses that may carry a password. public_keys: the last keys of paths that
    `values` covers and whose values are not secret, such as the name of a user. encoded: whether values are in base64.
    """

    values: tuple[Path, ...] = ()
    urls: tuple[Path, ...] = ()
    public_keys: frozenset[str] = frozenset()
    encoded: bool = False


NOTHING = Secrecy()


def mask_pair(secrecy: Secrecy, before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two states of an object with secret values replaced by marks that still tell whether they differ."""
    return _masked(secrecy, before, after, OLD), _masked(secrecy, after, before, NEW)


def mask(secrecy: Secrecy, source: dict[str, Any]) -> dict[str, Any]:
    """Return an object with its secret values hidden."""
    return mask_pair(secrecy, source, source)[0]


def private_keys(options: Any) -> set[str]:
    """Return the private keys among options, wherever they are: one may have come into an option for a certificate."""
    return {key for text in _texts(options) for key in _PRIVATE_KEY.findall(text)}


def values_misplaced(options: dict[str, Any]) -> set[str]:
    """Return what may be secret among options that Ansible refuses: misspelt, unknown or of another type."""
    suspects = {name: value for name, value in options.items() if _TELLING.search(name)}
    if isinstance(suspects.get("credentials"), dict):
        suspects["credentials"] = {**suspects["credentials"], "state": None}
    passwords = {password_in(text) for text in _texts(options)}
    return {text for text in {*_texts(suspects), *private_keys(options), *passwords} if text.strip()}


def values_in(secrecy: Secrecy, source: dict[str, Any]) -> set[str]:
    """Return the secret values of an object, encoded ones decoded too."""
    leaves = _secret_leaves(secrecy, source)
    values = {value for path, value in leaves if isinstance(value, str) and path[-1] not in secrecy.public_keys}
    if secrecy.encoded:
        values |= {decoded(value) for value in values}
    values |= {password_in(url) for _path, url in _urls(secrecy, source)}
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


def _secret_leaves(secrecy: Secrecy, source: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    for pattern in secrecy.values:
        yield from _walk(source, pattern, ())


def _urls(secrecy: Secrecy, source: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    for pattern in secrecy.urls:
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


def _masked(secrecy: Secrecy, source: dict[str, Any], other: dict[str, Any], mark: str) -> dict[str, Any]:
    """Return source without its secret values; mark stands for those that differ from other's."""
    values, others = dict(_secret_leaves(secrecy, source)), dict(_secret_leaves(secrecy, other))
    shown = {path: HIDDEN if values.get(path) == others.get(path) else mark for path in {*values, *others}}
    other_urls = dict(_urls(secrecy, other))
    for path, url in _urls(secrecy, source):
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
