# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a controller would make of what a task writes: the API server itself is asked whether it would take that."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import Ref


class Origin(NamedTuple):
    """Where a part of a trial comes from.

    option: the option that becomes it. names: the fields below it that options of other names become. is_new: whether
    the task is what brings it about, and not only found it.
    """

    option: str
    names: Mapping[str, str] = MappingProxyType({})
    is_new: bool = True


class Trial(NamedTuple):
    """An object that is sent for a dry run only.

    subject: the object whose fields become it. origins: where its parts come from, by the dotted paths of the parts, as
    the API server writes them.
    """

    ref: Ref
    body: dict[str, Any]
    subject: Ref
    origins: Mapping[str, Origin]
