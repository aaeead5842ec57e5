# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of dictionaries that are no texts: pure. On their way to a module they become texts that nobody wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def no_texts(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each key that is no text, after the name of the option that it is in, such as `routes[0].tls`."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            if not isinstance(key, str):
                yield name, key
            yield from no_texts(below, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from no_texts(item, f"{name}[{index}]")
