# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's markup in descriptions: from that of a module to that of a role, and to Markdown."""

import re
from collections.abc import Container, Iterable

from hack.generate.roles import PREFIX

_OPTION = re.compile(r"\bO\((?:okd\.image_registry\.registry#module:)?(?P<name>\w+)(?P<rest>[^)]*)\)")
_RETURNED = re.compile(r"\bRV\((?P<name>[^)#]*)\)")
_MODULE = "okd.image_registry.registry#module:"
_COMPOSED = "okd.image_registry.registry#role:main:"
_REFERENCE = re.compile(r"\b(?:O|V|C|M|RV|E)\((?:okd\.image_registry\.\w+#(?:module|role:main):)?([^)]*)\)")


def for_role(text: str, module: str, variables: Container[str], composed: Container[str]) -> str:
    """Return a description of a module in which options are the variables of a role.

    variables, composed: the options that the role, and the composed role, have variables for.
    """

    def named(match: re.Match[str]) -> str:
        name, rest = match.group("name", "rest")
        if name in variables:
            return f"O({PREFIX}{name}{rest})"
        return f"O({_COMPOSED}{PREFIX}{name}{rest})" if name in composed else f"O({_MODULE}{name}{rest})"

    return _RETURNED.sub(rf"RV(okd.image_registry.{module}#module:\g<name>)", _OPTION.sub(named, text))


def for_markdown(texts: Iterable[str]) -> str:
    """Return a description as one line of a Markdown table."""
    return _REFERENCE.sub(r"`\1`", " ".join(texts)).replace("|", r"\|")


def plain(texts: Iterable[str]) -> str:
    """Return a description as it is read in a comment."""
    return _REFERENCE.sub(r"\1", " ".join(texts))
