# SPDX-License-Identifier: GPL-3.0-or-later
"""The gates as sessions: those of antsibull-nox, and one for each gate of ours.

`make lint` runs all of them, in the environment that it makes and side by side: `.venv-lint/bin/python -m nox --list`.
"""

import antsibull_nox
import nox

from hack.lint.gates import OURS
from hack.lint.paths import BIN

nox.options.default_venv_backend = "none"
antsibull_nox.load_antsibull_nox_toml()


def _add(gate: str) -> None:
    @nox.session(name=gate, default=False)
    def run(session: nox.Session) -> None:
        session.run(str(BIN / "python"), "-m", "hack.lint", gate)


for name in OURS:
    _add(name)
