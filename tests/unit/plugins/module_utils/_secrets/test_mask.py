# SPDX-License-Identifier: GPL-3.0-or-later
"""Redaction: no secret in any form, and still a difference that can be seen."""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from urllib.parse import quote

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired import secrecy
from ansible_collections.okd.image_registry.plugins.module_utils._inform import REGISTRY_INFO
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CONFIG,
    POD,
    ROUTE,
    SECRET,
    TRUSTED_CA,
    Resource,
)
from ansible_collections.okd.image_registry.plugins.module_utils._secrets.mask import (
    HIDDEN,
    NEW,
    OLD,
    evident,
    mask,
    mask_pair,
    password_in,
    scrub,
    unmistakable,
    values_in,
    values_misplaced,
    without_password,
)
from ansible_collections.okd.image_registry.plugins.module_utils._secrets.store import Secrets
from ansible_collections.okd.image_registry.plugins.module_utils._work import writing
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.builders import (
    ALL_SECTIONS,
    HTTP_SECRET,
    config,
    credentials_file,
    encoded,
    generated_credentials,
    manifest,
    options,
    route,
    secret,
    user_credentials,
)

case = pytest.param
WORK = writing("registry", *ALL_SECTIONS)
PEM_KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQ+/IBADANBgkq\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("kind", "before", "after", "shown"),
    [
        case(SECRET, {"data": {"k": "a"}}, {"data": {"k": "b"}}, ({"k": OLD}, {"k": NEW}), id="changed"),
        case(SECRET, {"data": {"k": "a"}}, {"data": {"k": "a"}}, ({"k": HIDDEN}, {"k": HIDDEN}), id="the same"),
        case(SECRET, {"data": {}}, {"data": {"k": "b"}}, ({}, {"k": NEW}), id="added"),
        case(SECRET, {"data": {"k": "a"}}, {"data": {}}, ({"k": OLD}, {}), id="removed"),
        case(
            SECRET,
            {"data": {"same": "x", "k": "a"}},
            {"data": {"same": "x", "k": "b"}},
            ({"same": HIDDEN, "k": OLD}, {"same": HIDDEN, "k": NEW}),
            id="one of two",
        ),
        case(SECRET, {"data": {"k": ""}}, {"data": {"k": "b"}}, ({"k": OLD}, {"k": NEW}), id="empty before"),
        case(TRUSTED_CA, {"data": {"k": "a"}}, {"data": {"k": "b"}}, ({"k": "a"}, {"k": "b"}), id="not a Secret"),
    ],
)
def test_differences_are_shown_without_values(kind: Resource, before: Any, after: Any, shown: Any) -> None:
    assert mask_pair(secrecy.of(kind), before, after) == ({"data": shown[0]}, {"data": shown[1]})


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        case(
            "http://u:pw@p:3128",
            "http://u:pw@p:3129",
            (f"http://u:{HIDDEN}@p:3128", f"http://u:{HIDDEN}@p:3129"),
            id="the same",
        ),
        case("http://u:pw@p/", "http://u:wp@p/", (f"http://u:{OLD}@p/", f"http://u:{NEW}@p/"), id="changed"),
        case("http://u@p", "http://u:pw@p", (f"http://{OLD}@p", f"http://u:{NEW}@p"), id="added"),
        case("http://u:pw@p", "http://p", (f"http://u:{OLD}@p", "http://p"), id="removed"),
        case(None, "u:p:w@p", (None, f"u:{NEW}@p"), id="a new URL, without a scheme"),
        case("http://u:pw@p", "", (f"http://u:{OLD}@p", ""), id="a URL that goes"),
        case("http://p:p@p", "http://p:p@p", (f"http://p:{HIDDEN}@p",) * 2, id="a password that is a word of the rest"),
        case("http://a", "http://b:3128/c", ("http://a", "http://b:3128/c"), id="none"),
        case("http://u:p/w@p", "http://u:p/@w@p", (f"http://u:{OLD}@p", f"http://u:{NEW}@p"), id="not encoded"),
    ],
)
@pytest.mark.parametrize("field", ["http", "https"])
def test_a_url_is_shown_without_its_password(field: str, before: str | None, after: str, shown: Any) -> None:
    def proxied(url: str | None) -> dict[str, Any]:
        return {"spec": {"proxy": {field: url, "noProxy": "a:b@c"}, "replicas": 1}}

    assert mask_pair(secrecy.of(CONFIG), proxied(before), proxied(after)) == tuple(map(proxied, shown))


