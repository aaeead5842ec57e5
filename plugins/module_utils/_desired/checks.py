# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What values have to be: the checks that the tables of options refer to."""

from __future__ import annotations

from collections.abc import Container
from re import Pattern
from typing import Any, Callable, NamedTuple

from ansible_collections.okd.image_registry.plugins.module_utils._objects import names
from ansible_collections.okd.image_registry.plugins.module_utils._objects.duration import duration
from ansible_collections.okd.image_registry.plugins.module_utils._objects.quantity import LARGEST, quantity


class Check(NamedTuple):
    """What a value has to be.

    code: of the finding. accepts: whether a value will do. needed, remedy: what a finding says of one that will not.
    """

    code: str
    accepts: Callable[[Any], bool]
    needed: str
    remedy: str


def _is_tidy(value: str) -> bool:
    return value == value.strip() and value.isprintable()


def _is_word(value: str) -> bool:
    return " " not in value and value.isprintable()


def form(code: str, pattern: Pattern[str], needed: str, remedy: str = "Correct the name.") -> Check:
    """Return a check of a word against a pattern."""
    return Check(code, lambda value: _is_word(value) and bool(pattern.fullmatch(value)), needed, remedy)


def one_of(code: str, values: Container[int], needed: str, remedy: str) -> Check:
    """Return a check of a number against a range."""
    return Check(code, lambda value: value in values, needed, remedy)


def _is_quantity(value: Any) -> bool:
    try:
        return abs(quantity(value)) <= LARGEST
    except ValueError:
        return False


def _is_duration(value: str) -> bool:
    try:
        return duration(value) >= 0
    except ValueError:
        return False


TEXT = Check(
    "invalid-text",
    _is_tidy,
    "a text without white space around it and without control characters in it",
    "Take them out. The last line break of a file is a common cause.",
)
WORD = Check(
    "invalid-text",
    _is_word,
    "a text without white space and control characters",
    "Take them out. The last line break of a file is a common cause.",
)
OBJECT_NAME = Check("invalid-object-name", names.is_object_name, names.OBJECT_NAME, "Correct the name.")
HOSTNAME = Check("invalid-hostname", names.is_hostname, names.HOSTNAME, "Give a host name only, without scheme.")
BUCKET_NAME = Check("invalid-bucket-name", names.is_bucket_name, names.BUCKET_NAME, "Correct the name.")
HTTP_URL = Check(
    "invalid-url",
    names.is_http_url,
    "a URL such as https://s3.example.com",
    "Give scheme and host, and a port and a path if there are any, without blanks, user or query.",
)
PROXY_URL = Check(
    "invalid-proxy-url",
    names.is_proxy_url,
    "a URL such as http://proxy.example.com:3128",
    "Give scheme and host. In user name and password write / as %2F, ? as %3F, # as %23 and @ as %40.",
)
QUANTITY = Check("invalid-quantity", _is_quantity, "a quantity such as 500m or 1Gi", "Write it as Kubernetes does.")
DURATION = Check(
    "invalid-duration",
    _is_duration,
    "a Go duration such as 30s or 1m30s, not below zero",
    "Use the units h, m, s, ms, us, ns. The API server accepts others, and the operator then stops.",
)
