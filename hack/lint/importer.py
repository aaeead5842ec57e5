# SPDX-License-Identifier: GPL-3.0-or-later
"""Run galaxy-importer, with which Galaxy and Automation Hub take a collection in, on the artifact.

Its ansible-test needs a container; the gates sanity-oldest and sanity-newest run more of it. Its flake8, which is off
unless asked for, contradicts ruff's format. What it only warns of is a failure here: certification fails by it.
"""

import os
import re
import subprocess
import sys

from hack.lint.paths import COLLECTIONS, WORK

# It looks for collections in the one path that it unpacks the artifact into, and where Python looks: kubernetes.core.
_SETTINGS = {"GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true", "PYTHONPATH": str(COLLECTIONS)}


def main() -> None:
    """Import the artifact and print what the importer complains of."""
    (archive,) = WORK.glob("*.tar.gz")
    done = subprocess.run(
        [sys.executable, "-m", "galaxy_importer.main", archive.name],
        cwd=WORK,
        env={**os.environ, **_SETTINGS},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(done.stdout)
    sys.exit(done.returncode or bool(re.search("^(WARNING|ERROR|CRITICAL)", done.stdout, re.MULTILINE)))


if __name__ == "__main__":
    main()
