# SPDX-License-Identifier: GPL-3.0-or-later
"""What hosts cost while they wait for a rollout that does not end."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.audit import Request

from .fleet import WAITING_HOSTS
from .ground import Ground
from .memory import pss_below
from .process import RunFailed, has_ended
from .results import Wait

WINDOW_SECONDS = 60.0
_BEGIN_SECONDS = 120.0
# From the reading of the Config, which every host does once, to the wait.
_SETTLE_SECONDS = 5.0
_POLL_SECONDS = 0.5
_CONFIG = "/apis/imageregistry.operator.openshift.io/v1/configs/cluster"


@dataclass
class Observer:
    """Watches a run of hosts that wait, then lets the rollout end.

    mark: of the audit log, before the run.
    """

    ground: Ground
    mark: int
    wait: Wait | None = None

    def __call__(self, pid: int) -> None:
        """Watch for a minute; pid: of the command that runs. RunFailed if the hosts do not come to wait."""
        deadline = time.monotonic() + _BEGIN_SECONDS
        while readings(self.ground.requests_since(self.mark)) < WAITING_HOSTS:
            if has_ended(pid):
                return
            if time.monotonic() > deadline:
                raise RunFailed(f"not all of {WAITING_HOSTS} hosts have read the Config within {_BEGIN_SECONDS:g} s")
            time.sleep(_POLL_SECONDS)
        time.sleep(_SETTLE_SECONDS)
        begin = self.ground.mark()
        time.sleep(WINDOW_SECONDS)
        requests = len(self.ground.requests_since(begin))
        memory = pss_below(pid)
        if not has_ended(pid):
            self.wait = Wait(memory / WAITING_HOSTS, requests / WAITING_HOSTS)
        self.ground.hold_rollout(False)


def readings(requests: Iterable[Request]) -> int:
    """Return how often the Config was read."""
    return sum(request.verb == "get" and request.path == _CONFIG for request in requests)