@pytest.mark.parametrize(
    ("kind", "source", "values"),
    [
        case(CONFIG, config(), [HTTP_SECRET], id="httpSecret"),
        case(SECRET, user_credentials(), [encoded("AKIAEXAMPLE"), encoded("s3cr3t-example")], id="data"),
        case(SECRET, manifest("Secret", "s", stringData={"k": "plainvalue"}), ["plainvalue"], id="stringData"),
        case(SECRET, secret("s", {"nested": "x" * 20}), [encoded("x" * 20)], id="any key"),
        case(
            ROUTE,
            manifest("Route", "r", spec={"host": "h", "tls": {"key": PEM_KEY, "certificate": "C"}}),
            [PEM_KEY],
            id="key of a Route",
        ),
    ],
)
def test_masking_hides_the_values_and_nothing_else(kind: Resource, source: dict[str, Any], values: list[str]) -> None:
    shown = mask(secrecy.of(kind), source)
    assert not [value for value in values if value in json.dumps(shown)]
    assert shown["metadata"] == source["metadata"]
    assert json.dumps(shown).count(json.dumps(HIDDEN)) == len(values)


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        case(SECRET, {"data": None}, id="null data"),
        case(SECRET, {}, id="no data"),
        case(CONFIG, {"spec": None}, id="null spec"),
        case(CONFIG, {"spec": {"httpSecret": ""}}, id="no httpSecret"),
        case(ROUTE, route("r", "h")["spec"], id="a Route without a key"),
        case(POD, {"data": {"k": "v"}}, id="a kind without secrets"),
    ],
)
def test_objects_without_secrets_stay_as_they_are(kind: Resource, source: dict[str, Any]) -> None:
    assert mask(secrecy.of(kind), source) == source


def test_masking_leaves_the_object_alone() -> None:
    source = user_credentials()
    mask(secrecy.of(SECRET), source)
    assert source == user_credentials()


@pytest.mark.parametrize(
    ("given", "values"),
    [
        case({}, set(), id="no options"),
        case({"credentials": {"s3": {"access_key": "A", "secret_key": "S"}}}, {"S"}, id="credentials"),
        case({"credentials": {"state": "absent"}}, set(), id="the word absent is no secret"),
        case(
            {"routes": [{"name": "a", "tls": {"certificate": "C", "key": PEM_KEY}}, {"name": "b"}]},
            {PEM_KEY},
            id="keys of routes",
        ),
        case(
            {"credentials": {"swift": {"username": "registry", "password": "P"}}},
            {"P"},
            id="the name of a user is none",
        ),
        case(
            {"proxies": {"http": "http://u:pw@proxy:3128", "https": "http://proxy", "no_proxy": ".svc"}},
            {"pw"},
            id="passwords of proxies",
        ),
        case({"http_secret": "h" * 16}, {"h" * 16}, id="httpSecret"),
        case({"credentials": {"swift": {"token_id": "", "password": "S"}}}, {"S"}, id="an empty value hides nothing"),
        case({"credentials": {"swift": {"token_id": " ", "password": "S"}}}, {"S"}, id="nor does white space"),
    ],
)
def test_secret_options(given: dict[str, Any], values: set[str]) -> None:
    assert WORK.secrets(options(**given)) == values


def test_values_of_a_secret_are_known_decoded_and_encoded() -> None:
    file = credentials_file()
    assert values_in(secrecy.of(SECRET), generated_credentials()) == {file, encoded(file)}


