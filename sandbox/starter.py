# SPDX-License-Identifier: GPL-3.0-or-later
"""Start one program again and again without its imports, which take longer than the rest of a reset: by forking."""

import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

from .process import ProcessRecord, recorded

_PID_BYTES = 32


def serve(directory: Path) -> None:
    """Fork whenever somebody asks for it in a directory; returns in each of the children, never in this process."""
    # Who has asked for a child watches and ends it.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        with _address(directory) as address:
            listener.bind(address)
        listener.listen()
        while True:
            connection, _peer = listener.accept()
            with connection:
                child = os.fork()
                if not child:
                    break
                connection.sendall(str(child).encode())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def start(directory: Path) -> ProcessRecord:
    """Ask for a child of the process that serves a directory; OSError while none does."""
    with socket.socket(socket.AF_UNIX) as connection, _address(directory) as address:
        connection.connect(address)
        return recorded(int(connection.recv(_PID_BYTES)))


@contextlib.contextmanager
def _address(directory: Path) -> Iterator[str]:
    """Yield the address of the socket in a directory, whose own path may be too long for one."""
    handle = os.open(directory, os.O_PATH)
    try:
        yield f"/proc/self/fd/{handle}/starter.sock"
    finally:
        os.close(handle)
