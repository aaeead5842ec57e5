# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the sandbox."""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

from kubernetes.client.exceptions import ApiException

from . import sandbox
from .errors import SandboxError
from .platforms import PLATFORMS
from .state import StateDirectory


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    options = _parser().parse_args(arguments)
    # Requests to the loopback interface, of the stand-ins too, must not go to a proxy that the environment names.
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(
        filter(None, [os.environ.get("no_proxy") or os.environ.get("NO_PROXY"), "127.0.0.1"])
    )
    heed_interrupts()
    try:
        options.command(StateDirectory.default(), options)
    except SandboxError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except ApiException as error:
        print(f"error: the API server answered {error.status} {error.reason}: {error.body}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


def heed_interrupts() -> None:
    """Raise KeyboardInterrupt when this process is asked to end: one that is ended has to clean up.

    Also in a job of a script, where the shell has interrupts ignored.
    """
    for request_to_end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(request_to_end, _interrupt)


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _knobs(state: StateDirectory, settings: list[str]) -> None:
    # Imported here because it brings kopf along, which would make every other command slower by half.
    from . import knobs_command

    knobs_command.run(state, settings, report)


def report(message: str) -> None:
    """Print one line of progress at once, also into a pipe."""
    print(message, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="A local cluster for the image registry: real kube-apiserver and etcd, stand-ins for the rest.",
        epilog="SANDBOX_STATE names another state directory, SANDBOX_KUBECONFIG an existing cluster.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, text: str, run: Callable[..., None]) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(command=run)
        return added

    command("up", "start what is not running and wait until it is ready", lambda s, o: sandbox.up(s, report))
    command("down", "stop everything that was started and delete its data", lambda s, o: sandbox.down(s, report))
    command("status", "print what runs and where", lambda s, o: sandbox.status(s, report))
    command("kubeconfig", "print the path of the kubeconfig", lambda s, o: report(str(sandbox.kubeconfig(s))))
    reset = command(
        "reset", "bring back the state right after `up`", lambda s, o: sandbox.reset(s, o.platform, report, o.name)
    )
    reset.add_argument("--platform", choices=PLATFORMS, default=sandbox.DEFAULT_PLATFORM, help="of the fresh cluster")
    reset.add_argument("--name", default="", help="infrastructureName of the fresh cluster")
    knobs = command("knobs", "print the knobs of the stand-ins, or set them", lambda s, o: _knobs(s, o.settings))
    knobs.add_argument("settings", nargs="*", metavar="NAME=VALUE", help="an empty value sets the default")
    return parser
