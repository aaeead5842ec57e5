# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for secrets finds every form: else the storms would prove nothing about them."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest

from tests.faults import leaks
from tests.unit.certificates import CERTIFICATE, KEY_PEM

SECRET = 'a "b"\\c/d+é&='


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(SECRET, id="plain"),
        pytest.param(json.dumps({"key": SECRET}), id="JSON"),
        pytest.param(json.dumps({"key": SECRET}, ensure_ascii=False), id="JSON with letters as they are"),
        pytest.param(json.dumps({"msg": json.dumps({"key": SECRET})}), id="JSON in JSON"),
        pytest.param(f"https://user:{quote(SECRET, safe='')}@host/", id="URL"),
        pytest.param(f"q={quote_plus(SECRET)}", id="form"),
        pytest.param(base64.b64encode(SECRET.encode()).decode(), id="base64"),
        pytest.param(base64.urlsafe_b64encode(SECRET.encode()).decode(), id="base64 for URLs"),
    ],
)
def test_finds_a_secret(written: str) -> None:
    assert leaks.found(f"before {written} after", [SECRET])


def test_finds_a_line_of_a_key() -> None:
    assert leaks.found(f"cannot read {KEY_PEM.splitlines()[1]}", [KEY_PEM])


def test_finds_nothing_where_nothing_is() -> None:
    assert leaks.found(CERTIFICATE + "-----BEGIN PRIVATE KEY----- <hidden>", [SECRET, KEY_PEM]) == []
