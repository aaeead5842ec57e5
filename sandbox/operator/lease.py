# SPDX-License-Identifier: GPL-3.0-or-later
"""The Lease by which the operator's pods agree on the one that works: after a crash it has to run out first."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from kubernetes.client import ApiException

from . import names
from .cluster import Cluster

Object = dict[str, Any]

KIND, NAME = "Lease", "openshift-master-controllers"
RENEWALS = 5
"""How often the holder renews it before it runs out; the real one every 26 of 137 seconds."""

_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


class Leadership:
    """What one start of the operator knows of the lease; each start has another identity."""

    def __init__(self, cluster: Cluster, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._cluster, self._clock = cluster, clock
        self._identity = ""
        self.crash()

    def crash(self) -> None:
        """Begin anew without giving the lease back."""
        self._identity = f"{names.OPERATOR_POD}_{uuid.uuid4()}"
        self.is_held = False

    def take(self, seconds: float) -> float:
        """Take the lease or renew it, for so many seconds; returns in how many seconds to try again.

        Raises kubernetes.client.ApiException.
        """
        lease = self._cluster.read(KIND, names.NAMESPACE, NAME)
        spec: Object = (lease or {}).get("spec") or {}
        self.is_held = spec.get("holderIdentity") == self._identity
        if lease and not self.is_held and (left := self._left(spec)) > 0:
            return left
        try:
            self._write(lease, spec, seconds)
        except ApiException as error:
            if error.status != 409:
                raise
            # Somebody else was faster.
            return seconds / RENEWALS
        self.is_held = True
        return seconds / RENEWALS

    def _left(self, spec: Object) -> float:
        """The seconds until the lease of another holder has run out."""
        renewed = datetime.strptime(spec["renewTime"], _TIME).replace(tzinfo=UTC)
        return (renewed + timedelta(seconds=spec["leaseDurationSeconds"]) - self._clock()).total_seconds()

    def _write(self, lease: Object | None, spec: Object, seconds: float) -> None:
        now = self._clock().strftime(_TIME)
        taken = {} if self.is_held else {"acquireTime": now, "leaseTransitions": spec.get("leaseTransitions", -1) + 1}
        held = {"holderIdentity": self._identity, "leaseDurationSeconds": max(1, round(seconds)), "renewTime": now}
        obj = lease or {"metadata": {"namespace": names.NAMESPACE, "name": NAME}}
        write = self._cluster.replace if lease else self._cluster.create
        write(obj | {"kind": KIND, "spec": spec | held | taken})
