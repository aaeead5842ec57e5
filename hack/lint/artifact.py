# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the artifact, install it where nothing is, and have ansible-doc render every plugin and role from there."""

import shutil
import subprocess
import sys
from pathlib import Path

from hack.artifact import build
from hack.lint.paths import BIN, COLLECTIONS, INSTALLED, REPOSITORY, WORK

# What users need; everything else in the repository is for its developers.
SHIPPED = {"CHANGELOG.md", "LICENSE", "LICENSES", "README.md", "REUSE.toml", "requirements.txt"}
SHIPPED |= {"changelogs", "docs", "meta", "playbooks", "plugins", "roles"}
# What builds the site of the documentation.
NOT_SHIPPED = "docs/docsite/site/"
# galaxy-importer asks for one; a real one is set where the collection is published.
_REPOSITORY_ADDRESS = "https://example.com/okd/image_registry"
# What ansible-galaxy adds.
WRITTEN = {"FILES.json", "MANIFEST.json"}


def main() -> None:
    """Do it, or end with what is wrong."""
    shutil.rmtree(COLLECTIONS, ignore_errors=True)
    for old in WORK.glob("*.tar.gz"):
        old.unlink()
    archive = build(REPOSITORY, WORK, {"repository": _REPOSITORY_ADDRESS})
    _run(
        "ansible-galaxy", "collection", "install", "--offline", "--no-deps", "--collections-path", COLLECTIONS, archive
    )
    _check_content()
    # The dependency comes from the package ansible, since Galaxy may be out of reach.
    (core,) = REPOSITORY.glob(".venv/lib/python*/site-packages/ansible_collections/kubernetes/core")
    shutil.copytree(core, COLLECTIONS / "ansible_collections" / "kubernetes" / "core")
    _render("module", [path.stem for path in sorted((REPOSITORY / "plugins" / "modules").glob("*.py"))])
    _render("role", [path.name for path in sorted((REPOSITORY / "roles").iterdir())])


def _check_content() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, check=True, capture_output=True, text=True)
    wanted = {name for name in tracked.stdout.split("\0") if name.split("/")[0] in SHIPPED}
    wanted = {name for name in wanted if not name.startswith(NOT_SHIPPED)}
    found = {str(path.relative_to(INSTALLED)) for path in INSTALLED.rglob("*") if not path.is_dir()} - WRITTEN
    if wanted != found:
        lacking, extra = sorted(wanted - found), sorted(found - wanted)
        sys.exit(f"galaxy.yml: the artifact lacks {lacking} and has {extra}, which is not committed or not for users")


def _render(kind: str, names: list[str]) -> None:
    for name in names:
        text = _run("ansible-doc", "--type", kind, f"okd.image_registry.{name}")
        if f"okd.image_registry.{name}" not in text or str(INSTALLED) not in text:
            sys.exit(f"ansible-doc does not render {kind} {name} from {INSTALLED}:\n{text}")


def _run(tool: str, *arguments: str | Path) -> str:
    done = subprocess.run([BIN / tool, *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{tool} failed: {done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
