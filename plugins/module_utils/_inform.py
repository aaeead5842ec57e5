# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of the information module: read, and compose the report."""

from __future__ import annotations

from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Field, argument_spec
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot
from ansible_collections.okd.image_registry.plugins.module_utils._report import info
from ansible_collections.okd.image_registry.plugins.module_utils._task import Task, Work
from ansible_collections.okd.image_registry.plugins.module_utils._work import connection_fields, connection_spec

FIELDS = (Field("name", default="cluster"),)


def _inform(task: Task) -> None:
    wanted = info.refs(task.options)
    with task.connect() as cluster:
        found = info.compose(Snapshot(cluster.survey(wanted)), task.options)
    task.result.parts["cluster"].update(found.pop("cluster"))
    task.result.parts.update(found)


REGISTRY_INFO = Work(
    "registry_info",
    {**argument_spec(FIELDS), **connection_spec()},
    _inform,
    lambda _options: (),
    (*FIELDS, *connection_fields()),
)
