# SPDX-License-Identifier: GPL-3.0-or-later
"""The Pythons of this machine."""

import os
import shutil
import subprocess
from pathlib import Path

# The collection supports none that is older; there is none that is newer.
_MINORS = range(9, 16)


def find() -> dict[int, Path]:
    """Return a Python of each minor version of Python 3 that is there, from PATH, else from pyenv.

    pyenv puts the names of all its Pythons on PATH, but only the chosen ones run.
    """
    running = {minor: next(filter(_runs, _candidates(minor)), None) for minor in _MINORS}
    return {minor: path for minor, path in running.items() if path}


def _candidates(minor: int) -> list[Path]:
    on_path = shutil.which(f"python3.{minor}")
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    return [*([Path(on_path)] if on_path else []), *sorted(pyenv.glob(f"versions/3.{minor}.*/bin/python3.{minor}"))]


def _runs(path: Path) -> bool:
    return subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0
