# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a module, whoever runs it: a process of its own, or Ansible's worker."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Callable, NamedTuple

from ansible_collections.okd.image_registry.plugins.module_utils._cluster import auth, choice
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.client import Cluster
from ansible_collections.okd.image_registry.plugins.module_utils._cluster.transport import Http
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, shown
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import RegistryError
from ansible_collections.okd.image_registry.plugins.module_utils._report.outcomes import Outcomes
from ansible_collections.okd.image_registry.plugins.module_utils._secrets import connection as secrets
from ansible_collections.okd.image_registry.plugins.module_utils._secrets.store import Secrets

_RETRY_SECONDS = 30.0
_UNVERIFIED = (
    "The identity of the API server is not verified (validate_certs is false, or the kubeconfig says "
    "insecure-skip-tls-verify). Another server that answers in its place gets the credentials. [unverified-server]"
)
_UNENCRYPTED = (
    "The connection to the API server is not encrypted (http). Who is on the way to it gets the credentials. Use "
    "https. [unencrypted-server]"
)


@dataclass
class Result:
    """What a task reports. It grows as the task goes on, so that one that fails half-way reports what it did.

    outcomes: what became of its steps. parts: what modules of this kind report besides, by key.
    """

    changed: bool = False
    warnings: list[str] = field(default_factory=list)
    outcomes: Outcomes = field(default_factory=Outcomes)
    parts: dict[str, Any] = field(default_factory=dict)

    def warn(self, text: str) -> None:
        """Add a warning, once."""
        if text not in self.warnings:
            self.warnings.append(text)


@dataclass
class Task:
    """One run of a module.

    module: its name. options: validated. environment: the variables that count for the task. tell: shows a line of
    progress, without secrets.
    """

    module: str
    options: dict[str, Any]
    check_mode: bool
    environment: Mapping[str, str]
    tell: Callable[[str], None] = lambda _line: None
    secrets: Secrets = field(default_factory=Secrets)
    result: Result = field(default_factory=Result)

    def connect(self) -> Cluster:
        """Return the connection that the options ask for."""
        given = auth.options_of(self.options)
        options = choice.chosen(given, auth.options_from(self.environment))
        self.secrets.learn(secrets.declared(options))
        directory = self.environment.get(choice.STARTED_IN) or os.getcwd()
        connection = auth.connection_from(options, self.environment, directory, options.keys() - given.keys())
        # Told also by a task that gets no further.
        self.result.parts["cluster"] = {"api_url": connection.public_address}
        self.secrets.learn(secrets.loaded(connection.headers, connection.proxy_headers, connection.proxy))
        if not connection.verify:
            self.result.warn(_UNVERIFIED)
        if connection.is_exposed:
            self.result.warn(_UNENCRYPTED)
        # The cluster's audit log tells the tasks apart by it.
        return Cluster(Http(connection, f"okd.image_registry.{self.module}", _RETRY_SECONDS))


class Work(NamedTuple):
    """What a module does.

    module: its name. spec: its argument specs. work: the work itself. secrets: those among validated options. fields:
    its options, those of the connection too.
    """

    module: str
    spec: dict[str, Any]
    work: Callable[[Task], None]
    secrets: Callable[[dict[str, Any]], Iterable[str]]
    fields: tuple[Field, ...]

    def hidden(self, options: dict[str, Any]) -> set[str]:
        """Return the values among options that no output may show."""
        return {value for value in (*secrets.declared(options), *self.secrets(options)) if value.strip()}

    def shown(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return options without the values of those that are secret."""
        return shown(self.fields, options)

    def run(self, task: Task) -> dict[str, Any]:
        """Do the work of one task and return its result, with `failed` and `msg` if it failed."""
        task.secrets.learn(self.hidden(task.options))
        failure: dict[str, Any] = {}
        try:
            self.work(task)
        except RegistryError as error:
            words = f"{task.result.outcomes} {error.with_code()}".lstrip()
            failure = {"failed": True, "msg": words, "code": error.code, **error.details()}
        # Told here because the traceback of a process that dies would show what nobody has masked.
        except Exception as error:
            words = (
                f"This is an error of the collection; please report it: {type(error).__name__}: {error} [unexpected]"
            )
            failure = {"failed": True, "msg": words, "code": "unexpected", "exception": traceback.format_exc()}
        result = task.result
        if failure and result.outcomes:
            result.parts["plan"] = result.outcomes.plan()
        return dict(
            task.secrets.mask({**result.parts, "changed": result.changed, "warnings": result.warnings, **failure})
        )
