# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong in a sync, as far as the operator treats it differently."""


class ApplyError(Exception):
    """A sync failed; the text is the operator's own. It is retried with backoff."""


class PermanentError(ApplyError):
    """A sync failed in a way that only another spec can mend; it is not retried.

    `reason` is what Degraded reports: `VerificationFailed` or `StorageNotConfigured`.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Undecodable(Exception):
    """The operator's client cannot decode the object, so the operator does not see it at all."""
