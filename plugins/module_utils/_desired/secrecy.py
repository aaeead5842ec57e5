# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which options and fields are secret, from the tables of options."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import KINDS
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, Options, places, secrets
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backends import BACKENDS
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import ROUTE, SECRET, Resource
from ansible_collections.okd.image_registry.plugins.module_utils._secrets.mask import (
    NOTHING,
    Secrecy,
    evident,
    password_in,
)


def _in_options(resource: Resource) -> Secrecy:
    """Return which fields of a kind of object become secret by the options that become them."""
    found = [place for kind in KINDS if kind.ref.resource == resource for place in places(kind.fields(), kind.root)]
    return Secrecy(
        values=tuple(place.path for place in found if place.field.secret and place.field.path),
        urls=tuple(place.path for place in found if place.field.holds_password),
    )


_SECRECY: dict[Resource, Secrecy] = {
    **{kind.ref.resource: _in_options(kind.ref.resource) for kind in KINDS},
    SECRET: Secrecy(
        values=(("data", "*"), ("stringData", "*")),
        public_keys=frozenset(
            field.path for backend in BACKENDS.values() for field in backend.keys if not field.secret
        ),
        encoded=True,
    ),
    ROUTE: Secrecy(values=(("spec", "tls", "key"),)),
}


OPTIONS = frozenset(field.option for backend in BACKENDS.values() for field in backend.keys if field.secret)
"""The names of the options that hold keys to storage."""


def of(resource: Resource) -> Secrecy:
    """Return which fields of a kind of object are secret."""
    return _SECRECY.get(resource, NOTHING)


def declared(fields: Iterable[Field], options: Options) -> set[str]:
    """Return the secret values among the options of a module."""
    table = tuple(fields)
    passwords = {password_in(url) for url in _urls(table, options)}
    found = {*secrets(table, options), *passwords, *evident(options)}
    return {value for value in found if value.strip()}


def _urls(fields: Iterable[Field], options: Options) -> Iterable[str]:
    for field in fields:
        value = options.get(field.option)
        if field.holds_password and isinstance(value, str):
            yield value
        elif field.fields and isinstance(value, dict):
            yield from _urls(field.fields, value)
