# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An object as it shall be."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

from ansible_collections.okd.image_registry.plugins.module_utils._objects.canonical import PLAIN, Rules
from ansible_collections.okd.image_registry.plugins.module_utils._objects.patch import merge_patch
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import Ref


class Order(IntEnum):
    """When an object is written: what the Config refers to before it, what builds on the registry after it."""

    # What nothing else may be lost by, so that it comes first.
    HANDOVER = 0
    BEFORE_CONFIG = 1
    CONFIG = 2
    AFTER_CONFIG = 3
    # What is deleted may still be referred to by what is written.
    DELETIONS = 4


class Wanted(NamedTuple):
    """One object as it shall be.

    body: sparse manifest, None when the object shall not exist. create_with: what is added when it has to be created,
    for fields that cannot be changed later. may_create: whether it is created where it does not exist. rules: how its
    fields compare. option: what declares it. elsewhere: what the user can do if the object is somebody else's, as full
    sentences. is_alone: whether it holds nothing but what is declared, unless somebody else uses it. opens_medium:
    whether the pods reach the medium with it, so that one for another medium would cut them off from that which they
    use.
    """

    ref: Ref
    body: dict[str, Any] | None
    create_with: dict[str, Any] | None = None
    order: Order = Order.BEFORE_CONFIG
    may_create: bool = True
    rules: Rules = PLAIN
    option: str = ""
    elsewhere: str = ""
    is_alone: bool = False
    opens_medium: bool = False

    def patch(self, live: dict[str, Any] | None) -> dict[str, Any] | None:
        """Return the merge patch that brings live to the body, None when nothing differs."""
        return merge_patch(self.body or {}, live, self.rules)
