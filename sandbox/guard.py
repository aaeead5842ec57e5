# SPDX-License-Identifier: GPL-3.0-or-later
"""End a sandbox whose state directory was deleted, with its clone for example: no command would find it any more.

`python -m sandbox.guard DIRECTORY`
"""

import os
import sys
import time
from pathlib import Path

from . import process
from .state import Running, StateDirectory

_LOOK_SECONDS = 1.0
_NAMED_SECONDS = 30.0


def end_when_forgotten(state: StateDirectory) -> None:
    """End what the state file has named, once the file is gone or no longer names this process, then return."""
    own = process.recorded(os.getpid())
    known = Running()
    deadline = time.monotonic() + _NAMED_SECONDS
    while True:
        running = state.load()
        if own in running.processes.values():
            known = running
        # Whoever started this process writes it down a moment later.
        elif known.processes or time.monotonic() > deadline:
            break
        time.sleep(_LOOK_SECONDS)
    for record in reversed(known.processes.values()):
        if record != own:
            process.end(record)


if __name__ == "__main__":
    end_when_forgotten(StateDirectory(Path(sys.argv[1])))
