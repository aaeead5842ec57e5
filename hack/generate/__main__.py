# SPDX-License-Identifier: GPL-3.0-or-later
"""Entry point of `python -m hack.generate [--check]`: write the files that are made, or tell which are out of date."""

import argparse
import importlib
import sys

from sandbox.state import REPOSITORY


def main() -> int:
    """Do it, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m hack.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a file is out of date")
    check = parser.parse_args().check
    # It lets the collection be imported by its full name, which the modules below do.
    importlib.import_module("conftest")
    status: int = importlib.import_module("hack.generate.files").bring_up_to_date(REPOSITORY, check)
    return status


sys.exit(main())
