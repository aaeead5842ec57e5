# SPDX-License-Identifier: GPL-3.0-or-later
"""Has the programs of a test write to the file JOURNAL what they tell the system's log.

Python runs this at its start wherever PYTHONPATH names this folder.
"""

import os
import syslog
from pathlib import Path


def _write(_priority: int, message: str) -> None:
    with Path(os.environ["JOURNAL"]).open("a", encoding="utf-8") as journal:
        journal.write(f"{message}\n")


syslog.syslog = _write