def test_the_password_of_a_proxy_in_a_config_is_known() -> None:
    live = config(httpSecret="", proxy={"https": "https://user:long-password@proxy:3128", "http": "http://proxy"})
    assert values_in(secrecy.of(CONFIG), live) == {"long-password"}


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("http://user:pw@proxy:3128", "pw"),
        ("http://user:p:w@proxy/path", "p:w"),
        ("http://user:p@w@proxy", "p@w"),
        ("user:pw@proxy:3128", "pw"),
        ("http://user@proxy", ""),
        ("user@proxy", ""),
        ("http://proxy:3128", ""),
        ("http://user:p/w@proxy", "p/w"),
        ("http://user:S3cr3t/Tail99@proxy:3128", "S3cr3t/Tail99"),
        ("http://user:p?a#b@proxy", "p?a#b"),
        ("", ""),
        (None, ""),
    ],
)
def test_passwords_in_urls(url: str | None, password: str) -> None:
    assert password_in(url) == password


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://user:pw@proxy:3128", f"http://user:{HIDDEN}@proxy:3128"),
        ("http://t0ken-of-a-proxy@proxy:3128", f"http://{HIDDEN}@proxy:3128"),
        ("t0ken-of-a-proxy@proxy:3128", f"{HIDDEN}@proxy:3128"),
        ("http://proxy:3128", "http://proxy:3128"),
        ("http://:pw@proxy", f"http://:{HIDDEN}@proxy"),
    ],
)
def test_what_is_shown_of_urls(url: str, shown: str) -> None:
    assert without_password(url) == shown


@pytest.mark.parametrize(
    ("kind", "source", "values"),
    [
        case(SECRET, {"data": {"k": "not base64!"}}, {"not base64!"}, id="not base64"),
        case(SECRET, {"data": {"k": base64.b64encode(b"\xff\xfe" * 4).decode()}}, None, id="not text"),
        case(SECRET, {"data": {"k": encoded("short")}}, {encoded("short")}, id="too short to look for"),
        case(CONFIG, config(), {HTTP_SECRET}, id="httpSecret"),
        case(SECRET, {"data": {"k": 5}}, set(), id="a number"),
        case(
            SECRET, {"data": {"REGISTRY_STORAGE_SWIFT_USERNAME": encoded("registry-user")}}, set(), id="a user's name"
        ),
        case(
            CONFIG,
            {"spec": {"proxy": {"https": "https://user:pass%20word@proxy:3128"}}},
            {"pass%20word"},
            id="a proxy's password",
        ),
    ],
)
def test_values_of_odd_objects(kind: Resource, source: dict[str, Any], values: set[str] | None) -> None:
    found = values_in(secrecy.of(kind), source)
    assert found == values if values is not None else len(found) == 2


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        case("the value {} in a sentence".format, f"the value {HIDDEN} in a sentence", id="plain"),
        case(lambda value: base64.b64encode(value.encode()).decode(), HIDDEN, id="base64"),
        case(lambda value: base64.urlsafe_b64encode(value.encode()).decode(), HIDDEN, id="base64 for URLs"),
        case(
            lambda value: f"https://example.com/?k={quote(value, safe='')}",
            "https://example.com/?k=" + HIDDEN,
            id="URL",
        ),
        case(lambda value: f"https://example.com/{quote(value)}", "https://example.com/" + HIDDEN, id="path"),
        case(lambda value: json.dumps({"k": value}), f'{{"k": "{HIDDEN}"}}', id="JSON"),
        case(
            lambda value: json.dumps({"k": value}, ensure_ascii=False), f'{{"k": "{HIDDEN}"}}', id="JSON with unicode"
        ),
        case(lambda value: f"[{value.strip()}]", f"[{HIDDEN}]", id="stripped"),
    ],
)
@pytest.mark.parametrize(
    "value", ["s3cr3t/+ =", PEM_KEY, "pässwörd\n", '"quoted\\"', 'ä"quoted\\"', " x12345 "], ids=repr
)
def test_scrubbing_finds_every_form(value: str, form: Any, shown: str) -> None:
    assert scrub({"msg": [form(value), {form(value): 1}]}, {value}) == {"msg": [shown, {shown: 1}]}


