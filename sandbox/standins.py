# SPDX-License-Identifier: GPL-3.0-or-later
"""The one process of all stand-ins, forked on request: `python -m sandbox.standins KUBECONFIG DIRECTORY`."""

import argparse
import importlib
import logging
import os
import sys
from pathlib import Path
from typing import Any

import kopf

from sandbox import starter
from sandbox.state import StateDirectory

HANDLERS = (
    "sandbox.knobs",
    "sandbox.operator.handlers",
    "sandbox.workloads.handlers",
    "sandbox.router.handlers",
)


@kopf.on.startup()
def configure(settings: kopf.OperatorSettings, **_: Any) -> None:
    """Keep kopf from writing anything by itself: the events of a real cluster are not those of kopf."""
    settings.posting.enabled = False


@kopf.on.login()
def log_in(**arguments: Any) -> kopf.ConnectionInfo | None:
    """Take the credentials from the kubeconfig file, and from nothing else that this machine may have."""
    return kopf.login_with_kubeconfig(**arguments)


def main() -> None:
    """Import the handlers, which registers them; run them, each time that somebody asks, until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.standins", description=__doc__)
    parser.add_argument("kubeconfig", help="kubeconfig of the user whom the stand-ins act as")
    parser.add_argument("directory", type=Path, help="state directory of the sandbox, in which to be asked")
    options = parser.parse_args()
    os.environ["KUBECONFIG"] = options.kubeconfig
    for module in HANDLERS:
        importlib.import_module(module)
    kopf.configure()
    # Otherwise kopf writes a line for every object that it hands to a handler.
    logging.getLogger("kopf").setLevel(logging.WARNING)
    starter.serve(options.directory)
    with StateDirectory(options.directory).log("standins").open("ab") as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
    kopf.run(standalone=True, clusterwide=True)


if __name__ == "__main__":
    main()
