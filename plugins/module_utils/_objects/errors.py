# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, as types with stable codes. Only the task's end turns one into a failure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple


class RegistryError(Exception):
    """Base of every error that a user is meant to read.

    code: what stays the same when the words change; the guide *Messages* explains it.
    """

    code: ClassVar[str]

    def with_code(self) -> str:
        """Return the sentences that a user reads, with the code."""
        return f"{self} [{self.code}]"

    def details(self) -> dict[str, Any]:
        """Return what a failed task reports besides its message and code."""
        return {}


class Finding(NamedTuple):
    """A problem that is known before the first write.

    code: stable, explained in the guide *Messages*. subject: the object it is about, as ``Kind name``. field: the
    option or API field it is about. found, needed: what is there, what must be there instead. remedy: what the user can
    do, as full sentences. severity: ``error`` stops the task before anything is written, ``warning`` does not. consent:
    the option with which the user accepts the consequences, "" if there is none; a finding with consent is no problem.
    is_standing: whether it is a problem even if the task has nothing left to write. may_come: whether an earlier task
    may provide what is missing, which in check mode it did not.
    """

    code: str
    subject: str
    field: str
    found: str
    needed: str
    remedy: str
    severity: str = "error"
    consent: str = ""
    is_standing: bool = False
    may_come: bool = False

    def __str__(self) -> str:
        return f"{self.subject}: {self.field} has {self.found}, but needs {self.needed}. {self.remedy} [{self.code}]"

    def as_dict(self) -> dict[str, str]:
        """Return the finding as a task reports it."""
        return {
            "code": self.code,
            "object": self.subject,
            "field": self.field,
            "found": self.found,
            "needed": self.needed,
            "remedy": self.remedy,
            "severity": self.severity,
            "consent": self.consent,
        }


class Refused(RegistryError):
    """The desired state cannot be reached.

    has_written: whether the task had begun to write. Then something else changed the objects and caused the findings.
    """

    code = "refused"

    def __init__(self, findings: list[Finding], has_written: bool = False):
        self.findings = findings
        lines = "\n".join(f"- {finding}" for finding in findings)
        start = (
            "Only a part of the plan was written, because something else changed the objects meanwhile"
            if has_written
            else "Nothing was changed"
        )
        super().__init__(f"{start}: {len(findings)} problem(s) must be solved first.\n{lines}")

    def with_code(self) -> str:
        """Return the sentences that a user reads; each finding has its code."""
        return str(self)

    def details(self) -> dict[str, Any]:
        return {"findings": [finding.as_dict() for finding in self.findings]}


class AuthenticationSetupError(RegistryError):
    """The connection options cannot be turned into a connection."""

    code = "connection-options"


class ContraryOptions(AuthenticationSetupError):
    """The options of the connection name more than one cluster."""

    code = "contrary-options"


class EmptyOption(AuthenticationSetupError):
    """An option that says which cluster, or as whom, is empty: most often a variable was not set."""

    code = "empty-option"

    def __init__(self, what: str):
        super().__init__(
            f"{what} is empty. Set the variable that it comes from, or leave it out: only then something else may say "
            "which cluster this is."
        )


class OpenContext(AuthenticationSetupError):
    """The host of a task is one of many, and its kubeconfig has several clusters of which none is chosen."""

    code = "open-context"

    def __init__(self, kubeconfig: str, current: str):
        super().__init__(
            f"Nothing was changed: {kubeconfig} has contexts of several clusters, and nothing says which of them is "
            f"that of this host: {current} is only the one that was chosen last. Give the option context, for roles "
            "and playbooks registry_context."
        )


class KeyNoText(RegistryError):
    """A key of a dictionary is what YAML made of it: a number, a boolean, a date or null."""

    code = "key-no-text"

    def __init__(self, option: str, key: object):
        read = "null" if key is None else str(key).lower() if isinstance(key, bool) else str(key)
        super().__init__(
            f"Nothing was changed: the option {option} has the key {read}, which YAML does not read as a text. It "
            'reads yes, no, on and off as booleans, and 010 as 8. Put the key in quotes ("...") as you mean it.'
        )


