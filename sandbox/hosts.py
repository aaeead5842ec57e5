# SPDX-License-Identifier: GPL-3.0-or-later
"""The host of a Route that names none.

OpenShift's API server fills it in when the Route is created. Here Routes are custom resources, to which an API server
adds nothing: the operator does it for its own Routes as it creates them, and the router for those of others.
"""

from __future__ import annotations

from typing import Any


def allocated(route: dict[str, Any], apps_domain: str) -> str | None:
    """The host to put into spec.host of a Route that names none; None for one that does."""
    if route["spec"].get("host"):
        return None
    metadata = route["metadata"]
    return f"{metadata['name'].replace('.', '-')}-{metadata['namespace']}.{apps_domain}"
