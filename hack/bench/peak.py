# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command and note how much memory it took: `python hack/bench/peak.py NOTES COMMAND...`.

NOTES is a file that gets one more line: the peak in bytes of the biggest process that the command was. The command is
run by this small process because a process counts, up to its exec, the memory of the one that started it.
"""

import resource
import subprocess
import sys

notes, *command = sys.argv[1:]
status = subprocess.run(command, check=False).returncode
with open(notes, "a", encoding="utf-8") as file:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024, file=file)
sys.exit(status)
