# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the arguments of a task mean: null, empty texts, numbers, booleans, lists, and texts in JSON or YAML.

YAML reads ``no`` as false, ``010`` as 8 and ``1.10`` as 1.1; a survey gives an empty text for what nobody answered, and
the text of a dictionary for a dictionary. One function decides for every option, so that an option means the same in
each module, role and playbook, and in both hosts. Ansible's own validation would convert the value to something that
nobody wrote, drop it, or print it.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import WHOLE, Field, Form
from ansible_collections.okd.image_registry.plugins.module_utils._objects.canonical import LABEL_MAPS
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import Finding, Refused
from ansible_collections.okd.image_registry.plugins.module_utils._secrets.mask import has_telling_name

# Longer texts, and those of several lines, are counted, not shown.
_LONGEST = 60
# What people write between hosts; Go, which reads the text in the end, knows the comma only.
_SEPARATOR = re.compile(r"[,\s]+")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_QUOTE = (
    'YAML reads 010 as 8, 1.10 as 1.1, and yes, no, on and off as booleans. Put the value in quotes ("...") as you '
    "mean it; in a template use the filter string."
)


class _Mark:
    """What stands in the place of a value that does not count."""


_OMITTED, _UNFIT = _Mark(), _Mark()


@dataclass
class Understood:
    """Arguments as they are meant. findings: about those that cannot be meant, which the arguments do not have."""

    arguments: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def understand(module: str, fields: Iterable[Field], given: Mapping[str, Any]) -> Understood:
    """Return what the arguments of a module mean.

    fields: its options. given: the arguments, as they are after their way as JSON. What is no option of the module
    stays as it is, for Ansible's own validation to refuse.
    """
    reader = _Reader(f"Module {module}")
    return Understood(reader.options(fields, "", given), reader.findings)


def refusal(findings: list[Finding], words: str) -> dict[str, Any]:
    """Return what a task that is refused for its arguments reports; words: what Ansible's own validation says."""
    if not findings:
        return {"msg": words}
    refused = Refused(findings)
    return {"msg": "\n- ".join(filter(None, (str(refused), words))), "code": refused.code, **refused.details()}


