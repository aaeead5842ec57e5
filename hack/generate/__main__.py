# SPDX-License-Identifier: GPL-3.0-or-later
"""Entry point of `python -m hack.generate`: write the files, name those that changed."""

import importlib
import sys

from sandbox.state import REPOSITORY


def main() -> int:
    """Write every file that is not as it should be; return the exit status."""
    # It lets the collection be imported by its full name, which the modules below do.
    importlib.import_module("conftest")
    files = importlib.import_module("hack.generate.files")
    for path, content in files.generated(REPOSITORY).items():
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8")
            print(path.relative_to(REPOSITORY))
    return 0


sys.exit(main())