class SharedConnection(RegistryError):
    """Several hosts of a play, each of which stands for a cluster, would work on the same one."""

    code = "shared-connection"

    def __init__(self, host: str, hosts: int):
        super().__init__(
            f"Nothing was changed: this play is for {hosts} hosts, and {host} has no connection of its own, so it may "
            "work on the cluster of another. Give each host its own kubeconfig, context or host as options of the "
            "task, for roles and playbooks as registry_kubeconfig or registry_context. For a task about one cluster "
            "set run_once: true."
        )


class OtherUser(RegistryError):
    """A task that becomes another user leaves its cluster to what that user has."""

    code = "other-user"

    def __init__(self) -> None:
        super().__init__(
            "Nothing was changed: with become the task runs as another user, who has neither the environment of "
            "ansible-playbook nor its kubeconfigs, so it may work on another cluster, or with other rights. Set "
            "become to false. Or give kubeconfig (a path without ~) or host as an option of the task, for roles and "
            "playbooks registry_kubeconfig, and whom to impersonate, if anybody."
        )


class OtherMachine(RegistryError):
    """ansible-playbook is told a cluster by its environment, and the task runs on a machine that is not."""

    code = "other-machine"

    def __init__(self) -> None:
        super().__init__(
            "Nothing was changed: the task runs on another machine, which has neither the K8S_AUTH_* variables nor the "
            "KUBECONFIG of ansible-playbook, so it may work on another cluster, or with other rights. Run it on "
            "the machine that runs Ansible (connection: local). Or give kubeconfig, context or host as an option of "
            "the task, and whom to impersonate, if anybody."
        )


class UnnamedCluster(RegistryError):
    """The one host of a play names no cluster, but other hosts of the inventory do; naming is one of them."""

    code = "unnamed-cluster"

    def __init__(self, host: str, naming: str):
        super().__init__(
            f"Nothing was changed: {host} names no cluster, but other hosts of the inventory do, such as {naming}. It "
            f"would work on the cluster of the environment or of the default kubeconfig. Give {host} "
            "registry_kubeconfig or registry_context, or the task kubeconfig, context or host."
        )


class UnusedConnection(RegistryError):
    """A host has the variables with which it names its cluster to the roles, and a task uses none of them."""

    code = "unused-connection"

    def __init__(self, host: str):
        super().__init__(
            f"Nothing was changed: {host} has registry_kubeconfig or registry_context, which only roles and playbooks "
            "use, and the task names no cluster. It would work on the cluster of the environment or of the default "
            "kubeconfig. Give the task these variables as its options kubeconfig and context."
        )


class OtherCluster(RegistryError):
    """The cluster is not the one that the task is for.

    wanted: its name; found: what the cluster is known by.
    """

    code = "other-cluster"

    def __init__(self, wanted: str, found: dict[str, Any]):
        super().__init__(
            f"Nothing was changed: the option cluster is {wanted}, but this is the cluster "
            f"{', '.join(str(value) for value in found.values() if value)}. Connect to the cluster that is meant, or "
            "correct the option."
        )


class MissingKubeconfig(AuthenticationSetupError):
    """Nothing says where the API server is."""

    code = "missing-kubeconfig"


class UnusableKubeconfig(AuthenticationSetupError):
    """A kubeconfig does not hold what a connection needs."""

    code = "unusable-kubeconfig"


class NoPluginCredentials(AuthenticationSetupError):
    """The program to which a kubeconfig leaves the credentials gave none."""

    code = "no-plugin-credentials"


class UnusableCertificate(AuthenticationSetupError):
    """A certificate or key of the connection cannot be read."""

    code = "unusable-certificate"


class UnusableHeader(AuthenticationSetupError):
    """What was given for a header cannot be sent in one."""

    code = "unusable-header"


class MissingLibrary(RegistryError):
    """A Python library that the task needs is not installed where the module runs."""

    code = "missing-library"


# RBAC's words; `cannot get resource "configs" in API group …`.
_NO_RIGHT = re.compile(r"cannot \S+ resource")


@dataclass(eq=False)
class ApiError(RegistryError):
    """The API server refused a request, or could not be reached.

    status is the HTTP status, 0 when no answer came.
    """

    verb: str
    subject: str
    status: int
    reason: str
    message: str
    causes: list[dict[str, str]] = field(default_factory=list)

    code: ClassVar[str] = "api-error"

    @property
    def is_final(self) -> bool:
        """Whether the API server refused the request itself. To repeat the request then cannot help."""
        return 400 <= self.status < 500 and self.status != 429

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}: HTTP {self.status} {self.reason}: {self.message}"

    def details(self) -> dict[str, Any]:
        return {"status": self.status, "reason": self.reason}


