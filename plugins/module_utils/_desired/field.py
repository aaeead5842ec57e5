# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each option, described once: its argument spec, its place in the API, how it compares, what it accepts.

Everything that has to know an option reads it here: the argument specs of modules and roles, the manifest, the
comparison, the version gate, the masking of secrets, the identity of stored images, the simple checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, Callable, NamedTuple

from ansible_collections.okd.image_registry.plugins.module_utils._desired.checks import DURATION, QUANTITY, TEXT, Check
from ansible_collections.okd.image_registry.plugins.module_utils._objects.canonical import Rules, canonical
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding
from ansible_collections.okd.image_registry.plugins.module_utils._objects.patch import merged, whole
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import Path, lookup, nested
from ansible_collections.okd.image_registry.plugins.module_utils._secrets.mask import (
    HIDDEN,
    has_telling_name,
    without_password,
)

Options = dict[str, Any]

# Names that Ansible takes for those of secrets.
_TELLING = re.compile(r"key|secret|pass|token|credential", re.IGNORECASE)


class Form(Enum):
    """How the values of a field are written and compared.

    MAP, LABELS and QUANTITIES are maps that are declared as a whole: a key that is not declared is removed. The values
    of LABELS are texts.
    """

    PLAIN = "plain"
    DURATION = "duration"
    QUANTITY = "quantity"
    MAP = "map"
    LABELS = "labels"
    QUANTITIES = "quantities"


WHOLE = frozenset({Form.MAP, Form.LABELS, Form.QUANTITIES})


class Identity(Enum):
    """What a field says of where the images are.

    NAME: without it a backend names no medium. An empty value counts as omitted, because the operator would generate
    another name. PLACE: it tells media of the same name apart.
    """

    NAME = "name"
    PLACE = "place"


def never(_before: Any, _after: Any) -> bool:
    """Whether pods are replaced: no."""
    return False


def _always(_before: Any, _after: Any) -> bool:
    return True


class Field(NamedTuple):
    """One option, and the field of an API object that it becomes.

    path: dotted, below the path of the option that holds this one; "" for an option that becomes no field.
    type, elements, choices, required, default: as in an argument spec. fields: the options below this one, None if it
    holds no options. exclusive: groups of those, of which one at most may be given. secret: whether no output may show
    the value; names_account: whether it tells only whose secret it is, which may be any word, so that it is hidden
    where it stands and nowhere else; holds_password: whether it is a URL that may carry one. form: how the value is
    written and compared. is_pointer: whether an empty object or list is not the same as none. takes_list: whether it is
    a list of texts as one text, which commas, blanks and new lines may separate. has_lines: whether it is a text of
    several lines. says_by_empty: whether an empty text is a value and not the same as omitted; None if that is so
    exactly for a field of the API that is not secret. since: the OpenShift version that brought the field, "" if every
    supported one has it. identity: what it says of where images are. replaces_pods: whether a change from one value to
    another replaces or ends pods of the registry. check: what the value has to be. operator_default: the value with
    which the operator does the same as with none.
    """

    option: str
    path: str = ""
    type: str = "str"
    elements: str | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    default: Any = None
    fields: tuple[Field, ...] | None = None
    exclusive: tuple[tuple[str, ...], ...] = ()
    secret: bool = False
    names_account: bool = False
    holds_password: bool = False
    form: Form = Form.PLAIN
    is_pointer: bool = False
    takes_list: bool = False
    has_lines: bool = False
    says_by_empty: bool | None = None
    since: str = ""
    identity: Identity | None = None
    replaces_pods: Callable[[Any, Any], bool] = _always
    check: Check | None = None
    operator_default: str = ""

    @property
    def keys(self) -> Path:
        """The path as keys."""
        return tuple(self.path.split(".")) if self.path else ()

    @property
    def takes_empty(self) -> bool:
        """Whether an empty text is a value: that the field of the API shall be empty."""
        if self.says_by_empty is not None:
            return self.says_by_empty
        return self.type == "str" and bool(self.path) and not self.choices and not self.secret

    @property
    def is_text(self) -> bool:
        """Whether it is a text of one line that may be any."""
        return self.type == "str" and self.form is Form.PLAIN and not self.choices and not self.has_lines

    @property
    def is_sensitive(self) -> bool:
        """Whether what is given in its place may be secret, or hold what is."""
        return (
            self.secret
            or self.names_account
            or self.holds_password
            or any(below.is_sensitive for below in self.fields or ())
        )

    def spec(self) -> dict[str, Any]:
        """Return the argument spec."""
        spec: dict[str, Any] = {"type": self.type}
        if self.elements:
            spec["elements"] = self.elements
        if self.choices:
            spec["choices"] = list(self.choices)
        if self.required:
            spec["required"] = True
        if self.default is not None:
            spec["default"] = self.default
        if self.secret or _TELLING.search(self.option):
            spec["no_log"] = self.secret
        if self.exclusive:
            spec["mutually_exclusive"] = [list(group) for group in self.exclusive]
        if self.fields is not None:
            spec["options"] = argument_spec(self.fields)
        return spec


def argument_spec(fields: Iterable[Field]) -> dict[str, dict[str, Any]]:
    """Return the argument specs of options by name."""
    return {field.option: field.spec() for field in fields}


