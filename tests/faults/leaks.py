# SPDX-License-Identifier: GPL-3.0-or-later
"""Secret values in an output, in every form in which a program may have written them: pure."""

import base64
import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

# Lines of a PEM text that are shorter occur elsewhere by chance, such as the last one of two characters.
_SHORTEST_LINE = 16


def found(output: str, secrets: Iterable[str]) -> list[str]:
    """Return which forms of the secrets are in the output, [] if none is."""
    return [form for secret in secrets for form in dict.fromkeys(_forms(secret)) if form in output]


def _forms(secret: str) -> Iterator[str]:
    for text in dict.fromkeys([secret, secret.strip(), *_lines(secret)]):
        yield text
        escaped = json.dumps(text)[1:-1]
        yield escaped
        # What is JSON inside of JSON is escaped twice.
        yield json.dumps(escaped)[1:-1]
        yield json.dumps(text, ensure_ascii=False)[1:-1]
        yield quote(text, safe="")
        yield quote(text)
        yield quote_plus(text)
        raw = text.encode()
        yield base64.b64encode(raw).decode()
        yield base64.urlsafe_b64encode(raw).decode()


def _lines(secret: str) -> list[str]:
    lines = secret.splitlines()
    return [line for line in lines if len(line) >= _SHORTEST_LINE and not line.startswith("-----")] if lines[1:] else []