class _Reader:
    """Reads the values of options; the name of an option is its path, such as `tolerations[0].value`."""

    def __init__(self, subject: str):
        self.findings: list[Finding] = []
        self._subject = subject
        self._readers: dict[str, Callable[[Field, str, Any], Any]] = {
            "bool": self._boolean,
            "int": self._integer,
            "dict": self._dictionary,
            "list": self._list,
            "raw": self._text_or_dictionary,
            "json": self._text_or_dictionary,
        }

    def options(self, fields: Iterable[Field], prefix: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options below one, without those that have a finding."""
        known = {entry.option: entry for entry in fields}
        understood = {}
        for name, value in given.items():
            before = len(self.findings)
            read = self._value(known[name], f"{prefix}{name}", value) if name in known else value
            if read is not _OMITTED and len(self.findings) == before:
                understood[name] = read
        return understood

    def _value(self, entry: Field, name: str, value: Any) -> Any:
        if value in (None, "") and entry.form in WHOLE and name != entry.option:
            # To omit all that an option holds would be to declare it empty.
            remedy = f"Write {entry.option}: {{}} to remove all of it, or leave it out."
            return self._unfit("null-value", name, "nothing", "a dictionary", remedy)
        if value is None:
            return _OMITTED
        if value == "" and entry.required:
            remedy = "Give a value. If it comes from a variable, look at where that is set."
            return self._unfit("empty-value", name, "an empty text", "a value", remedy)
        if value == "" and not entry.takes_empty:
            return _OMITTED
        return self._readers.get(entry.type, self._text)(entry, name, value)

    def _text(self, entry: Field, name: str, value: Any) -> Any:
        if entry.form in (Form.QUANTITY, Form.DURATION) and _is_number(value):
            return str(value)
        if entry.takes_list and isinstance(found := _parsed(value), list):
            value = ",".join([str(self._item(entry, f"{name}[{index}]", item)) for index, item in enumerate(found)])
        if not isinstance(value, str):
            return self._no_text(entry, name, value)
        if entry.takes_list:
            return ",".join(filter(None, _SEPARATOR.split(value)))
        if entry.type == "path" and ("\n" in value or value.startswith("-----BEGIN")):
            remedy = "Give the path, not the content."
            return self._unfit("wrong-type", name, "the content of a file", "the path of a file", remedy)
        return value

    def _item(self, entry: Field, name: str, value: Any) -> Any:
        """Return an item of a list of texts."""
        if value is None or value == "":
            found = "null" if value is None else "an empty text"
            return self._unfit("null-value", name, found, "a text", "Give a text, or remove the item.")
        return value if isinstance(value, str) else self._no_text(entry, name, value)

    def _no_text(self, entry: Field, name: str, value: Any) -> Any:
        is_plain = isinstance(value, bool) or _is_number(value)
        return self._wrong(entry, name, value, "a text", _QUOTE if is_plain else "Give one text.")

    def _text_or_dictionary(self, entry: Field, name: str, value: Any) -> Any:
        if isinstance(value, (str, Mapping)):
            return value
        return self._wrong(entry, name, value, "a text or a dictionary", "Give one of the two.")

    def _boolean(self, entry: Field, name: str, value: Any) -> Any:
        try:
            return boolean(value.strip() if isinstance(value, str) else value)
        except TypeError:
            return self._wrong(entry, name, value, "true or false", "Write true or false.")

    def _integer(self, entry: Field, name: str, value: Any) -> Any:
        is_text = isinstance(value, str) and _INTEGER.fullmatch(value.strip())
        if is_text or (_is_number(value) and (isinstance(value, int) or value.is_integer())):
            return int(value)
        return self._wrong(
            entry, name, value, "a whole number", "Write a number without a fraction and without a unit."
        )

    def _dictionary(self, entry: Field, name: str, value: Any) -> Any:
        value = _parsed(value)
        if not isinstance(value, Mapping):
            below = ", ".join(option.option for option in entry.fields or ())
            what = f"its options ({below})" if below else "keys and values"
            remedy = f"Write {what} below it in YAML, or as text in JSON or YAML; {{}} is an empty one."
            return self._wrong(entry, name, value, "a dictionary", remedy)
        if entry.fields is None:
            return self._map(entry, name, "", value)
        self._check_choice(entry, name, value)
        return self.options(entry.fields, f"{name}.", value)

    def _check_choice(self, entry: Field, name: str, value: Mapping[str, Any]) -> None:
        """Find a null in the place of the object that was to be chosen among several."""
        for group in entry.exclusive:
            if any(value.get(option) not in (None, "") for option in group):
                continue
            for below in entry.fields or ():
                if below.is_pointer and below.option in group and below.option in value:
                    remedy = f"Write {below.option}: {{}} to choose it as it is, or leave it out."
                    self._unfit("null-value", f"{name}.{below.option}", "null", "a dictionary", remedy)

    def _map(self, entry: Field, name: str, above: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return a map whose keys are the user's own; above: the key that it is the value of."""
        return {key: self._below(entry, f"{name}.{key}", key, above, below) for key, below in value.items()}

    def _below(self, entry: Field, name: str, key: str, above: str, value: Any) -> Any:
        """Return a value in such a map."""
        if value is None:
            remedy = 'YAML reads a key without a value as null. Write "" for an empty value, or remove the key.'
            return self._unfit("null-value", name, "null", "a value", remedy)
        if entry.form is Form.QUANTITIES and _is_number(value):
            return str(value)
        has_texts = entry.form in (Form.LABELS, Form.QUANTITIES) or above in LABEL_MAPS
        if has_texts and not isinstance(value, str):
            return self._no_text(entry, name, value)
        if isinstance(value, Mapping):
            return self._map(entry, name, key, value)
        if isinstance(value, list):
            return [self._below(entry, f"{name}[{index}]", "", "", item) for index, item in enumerate(value)]
        return value

    def _list(self, entry: Field, name: str, value: Any) -> Any:
        value = _parsed(value)
        if isinstance(value, str) and entry.elements == "str":
            value = [part.strip() for part in value.split(",")]
        if not isinstance(value, list):
            remedy = (
                'Write each item below it with "- " before it, or the list as text in JSON or YAML; [] is an empty one.'
            )
            return self._wrong(entry, name, value, "a list", remedy)
        items = [(f"{name}[{index}]", item) for index, item in enumerate(value)]
        is_plain = entry.elements != "dict"
        return [
            self._item(entry, where, item) if is_plain or item is None else self._dictionary(entry, where, item)
            for where, item in items
        ]

    def _wrong(self, entry: Field, name: str, value: Any, needed: str, remedy: str) -> _Mark:
        is_hidden = entry.is_sensitive or has_telling_name(entry.option)
        return self._unfit("wrong-type", name, _shown(value, is_hidden), needed, remedy)

    def _unfit(self, code: str, name: str, found: str, needed: str, remedy: str) -> _Mark:
        self.findings.append(Finding(code, self._subject, name, found, needed, remedy))
        return _UNFIT


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _shown(value: Any, is_hidden: bool) -> str:
    if isinstance(value, Mapping):
        return "a dictionary"
    if isinstance(value, list):
        return "a list"
    kind = "boolean" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
    if is_hidden:
        return f"a {kind} that is not shown"
    if isinstance(value, str) and (len(value) > _LONGEST or not value.isprintable()):
        return f"a text of {len(value)} characters"
    return f"the {kind} {json.dumps(value, ensure_ascii=False)}"


def _parsed(value: Any) -> Any:
    """Return what a text stands for that writes a dictionary or a list in JSON, as Python does or in YAML.

    All else stays as it is.
    """
    if not isinstance(value, str):
        return value
    for parse in (json.loads, ast.literal_eval, _from_yaml):
        try:
            found = parse(value)
            if isinstance(found, (dict, list)):
                # Keys that are no texts, dates and the like come as they do in arguments that are not text.
                return json.loads(json.dumps(found, default=str))
        # Each parser has errors of its own, for what is too deep too.
        except Exception:
            continue
    return value


def _from_yaml(text: str) -> Any:
    # Imported here because arguments rarely are text.
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    # Aliases of aliases grow without end.
    has_alias = any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=loader))
    return text if has_alias else yaml.load(text, Loader=loader)