@pytest.mark.parametrize(
    "value", [1, 1.5, True, None, [], {}, "", "harmless", {"a": [1, {"b": None}]}, {1: "x"}], ids=repr
)
def test_scrubbing_leaves_the_rest_alone(value: Any) -> None:
    assert scrub(value, {"s3cr3t"}) == value
    assert scrub(value, set()) == value
    assert scrub(value, {""}) == value


def test_the_longest_secret_is_hidden_first() -> None:
    assert scrub("abcde6", {"abc", "abcde6"}) == HIDDEN


@pytest.mark.parametrize("value", ["m", "s", "12345", "registry", "image-registry", "Managed", "two words"])
def test_a_secret_that_is_an_ordinary_word_maims_nothing(value: str) -> None:
    shown = {"msg": f"<{value}>", "hosts": [f"default-route-{value}.apps.example.com"], "changed": False}
    assert scrub(shown, {value}) == shown


@pytest.mark.parametrize(
    "value", ["hunter2", "registry1", "s3cr3t", "minioadmin-secret", "correcthorsebattery", "é" * 6]
)
def test_a_secret_that_is_none_is_hidden_in_whatever_holds_it(value: str) -> None:
    assert scrub({"hosts": [f"a-{value}.example.com"]}, {value}) == {"hosts": [f"a-{HIDDEN}.example.com"]}


def test_the_name_of_a_field_is_never_hidden() -> None:
    assert scrub({"accept_data_loss_sometimes": 1}, {"accept_data_loss_sometimes"}) == {"accept_data_loss_sometimes": 1}


def test_tuples_are_scrubbed_too() -> None:
    assert scrub({"a": ("s3cr3t", 1)}, {"s3cr3t"}) == {"a": [HIDDEN, 1]}


@given(st.text(min_size=1, max_size=20).filter(str.strip), st.text(max_size=5), st.text(max_size=5))
def test_no_secret_survives_scrubbing(value: str, before: str, after: str) -> None:
    if value in HIDDEN or not unmistakable({value}):
        return
    result = scrub({"msg": f"{before}{value}{after}"}, {value})
    assert value not in result["msg"].replace(HIDDEN, "\x00")


@pytest.mark.parametrize(
    ("given", "values"),
    [
        case(
            {"credentials": {"s3": {"acces_key": "A", "secret_key": "S"}, "state": "absent"}}, {"A", "S"}, id="misspelt"
        ),
        case({"credentials": {"s3": "A:S"}}, {"A:S"}, id="of another type"),
        case({"credentials": "A:S"}, {"A:S"}, id="of another type altogether"),
        case({"http_secrt": "x", "api_key": "t", "my_password": "p"}, {"t", "p"}, id="what only the name tells"),
        case({"routes": [{"tls": {"key": PEM_KEY}}]}, {PEM_KEY}, id="a private key wherever it is"),
        case({"storage": {"azure": {"account_key": "K"}}}, {"K"}, id="in another option"),
        case({"s3": {"secret_key": "S", "access_key": "A"}}, {"S"}, id="without the option around it"),
        case({"replicas": 2, "routes": None, "storage": {"pvc": {"claim": "registry"}}}, set(), id="harmless ones"),
    ],
)
def test_secrets_among_options_that_are_refused(given: dict[str, Any], values: set[str]) -> None:
    assert values_misplaced(given, secrecy.OPTIONS) == values


