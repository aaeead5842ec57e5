# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How secret values are kept out of every output: pure."""

from __future__ import annotations

import base64
import json
import re
import string
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import Path
from ansible_collections.okd.image_registry.plugins.module_utils._objects.secrets import decoded

HIDDEN = "<hidden>"
OLD, NEW = "<hidden: old value>", "<hidden: new value>"

# Shorter values of the cluster's own may be anything.
_SHORTEST = 8
# What is as short as this, or made of a few short words, is found in what has nothing to do with it. To hide it there
# would maim names and hosts, and tell that they contain the secret. Such a value is hidden where it stands by itself.
_MISTAKABLE = re.compile(r".{1,5}|(?=.{1,15}$)[A-Za-z]{1,8}([-._ ][A-Za-z]{1,8})*", re.DOTALL)

# The lines around a private key, and where something else begins.
_AROUND = re.compile(r"-----(?:(BEGIN|END) [A-Z0-9 ]*PRIVATE KEY-----\n?|BEGIN )")
_IN_KEY = f"{string.ascii_letters}{string.digits}+/={string.whitespace}"
# The tokens of OpenShift, and JSON Web Tokens.
_TOKEN = re.compile(r"\bsha256~[\w-]{20,}|(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]+")
_TELLING = re.compile(r"credential|secret|password|token|api_key|access_key|private", re.IGNORECASE)
_FIELD = re.compile(r"[a-z][A-Za-z]*(_[a-z]+)*")


class Secrecy(NamedTuple):
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


def evident(options: Any) -> set[str]:
    """Return what shows by itself that it is secret, in whatever option: private keys and tokens.

    A key may have come into an option for a certificate, and a token into that for a context.
    """
    found: set[str] = set()
    for text in texts(options):
        found.update(_private_keys(text), _TOKEN.findall(text))
    return found


def _private_keys(text: str) -> Iterator[str]:
    """Yield the private keys in a text, also one that was torn on its way and lacks one of the lines around it.

    In one pass, since texts may be long: a bundle of all authorities has 200 KB.
    """
    begun, passed = None, 0
    for line in _AROUND.finditer(text):
        if begun is not None:
            yield text[begun : line.end() if line[1] == "END" else line.start()]
        elif line[1] == "END":
            before = text[passed : line.start()]
            key = before[len(before.rstrip(_IN_KEY)) :].lstrip()
            yield from [f"{key}{line.group()}"] if key else []
        begun, passed = line.start() if line[1] == "BEGIN" else None, line.end()
    if begun is not None:
        yield text[begun:]


def unmistakable(secrets: Iterable[str]) -> set[str]:
    """Return the secrets that are nothing else wherever they are found: long enough, and no ordinary words."""
    return {secret for secret in secrets if not _MISTAKABLE.fullmatch(secret)}


def has_telling_name(option: str) -> bool:
    """Whether an option has a name such as secrets have."""
    return bool(_TELLING.search(option))


def values_misplaced(options: dict[str, Any], names: Collection[str]) -> set[str]:
    """Return what may be secret among options that Ansible refuses: misspelt, unknown, elsewhere or of another type.

    names: those of secret options, at whatever depth they stand.
    """
    suspects = {name: value for name, value in options.items() if _TELLING.search(name)}
    if isinstance(suspects.get("credentials"), dict):
        suspects["credentials"] = {**suspects["credentials"], "state": None}
    passwords = {password_in(text) for text in texts(options)}
    found = {*texts(suspects), *_below_names(options, names), *evident(options), *passwords}
    return {text for text in found if text.strip()}


def _below_names(value: Any, names: Collection[str]) -> Iterator[str]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from texts(below) if name in names else _below_names(below, names)
    elif isinstance(value, list):
        for item in value:
            yield from _below_names(item, names)


def values_in(secrecy: Secrecy, source: dict[str, Any]) -> set[str]:
    """Return the secret values of an object, encoded ones decoded too."""
    leaves = _secret_leaves(secrecy, source)
    values = {value for path, value in leaves if isinstance(value, str) and path[-1] not in secrecy.public_keys}
    if secrecy.encoded:
        values |= {decoded(value) for value in values}
    values |= {password_in(url) for _path, url in _urls(secrecy, source)}
    return {value for value in values if len(value) >= _SHORTEST}


def scrub(value: Any, secrets: Iterable[str]) -> Any:
    """Return value with secrets hidden in all its strings, in each form in which they could appear there.

    Those that may be mistaken for other words are not looked for.
    """
    forms = sorted(unmistakable({form for secret in secrets for form in _forms(secret)}), key=len, reverse=True)
    return _scrubbed(value, forms) if forms else value


def password_in(url: str | None) -> str:
    """Return the password that a URL carries, as it stands there, "" if there is none."""
    start, password, _end = _around_password(url or "")
    # A name alone may be any word. It is hidden where it stands, and nowhere else.
    return password if start.endswith(":") else ""


def without_password(url: str) -> str:
    """Return a URL with the password that it carries hidden, or the name if there is no password: it may be a token."""
    start, password, end = _around_password(url)
    return f"{start}{HIDDEN}{end}" if password else url


def _around_password(url: str) -> tuple[str, str, str]:
    """Return a URL in three parts: what precedes the password, the password, what follows it.

    A name without a password takes its place.
    """
    scheme, separator, rest = url.partition("://")
    prefix = scheme + separator if rest else ""
    # Up to the last @: a password that nobody has encoded may hold any character.
    user, _at, _host = url[len(prefix) :].rpartition("@")
    name, colon, password = user.partition(":")
    if not colon:
        return prefix, user, url[len(prefix + user) :]
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


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(value, dict):
        for below in value.values():
            yield from texts(below)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
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
            shown[path] = (
                f"{start}{HIDDEN if password == _around_password(other_urls.get(path) or '')[1] else mark}{end}"
            )
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
