# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of the modules: those that write, restricted to sections, and the one that reads."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from ansible_collections.kubernetes.core.plugins.module_utils.args_common import AUTH_ARG_SPEC
from ansible_collections.okd.image_registry.plugins.module_utils._converge import converge
from ansible_collections.okd.image_registry.plugins.module_utils._desired import secrecy
from ansible_collections.okd.image_registry.plugins.module_utils._desired.desired import KINDS, Desired, Kinds, fields
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, argument_spec
from ansible_collections.okd.image_registry.plugins.module_utils._task import Task, Work

# What the user can consent to, and the sections whose changes can bring it about.
_CONSENTS = (
    (Field("accept_data_loss", type="bool", default=False), frozenset({"state", "storage", "replicas", "workload"})),
    (Field("accept_settings_loss", type="bool", default=False), frozenset({"state", "routes"})),
)
_CLUSTER = Field("cluster")
_WAIT = (
    Field("wait", type="bool", default=True),
    Field("wait_timeout", type="int", default=600),
    Field("error_grace", type="int", default=60),
)


def connection_spec() -> dict[str, Any]:
    """Return the argument specs of the connection, those of kubernetes.core.k8s."""
    spec: dict[str, Any] = copy.deepcopy(AUTH_ARG_SPEC)
    # All of it until it is known which part is the password; the hosts mask the part, as they do for kubeconfig.
    spec["proxy"]["no_log"] = True
    return spec


def connection_fields(spec: Mapping[str, Any] = MappingProxyType(AUTH_ARG_SPEC)) -> tuple[Field, ...]:
    """Return the options of the connection as those of the tables, under each of their names."""
    return tuple(
        Field(
            name,
            type=entry.get("type", "str"),
            elements=entry.get("elements"),
            fields=connection_fields(entry["options"]) if "options" in entry else None,
            # Of a kubeconfig only parts are secret.
            secret=entry.get("no_log", False) and entry.get("type") != "raw",
            holds_password=option == "proxy",
            takes_list=option == "no_proxy",
            # What an empty one means for where to connect to is decided there.
            says_by_empty=entry.get("type", "str") in ("str", "path", "raw"),
        )
        for option, entry in spec.items()
        for name in (option, *entry.get("aliases", ()))
    )


def options(sections: Iterable[str], kinds: Kinds = KINDS) -> tuple[Field, ...]:
    """Return the options of a writing module besides those of the connection."""
    names = tuple(sections)
    consents = (field for field, sections in _CONSENTS if sections & set(names))
    return (*fields(names, kinds), *consents, _CLUSTER, *_WAIT)


def writing(module: str, *sections: str, kinds: Kinds = KINDS) -> Work:
    """Return the work of a writing module that has the given sections."""
    table = options(sections, kinds)

    def work(task: Task) -> None:
        converge(task, Desired(task.options, sections, kinds))

    spec = {**argument_spec(table), **connection_spec()}
    return Work(module, spec, work, lambda given: secrecy.declared(table, given), (*table, *connection_fields()))
