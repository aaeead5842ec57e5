# SPDX-License-Identifier: GPL-3.0-or-later
"""What a manifest grants and what the API server was asked for, in the same terms: pure."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from tests.integration.api import Document

ANY = "*"


@dataclass(frozen=True, order=True)
class Permission:
    """One verb on one resource: in one namespace or in all (ANY), on one object or on all of them (ANY)."""

    namespace: str
    group: str
    resource: str
    name: str
    verb: str

    def covers(self, asked: "Permission") -> bool:
        """Whether this grant allows what was asked."""
        return (
            (self.group, self.resource, self.verb) == (asked.group, asked.resource, asked.verb)
            and self.namespace in (ANY, asked.namespace)
            and self.name in (ANY, asked.name)
        )


def granted(manifest: Iterable[Document]) -> set[Permission]:
    """Return what the ClusterRoles and Roles of a manifest grant."""
    return {
        Permission(role["metadata"].get("namespace", ANY), *one)
        for role in manifest
        for rule in role.get("rules", [])
        for one in product(rule["apiGroups"], rule["resources"], rule.get("resourceNames", [ANY]), rule["verbs"])
    }


def asked(audit_log: Iterable[bytes], user: str) -> Iterator[tuple[Permission, int]]:
    """Yield what a user asked for and the HTTP status of the answer, from the lines of an audit log.

    An object is named also where a list or watch is restricted to its name. Requests of all namespaces, and requests
    for no object, have ANY and "" in these places.
    """
    for line in audit_log:
        event = json.loads(line)
        if event["user"].get("username") != user or "objectRef" not in event:
            continue
        target = event["objectRef"]
        permission = Permission(
            target.get("namespace", ANY),
            target.get("apiGroup", ""),
            target["resource"],
            target.get("name", ""),
            event["verb"],
        )
        yield permission, event.get("responseStatus", {}).get("code", 0)