BEGIN, BODY, END = PEM_KEY.splitlines(keepends=True)
CHAIN = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        case(f"{CHAIN}{PEM_KEY}{CHAIN}", PEM_KEY, id="whole"),
        case(f"{CHAIN}{BEGIN}{BODY}", f"{BEGIN}{BODY}", id="without its end"),
        case(f"{BEGIN}{BODY}{CHAIN}", f"{BEGIN}{BODY}", id="without its end, before a certificate"),
        case(f"{CHAIN}{BODY}{END}", f"{BODY}{END}", id="without its beginning"),
        case(PEM_KEY.replace("\n", "\\n"), PEM_KEY.replace("\n", "\\n")[:-2], id="in one line"),
        case(PEM_KEY.replace("PRIVATE", "EC PRIVATE"), PEM_KEY.replace("PRIVATE", "EC PRIVATE"), id="of a kind"),
        case(f"sha256~{'a1_-' * 10}", f"sha256~{'a1_-' * 10}", id="a token of OpenShift"),
        case("eyJhbGciOi.eyJpc3Mi.s1g-_", "eyJhbGciOi.eyJpc3Mi.s1g-_", id="a JSON Web Token"),
    ],
)
@pytest.mark.parametrize("option", ["certificate", "ca_certificate"])
def test_what_is_evidently_secret_is_so_in_any_option(option: str, text: str, value: str) -> None:
    tls = {"certificate": CHAIN, "key": "k", option: text}
    assert WORK.hidden({"routes": [{"name": "a", "tls": tls}]}) == {value, "k"}
    assert WORK.hidden({"storage": {"s3": {"trusted_ca_certificates": text}}}) == {value}
    assert WORK.hidden({"context": text}) == {value}
    assert REGISTRY_INFO.hidden({"context": text}) == {value}


LINE = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n"


@pytest.mark.parametrize(
    "text",
    [
        LINE,
        LINE.strip(),
        f"{CHAIN}",
        "a ",
        BEGIN,
        END,
        "-----BEGIN CERTIFICATE-----\n",
        "eyJ",
        "-eyJ",
        "eyJ.",
        "sha256~",
    ],
    ids=lambda text: repr(text[:30]),
)
@pytest.mark.parametrize("end", ["", END])
def test_long_texts_are_searched_in_one_pass(text: str, end: str) -> None:
    # A megabyte takes less than a second; where each place begins a search to the end it takes hours.
    long = text * (1_000_000 // len(text)) + end
    began = time.process_time()
    evident({"trusted_ca_certificates": long})
    assert time.process_time() - began < 20


def test_a_certificate_is_no_secret() -> None:
    assert WORK.hidden({"storage": {"s3": {"trusted_ca_certificates": CHAIN * 2}}}) == set()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        case({"http_secret": "u"}, {"http_secret": HIDDEN}, id="however short"),
        case({"http_secret": None, "replicas": 2}, {"http_secret": None, "replicas": 2}, id="nothing to hide"),
        case(
            {"credentials": {"s3": {"access_key": "registry", "secret_key": "registry"}, "state": "present"}},
            {"credentials": {"s3": {"access_key": HIDDEN, "secret_key": HIDDEN}, "state": "present"}},
            id="what stands in a Secret, the identifier of a key too",
        ),
        case(
            {"credentials": {"s3": {"acces_key": "A", "secrt": {"a": "b"}}}},
            {"credentials": {"s3": {"acces_key": HIDDEN, "secrt": HIDDEN}}},
            id="misspelt ones among secrets",
        ),
        case({"my_password": "x", "colour": "red"}, {"my_password": HIDDEN, "colour": "red"}, id="misspelt ones"),
        case(
            {"routes": [{"name": "a", "tls": {"certificate": "C", "key": "k"}}]},
            {"routes": [{"name": "a", "tls": {"certificate": "C", "key": HIDDEN}}]},
            id="in lists",
        ),
        case(
            {"proxies": {"https": "http://u:a/b@p"}, "proxy": "http://u:c@p"},
            {"proxies": {"https": f"http://u:{HIDDEN}@p"}, "proxy": f"http://u:{HIDDEN}@p"},
            id="passwords of proxies",
        ),
        case({"api_key": "t", "username": "u"}, {"api_key": HIDDEN, "username": "u"}, id="the connection"),
    ],
)
def test_the_arguments_that_a_task_shows(given: dict[str, Any], shown: dict[str, Any]) -> None:
    assert WORK.shown(given) == shown


def test_a_store_hides_what_it_has_learned() -> None:
    secrets = Secrets()
    assert secrets.mask({"msg": "s3cr3t"}) == {"msg": "s3cr3t"}
    secrets.learn(["s3cr3t", " ", ""])
    secrets.learn({"other1"})
    assert secrets.mask({"msg": "a s3cr3t and an other1"}) == {"msg": f"a {HIDDEN} and an {HIDDEN}"}
