# SPDX-License-Identifier: GPL-3.0-or-later
"""Find secrets in a text, in every form in which a program might have put them there."""

import base64
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

# Shorter lines of a key could occur by chance.
_SHORTEST_LINE = 16


def leaks(text: str, secrets: dict[str, str]) -> list[str]:
    """Return which of the secrets (name to value) the text holds, and in which form."""
    return [f"{name} ({form})" for name, value in secrets.items() for form, shown in _forms(value) if shown in text]


def _forms(value: str) -> Iterator[tuple[str, str]]:
    raw = value.encode()
    yield "plain", value
    yield "without white space around it", value.strip()
    yield "base64", base64.b64encode(raw).decode().rstrip("=")
    yield "base64 for URLs", base64.urlsafe_b64encode(raw).decode().rstrip("=")
    # The form that it has inside of a longer text in base64, whatever comes before it.
    for offset in (1, 2):
        yield (
            f"base64 from byte {offset}",
            base64.b64encode(raw[offset : offset + (len(raw) - offset) // 3 * 3]).decode(),
        )
    yield "in a URL", quote(value, safe="")
    yield "in the path of a URL", quote(value)
    yield "in a form", quote_plus(value)
    yield "in JSON", json.dumps(value)[1:-1]
    yield "in JSON, as it is", json.dumps(value, ensure_ascii=False)[1:-1]
    yield "in JSON in JSON", json.dumps(json.dumps(value)[1:-1])[1:-1]
    yield "in Python", repr(value)[1:-1]
    for line in value.splitlines()[1:-1] if "-----BEGIN" in value else []:
        if len(line) >= _SHORTEST_LINE:
            yield "a line", line
