# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the sandbox."""

import argparse
import signal
import sys
from types import FrameType
from typing import NoReturn

from . import sandbox
from .errors import SandboxError
from .state import StateDirectory


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    options = _parser().parse_args(arguments)
    # A terminated `up` has to clean up as an interrupted one does.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        options.command(StateDirectory.default(), options)
    except SandboxError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def report(message: str) -> None:
    """Print one line of progress at once, also into a pipe."""
    print(message, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.sandbox",
        description="A local cluster for the image registry: real kube-apiserver and etcd, stand-ins for the rest.",
        epilog="SANDBOX_STATE names another state directory, SANDBOX_KUBECONFIG an existing cluster.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, text: str, run) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(command=run)
        return added

    command("up", "start what is not running and wait until it is ready", lambda s, o: sandbox.up(s, report))
    command("down", "stop everything that was started and delete its data", lambda s, o: sandbox.down(s, report))
    command("kubeconfig", "print the path of the kubeconfig", lambda s, o: report(str(sandbox.kubeconfig(s))))
    return parser
