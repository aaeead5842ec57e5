# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python library kubernetes: as much of it as is used.

Its packages import all that they hold when one part of them is asked for: models of every kind, OAuth, websockets. To
import that takes longer than everything else that a task without changes does. So the packages are kept from running
until somebody asks them for a name that is not there yet; who asks for their parts by the full name gets just those.
"""

from __future__ import annotations

import sys
import types
from importlib.util import find_spec, module_from_spec
from typing import Any, cast

__all__ = ["Configuration", "RESTClientObject", "parse_quantity"]

_PACKAGES = ("kubernetes", "kubernetes.client", "kubernetes.config", "kubernetes.utils")


class _Package(types.ModuleType):
    """A package that runs when it is asked for a name that it does not have."""

    __spec__: Any

    def __getattr__(self, name: str) -> Any:
        self.__class__ = cast("type[_Package]", types.ModuleType)
        self.__spec__.loader.exec_module(self)
        return getattr(self, name)


def _defer(name: str) -> None:
    """Make the package known without running it, unless it is known already."""
    if name in sys.modules:
        return
    spec = find_spec(name)
    if spec is None:
        raise ImportError(name)
    package = module_from_spec(spec)
    package.__class__ = _Package
    sys.modules[name] = package
    parent, _dot, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, package)


try:
    for _name in _PACKAGES:
        _defer(_name)
    from kubernetes.client.configuration import Configuration
    from kubernetes.client.rest import RESTClientObject
    from kubernetes.utils.quantity import parse_quantity
except ImportError:  # reported by the room that reads the connection options
    Configuration = RESTClientObject = parse_quantity = None
