# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the gates work: the repository, the environment of their tools, and a directory for what they make."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
TOOLS = REPOSITORY / ".venv-lint"
BIN = TOOLS / "bin"
WORK = REPOSITORY / ".cache" / "lint"
# The collections path that the built artifact is installed into, with kubernetes.core and nothing else.
COLLECTIONS = WORK / "collections"
INSTALLED = COLLECTIONS / "ansible_collections" / "okd" / "image_registry"