class Conflict(ApiError):
    """The object changed, appeared or vanished since it was read (HTTP 409).

    may_be_own: whether it may be a conflict with what the same request did before, whose answer was lost.
    """

    code = "conflict"
    may_be_own = False


class Unauthorized(ApiError):
    """The API server does not know who is asking (HTTP 401)."""

    code = "unauthorized"

    def __str__(self) -> str:
        return (
            f"{self.verb} {self.subject}: HTTP {self.status} {self.reason}: the API server does not accept the "
            "credentials. The token, certificate or password is wrong or has expired. Log in again, or give other "
            "credentials."
        )


class Forbidden(ApiError):
    """The user may not do this (HTTP 403)."""

    code = "forbidden"

    @property
    def lacks_right(self) -> bool:
        """Whether a right is missing; quotas, limits and policies answer 403 too."""
        return bool(_NO_RIGHT.search(self.message))

    def __str__(self) -> str:
        remedy = (
            ". Grant the right to the user (manifests are in docs/rbac of the collection), or connect as another user."
        )
        return super().__str__() + (remedy if self.lacks_right else "")


class NotFound(ApiError):
    """There is no such object, or the API server does not serve its kind (HTTP 404)."""

    code = "not-found"

    @property
    def kind_is_served(self) -> bool:
        """Whether only the object is missing. For a kind that it does not serve, the API server gives no reason."""
        return self.reason == "NotFound"


class NotReady(ApiError):
    """The API server refused what it may not know of yet: a moment before it could not be reached, or failed."""

    code = "not-ready"

    @classmethod
    def of(cls, error: ApiError) -> NotReady:
        """Return it for a refusal."""
        return cls(error.verb, error.subject, error.status, error.reason, error.message, error.causes)

    @property
    def is_final(self) -> bool:
        return False

    def __str__(self) -> str:
        return (
            f"{self.verb} {self.subject}: the API server failed or could not be reached a moment ago, and may not be "
            f"ready yet: HTTP {self.status} {self.reason}: {self.message}. Run the task again when it is."
        )


class Gone(ApiError):
    """A watch asked for a version that the API server no longer has (HTTP 410)."""

    code = "gone"


class Unreachable(ApiError):
    """No answer came from the API server."""

    code = "unreachable"

    def __init__(self, verb: str, subject: str, message: str):
        super().__init__(verb, subject, 0, "Unreachable", message)

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}: the API server could not be reached: {self.message}"


class UntrustedCertificate(Unreachable):
    """The API server, or what answers in its place, has a certificate that is not trusted."""

    code = "untrusted-certificate"


class Contended(RegistryError):
    """Something else kept changing objects between the read and the write.

    objects: those that are not as declared; attempts: how often the task tried to write them.
    """

    code = "contended"

    def __init__(self, objects: list[str], attempts: int):
        super().__init__(
            f"Something else kept changing what this task writes, {attempts} times in a row. Not as declared: "
            f"{', '.join(objects)}. Find out what else writes to these objects, and run the task again."
        )


class RolloutError(RegistryError):
    """The desired state was written but is not being served. why: what is seen instead, with a remedy."""

    def __init__(self, problem: str, why: str):
        super().__init__(f"{problem}: {why}")
        self.why = why


class RolloutFailed(RolloutError):
    """The operator, the router or the pods report that they cannot reach the desired state."""

    code = "rollout-failed"


class Overwritten(RolloutFailed):
    """Something else keeps changing what the task declares."""

    code = "overwritten"


class NotHandedOver(RegistryError):
    """It is not certain that storage stays the user's, so that a removal could delete it."""

    code = "storage-not-handed-over"

    def __init__(self, why: str):
        super().__init__(
            "Nothing was removed, because it is not certain that storage.management_state stays Unmanaged, and the "
            f"operator might delete the storage with its images: {why} Run the task again when the cause is gone."
        )


class RolloutTimeout(RolloutError):
    """The time limit passed first."""

    code = "rollout-timeout"
