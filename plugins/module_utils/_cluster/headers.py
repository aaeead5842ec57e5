# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Headers that carry credentials."""

from __future__ import annotations

import base64

from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import UnusableHeader


def basic(user_and_password: str, whose: str = "") -> str:
    """Return the value of a header of basic authentication for ``user:password``.

    whose: completes the words of the UnusableHeader for what no header can carry.
    """
    try:
        return f"Basic {base64.b64encode(user_and_password.encode('latin-1')).decode()}"
    except UnicodeEncodeError:
        raise UnusableHeader(
            f"The user or password{whose} has characters beyond Latin-1, which a header cannot carry. Use others."
        ) from None
