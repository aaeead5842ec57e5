# SPDX-License-Identifier: GPL-3.0-or-later
"""What arguments mean: of every option with every type of value, in the module's process and in Ansible's worker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.okd.image_registry.plugins.module_utils._arguments import Understood, understand
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import WHOLE, Field, Form
from ansible_collections.okd.image_registry.plugins.module_utils._inform import REGISTRY_INFO
from ansible_collections.okd.image_registry.plugins.modules.registry import WORK

case = pytest.param
OMITTED = object()
REFUSED = object()
TEXT = "a secret that is nowhere else"


@dataclass(frozen=True)
class Leaf:
    """An option where it stands: its path, its field, and the options that its holders require."""

    path: tuple[str, ...]
    field: Field

    def given(self, value: Any) -> dict[str, Any]:
        """Return arguments with a value for it."""
        return _given(self.path, value, WORK.fields)

    def read(self, understood: Understood) -> Any:
        """Return what was understood, OMITTED where it is nothing."""
        found: Any = understood.arguments
        for name in self.path:
            found = found[0] if isinstance(found, list) else found
            if name not in found:
                return OMITTED
            found = found[name]
        return found


def _given(path: tuple[str, ...], value: Any, fields: tuple[Field, ...]) -> dict[str, Any]:
    name, *rest = path
    entry = next(entry for entry in fields if entry.option == name)
    below = _given(tuple(rest), value, entry.fields or ()) if rest else value
    return {name: [below] if rest and entry.type == "list" else below}


def leaves(fields: tuple[Field, ...], *above: str) -> Iterator[Leaf]:
    """Yield every option, those that hold others too."""
    for entry in fields:
        yield Leaf((*above, entry.option), entry)
        yield from leaves(entry.fields or (), *above, entry.option)


LEAVES = list(leaves(WORK.fields))
# A value that is as the option wants it, and one for each way to miss that.
VALUES: dict[str, Any] = {
    "text": TEXT,
    "number": 8,
    "fraction": 1.5,
    "true": True,
    "false": False,
    "list": [TEXT],
    "list with a null": [None],
    "dictionary": {"any": TEXT},
    "dictionary with a null": {"any": None},
    "empty list": [],
    "empty dictionary": {},
    "JSON of a list": "[]",
    "JSON of a dictionary": "{}",
    "null": None,
    "empty text": "",
}
TEXTS = {"text", "JSON of a list", "JSON of a dictionary"}
DICTIONARIES = {"empty dictionary", "JSON of a dictionary"}
LISTS = {"empty list", "JSON of a list"}


def _is_choice(leaf: Leaf) -> bool:
    """Whether it is one of several objects, one of which was to be chosen."""
    return leaf.path[:1] == ("storage",) and len(leaf.path) == 2 and leaf.field.type == "dict"


def meant(leaf: Leaf, kind: str) -> Any:
    """Return what a value of a kind means for an option: it, OMITTED or REFUSED; said once more, by types."""
    entry, value = leaf.field, VALUES[kind]
    if kind in ("null", "empty text"):
        if _is_choice(leaf) or (entry.form in WHOLE and len(leaf.path) > 1):
            return REFUSED
        if kind == "empty text" and entry.required:
            return REFUSED
        return value if kind == "empty text" and entry.takes_empty else OMITTED
    if entry.type in ("str", "path"):
        if kind in ("number", "fraction") and entry.form in (Form.QUANTITY, Form.DURATION):
            return str(value)
        if entry.takes_list and kind in ("list", "text", *LISTS):
            return TEXT.replace(" ", ",") if TEXT in value else ""
        return value if kind in TEXTS else REFUSED
    if entry.type in ("raw", "json"):
        return value if kind in TEXTS or isinstance(value, dict) else REFUSED
    if entry.type == "bool":
        return value if kind in ("true", "false") else REFUSED
    if entry.type == "int":
        return value if kind == "number" else REFUSED
    if entry.type == "list":
        if entry.elements == "str" and kind in ("list", "text"):
            return [TEXT]
        return [] if kind in LISTS else REFUSED
    if entry.fields is None and kind == "dictionary":
        return value
    # Of options, an unknown one is left to Ansible, whatever its value.
    if entry.fields is not None and isinstance(value, dict):
        return value
    return {} if kind in DICTIONARIES else REFUSED


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: ".".join(leaf.path))
def test_every_option_with_every_type_of_value(leaf: Leaf) -> None:
    for kind, value in VALUES.items():
        understood = understand("registry", WORK.fields, leaf.given(value))
        expected = meant(leaf, kind)
        if expected is REFUSED:
            _check_refusal(leaf, kind, understood)
            continue
        found = leaf.read(understood)
        assert (kind, understood.findings, type(found), found) == (kind, [], type(expected), expected)


def _check_refusal(leaf: Leaf, kind: str, understood: Understood) -> None:
    assert leaf.path[0] not in understood.arguments
    (finding,) = understood.findings
    told = str(finding)
    assert finding.subject == "Module registry"
    assert finding.field.replace("[0]", "").startswith(".".join(leaf.path))
    assert finding.remedy
    # What the value was is said, unless it is long or may be secret.
    shown = {"number": "8", "fraction": "1.5", "true": "true", "false": "false"}.get(kind, "")
    assert shown in told or "not shown" in told
    assert not leaf.field.is_sensitive or TEXT not in told


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: ".".join(leaf.path))
def test_what_is_understood_needs_no_conversion_by_ansible(leaf: Leaf) -> None:
    for value in VALUES.values():
        given = understand("registry", WORK.fields, leaf.given(value)).arguments
        told = "; ".join(ArgumentSpecValidator(WORK.spec).validate(given).error_messages)
        assert "convert" not in told
        assert "dictionary requested" not in told


@pytest.mark.parametrize(
    ("given", "meaning"),
    [
        case(
            {"proxies": {"no_proxy": [".svc", "10.0.0.0/8"]}}, {"proxies": {"no_proxy": ".svc,10.0.0.0/8"}}, id="join"
        ),
        case({"no_proxy": ["a", "b"]}, {"no_proxy": "a,b"}, id="join for the connection"),
        *[
            case({"proxies": {"no_proxy": text}}, {"proxies": {"no_proxy": ".svc,10.0.0.0/8"}}, id=f"hosts {name}")
            for name, text in {
                "by commas": ".svc,10.0.0.0/8",
                "by commas and blanks": " .svc, 10.0.0.0/8 ",
                "by blanks": ".svc 10.0.0.0/8",
                "by lines": ".svc\n10.0.0.0/8\n",
                "by lines of Windows": ".svc,\r\n10.0.0.0/8\r\n",
                "as YAML": "- .svc\n- 10.0.0.0/8\n",
                "as JSON": '[".svc", "10.0.0.0/8"]',
                "in an item": [" .svc 10.0.0.0/8\n"],
            }.items()
        ],
        case({"storage": {"empty_dir": None, "pvc": {}}}, {"storage": {"pvc": {}}}, id="the backend that is chosen"),
        case({"storage": '{"pvc": {"claim": "a"}}'}, {"storage": {"pvc": {"claim": "a"}}}, id="JSON"),
        case({"storage": "pvc:\n  claim: a\n"}, {"storage": {"pvc": {"claim": "a"}}}, id="YAML"),
        case({"storage": "{'pvc': {'claim': None}}"}, {"storage": {"pvc": {}}}, id="as Python writes it"),
        case({"storage": {"pvc": '{"claim": "a"}'}}, {"storage": {"pvc": {"claim": "a"}}}, id="JSON inside"),
        case({"routes": '[{"name": "a"}]'}, {"routes": [{"name": "a"}]}, id="JSON of a list"),
        case({"routes": "- name: a\n- name: b\n"}, {"routes": [{"name": "a"}, {"name": "b"}]}, id="YAML of a list"),
        case({"routes": ['{"name": "a"}']}, {"routes": [{"name": "a"}]}, id="JSON of an item"),
        case({"node_selector": '{"a": ""}'}, {"node_selector": {"a": ""}}, id="JSON of a map"),
        case({"replicas": "3", "wait": "no"}, {"replicas": 3, "wait": False}, id="text of a number and a boolean"),
        case({"replicas": 2.0, "default_route": 1}, {"replicas": 2, "default_route": True}, id="what is the same"),
        case({"resources": {"limits": {"cpu": 0.5}}}, {"resources": {"limits": {"cpu": "0.5"}}}, id="a quantity"),
        case({"storage": {"pvc": {"size": 100}}}, {"storage": {"pvc": {"size": "100"}}}, id="a size"),
        case({"impersonate_groups": "a, b"}, {"impersonate_groups": ["a", "b"]}, id="a list with commas"),
        case({"wait": None, "wait_timeout": "", "http_secret": ""}, {}, id="a survey that nobody answered"),
        case({"verify_ssl": ""}, {}, id="an alias"),
        case({"colour": 7}, {"colour": 7}, id="an unknown option"),
    ],
)
def test_what_is_meant(given: dict[str, Any], meaning: dict[str, Any]) -> None:
    assert understand("registry", WORK.fields, given) == Understood(meaning)


@pytest.mark.parametrize(
    ("given", "field", "found"),
    [
        case(
            {"node_selector": {"node-role.kubernetes.io/infra": None}},
            "node_selector.node-role.kubernetes.io/infra",
            "null",
            id="a null in a map",
        ),
        case({"node_selector": {"a": 8}}, "node_selector.a", "the number 8", id="a number for a label"),
        case({"affinity": {"a": [{"b": None}]}}, "affinity.a[0].b", "null", id="a null far below"),
        case(
            {"affinity": {"x": {"matchLabels": {"a": True}}}},
            "affinity.x.matchLabels.a",
            "the boolean true",
            id="a label far below",
        ),
        case(
            {"unsupported_config_overrides": {"deployment": {"annotations": {"a": 1}}}},
            "unsupported_config_overrides.deployment.annotations.a",
            "the number 1",
            id="an annotation",
        ),
        case({"resources": {"requests": None}}, "resources.requests", "nothing", id="an empty part of the resources"),
        case({"resources": {"requests": {"cpu": True}}}, "resources.requests.cpu", "the boolean true", id="a quantity"),
        case(
            {"tolerations": [{"key": "a"}, {"value": False}]}, "tolerations[1].value", "the boolean false", id="an item"
        ),
        case({"tolerations": [None]}, "tolerations[0]", "null", id="no item"),
        case({"tolerations": {"key": "a"}}, "tolerations", "a dictionary", id="a dictionary for a list"),
        case({"proxies": {"no_proxy": [".svc", 10]}}, "proxies.no_proxy[1]", "the number 10", id="a number to join"),
        case({"storage": {"pvc": None}}, "storage.pvc", "null", id="a backend that is null"),
        case({"resources": "x y"}, "resources", 'the text "x y"', id="a text for a dictionary"),
        case({"resources": "requests=a"}, "resources", 'the text "requests=a"', id="key and value"),
        case({"resources": "a" * 61}, "resources", "a text of 61 characters", id="a long text"),
        case({"resources": "a: &a [1]\nb: *a"}, "resources", "a text of 15 characters", id="aliases of YAML"),
        case({"credentials": "s3=SECRET"}, "credentials", "a text that is not shown", id="a secret"),
        case(
            {"routes": [{"name": "a", "tls": {"certificate": "C", "key": 7}}]},
            "routes[0].tls.key",
            "a number that is not shown",
            id="a key",
        ),
        case({"proxies": "http://u:p@h"}, "proxies", "a text that is not shown", id="a password"),
        case(
            {"storage": {"s3": {"cloud_front": {"private_key": "MIIE"}}}},
            "storage.s3.cloud_front.private_key",
            "a text that is not shown",
            id="a key for its name",
        ),
        case({"ca_cert": "-----BEGIN CERTIFICATE-----\nMIIE"}, "ca_cert", "the content of a file", id="PEM for a path"),
        case(
            {"ssl_ca_cert": "-----BEGIN CERTIFICATE-----\nMIIE"},
            "ssl_ca_cert",
            "the content of a file",
            id="by an alias",
        ),
        case({"replicas": "two"}, "replicas", 'the text "two"', id="a word for a number"),
        case({"replicas": True}, "replicas", "the boolean true", id="a boolean for a number"),
        case({"wait_timeout": float("inf")}, "wait_timeout", "the number Infinity", id="no end"),
    ],
)
def test_what_cannot_be_meant(given: dict[str, Any], field: str, found: str) -> None:
    understood = understand("registry", WORK.fields, given)
    assert understood.arguments == {}
    assert [(finding.field, finding.found) for finding in understood.findings] == [(field, found)]


def test_all_problems_are_told_and_what_is_right_stays() -> None:
    given = {"replicas": 2, "storage": 7, "tolerations": [{"key": 1, "value": 2}], "log_level": "Debug"}
    understood = understand("registry", WORK.fields, given)
    assert understood.arguments == {"replicas": 2, "log_level": "Debug"}
    assert [finding.field for finding in understood.findings] == [
        "storage",
        "tolerations[0].key",
        "tolerations[0].value",
    ]


def test_what_is_right_is_as_it_was() -> None:
    given = {"storage": {"s3": {"bucket": "b", "chunk_size_mib": 7}}, "routes": [{"name": "r"}], "replicas": 2}
    assert understand("registry", WORK.fields, given) == Understood(given)


def test_the_module_that_reads_has_no_name_that_is_empty() -> None:
    assert understand("registry_info", REGISTRY_INFO.fields, {"name": "", "context": ""}) == Understood({"context": ""})


@pytest.mark.parametrize("text", ["{" * 100_000, "[" * 100_000, '{"a": ' * 100_000], ids=["braces", "brackets", "JSON"])
def test_a_text_that_goes_deep_is_refused(text: str) -> None:
    assert understand("registry", WORK.fields, {"storage": text}).findings


def test_findings_can_be_sent_as_json() -> None:
    assert json.dumps([finding.as_dict() for finding in understand("m", WORK.fields, {"storage": 7}).findings])
