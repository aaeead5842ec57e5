# SPDX-License-Identifier: GPL-3.0-or-later
"""Run modules, each in a process of its own: `python -m tests.integration.module_server DESCRIPTOR`.

The imports, which take most of a module's time, are done once; every request forks. The arguments reach the module
by ansible-core's own test support, and its code is run as Ansible runs it: as the main program, without a controller.
"""

import contextlib
import importlib
import io
import json
import os
import runpy
import signal
import socket
import sys
import syslog
import time
import traceback
from typing import Any

from ansible.module_utils.testing import patch_module_args

MODULES = "ansible_collections.okd.image_registry.plugins.modules"
_UTILS = "ansible_collections.okd.image_registry.plugins.module_utils"
# The last three are what tasks do without until they need them.
PRELOADED = (
    f"{_UTILS}._work",
    f"{_UTILS}._inform",
    f"{_UTILS}._cluster.plugin",
    f"{_UTILS}._desired.tls",
    "cryptography.x509",
)
LARGEST_REQUEST = 200_000


def main() -> None:
    """Serve requests from the socket whose descriptor is the argument until its other end is closed."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    for name in PRELOADED:
        importlib.import_module(name)
    # Nobody asks for the exit status: a module's answer is the pipe's content and its end.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, descriptors, _flags, _address = socket.recv_fds(channel, LARGEST_REQUEST, 1)
        if not message:
            return
        if os.fork() == 0:
            channel.close()
            _serve(json.loads(message), descriptors[0])
        os.close(descriptors[0])


def _serve(request: dict[str, Any], descriptor: int) -> None:
    """Run one module; write its process id and, at the end, what it printed to the descriptor; does not return."""
    os.environ.update(request["environment"])
    # A module wants to know how the programs that it runs have ended.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # The whole answer would come too late for who wants to end the process half-way.
    os.write(descriptor, f"{os.getpid()}\n".encode())
    output, errors = io.StringIO(), io.StringIO()
    # What a module tells the system's log is an output like the others.
    syslog.syslog = lambda *said: print(said[-1], file=errors)
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors), patch_module_args(request["args"]):
        try:
            runpy.run_module(f"{MODULES}.{request['module']}", run_name="__main__", alter_sys=True)
        except SystemExit:
            pass
        except BaseException:
            traceback.print_exc()
    answer = {"ended": time.time(), "stdout": output.getvalue(), "stderr": errors.getvalue()}
    with open(descriptor, "w", encoding="utf-8") as pipe:
        json.dump(answer, pipe)
    # Watches that hang in a read must not keep the process.
    os._exit(0)


if __name__ == "__main__":
    main()