def manifest(fields: Iterable[Field], options: Options, live: Any = None) -> dict[str, Any]:
    """Return the sparse object that options declare; live: the object so far, for maps that are declared as a whole."""
    body: dict[str, Any] = {}
    for field in fields:
        value = options.get(field.option)
        if value is None or not field.path or (field.identity is Identity.NAME and not value):
            continue
        written = _written(field, value, lookup(live, field.keys))
        if written != {} or field.is_pointer:
            body = joined(body, nested(field.keys, written))
    return body


def _written(field: Field, value: Any, live: Any) -> Any:
    if field.form is Form.MAP and canonical(value) is None:
        # Nothing but empty objects is nothing.
        return None
    if field.form in WHOLE:
        return whole(value, live) or None
    if field.type == "list":
        # An empty list is sent as null: the operator, which tests some lists for presence, takes it for a value until
        # it writes the Config itself the next time, and then for none.
        return [_item(field, entry) for entry in value] or None
    return value if field.fields is None else manifest(field.fields, value, live)


def _item(field: Field, entry: Any) -> Any:
    # In a merge patch a list is a value, so a null in it would be stored.
    return entry if field.fields is None else merged({}, manifest(field.fields, entry))


def joined(body: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Return both sparse objects as one; unlike in a merge patch, None is a value."""
    result = dict(body)
    for key, value in more.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = joined(result[key], value) if both else value
    return result


class Place(NamedTuple):
    """A field where it stands: the dotted name of the option, the path in the object (`*` for an item of a list)."""

    option: str
    path: Path
    field: Field


def places(fields: Iterable[Field], path: Path = (), option: str = "") -> Iterator[Place]:
    """Yield every field of a table. A field that holds other fields comes before them."""
    for field in fields:
        name = f"{option}.{field.option}" if option else field.option
        where = (*path, *field.keys)
        yield Place(name, where, field)
        is_list = field.type == "list"
        yield from places(field.fields or (), (*where, "*") if is_list else where, f"{name}[]" if is_list else name)


def rules(fields: Iterable[Field], path: Path = ()) -> Rules:
    """Return how the fields of a table compare in an object that has them below a path."""
    found = list(places(fields, path))
    return Rules(
        quantities=tuple((*place.path, "*") for place in found if place.field.form is Form.QUANTITIES),
        durations=tuple(place.path for place in found if place.field.form is Form.DURATION),
        pointers=tuple(place.path for place in found if place.field.is_pointer),
    )


def since(fields: Iterable[Field], path: Path) -> str:
    """Return the OpenShift version that brought the field at a path.

    "" if every supported one has it, or if no option becomes it: a key inside of an option that is free has no version.
    """
    found = list(places(fields))
    on_the_way = [place.field for place in found if path[: len(place.path)] == place.path]
    here = [place.field for place in found if place.path[: len(path)] == path][:1]
    return next((field.since for field in [*here, *reversed(on_the_way)] if field.since), "") if here else ""


def mistakes(fields: Iterable[Field], options: Options, subject: str, prefix: str = "") -> Iterator[Finding]:
    """Yield the findings of the table's checks about the options of an object; prefix: of the options' names."""
    for field in fields:
        value, name = options.get(field.option), f"{prefix}{field.option}"
        # Where an option is not required, an empty text stands for none.
        if value is None or (value == "" and not field.required):
            continue
        for part, checked, check in _checks(field, name, value):
            if not check.accepts(checked):
                is_private = field.secret or field.names_account or (field.holds_password and "@" in str(checked))
                shown = "a value that is not shown" if is_private else repr(checked)
                yield Finding(check.code, subject, part, shown, check.needed, check.remedy)
        if field.fields:
            for entry in value if field.type == "list" else [value]:
                yield from mistakes(field.fields, entry, subject, f"{name}[]." if field.type == "list" else f"{name}.")


def _checks(field: Field, name: str, value: Any) -> Iterator[tuple[str, Any, Check]]:
    """Yield what is checked of a value: the name of the option, the value itself or a part of it, the check."""
    if field.check:
        yield name, value, field.check
    elif field.is_text:
        yield name, value, TEXT
    elif field.elements == "str":
        yield from ((f"{name}[{index}]", item, TEXT) for index, item in enumerate(value))
    if field.form is Form.DURATION:
        yield name, value, DURATION
    if field.form is Form.QUANTITIES:
        yield from ((f"{name}.{key}", amount, QUANTITY) for key, amount in value.items())


def shown(fields: Iterable[Field], options: Options, may_be_secret: bool = False) -> Options:
    """Return options with the values of those that are secret hidden; may_be_secret: whether an unknown one may be."""
    known = {field.option: field for field in fields}
    return {
        name: _shown(known.get(name) or Field(name, secret=may_be_secret or has_telling_name(name)), value)
        for name, value in options.items()
    }


def _shown(field: Field, value: Any) -> Any:
    if field.secret or field.names_account:
        return HIDDEN if value is not None else None
    if field.holds_password and isinstance(value, str):
        return without_password(value)
    if field.fields and isinstance(value, dict):
        return shown(field.fields, value, field.is_sensitive)
    return [_shown(field, entry) for entry in value] if field.fields and isinstance(value, list) else value


def secrets(fields: Iterable[Field], options: Options) -> Iterator[str]:
    """Yield the secret values among the options."""
    for field in fields:
        value = options.get(field.option)
        if field.secret and isinstance(value, str):
            yield value
        elif field.fields and value:
            for entry in value if isinstance(value, list) else [value]:
                if isinstance(entry, dict):
                    yield from secrets(field.fields, entry)
