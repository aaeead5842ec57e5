# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the collection's archive: python -m hack.artifact [DIRECTORY].

Galaxy and Automation Hub show the README without the files that it links to. Where galaxy.yml says at which addresses
the repository and the documentation are, the README of the archive gets absolute links.
"""

import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).resolve().parent.parent

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?P<picture>!?)\[(?P<text>[^]]*)\]\((?P<target>[^)\s]+)\)")
# An anchor in the page, or an address with a scheme.
_ABSOLUTE = re.compile(r"#|\w+:")
_GUIDE = re.compile(r"docs/docsite/rst/(?P<name>\w+)\.rst(?P<anchor>#.*)?$")


def main(arguments: list[str]) -> None:
    """Build the archive in the directory that is given, or in this one, and print its path."""
    print(build(REPOSITORY, Path(arguments[0] if arguments else ".")))


def build(repository: Path, output: Path, addresses: Mapping[str, str] | None = None) -> Path:
    """Build the archive in the directory output, replacing one of the same version; return its path.

    addresses: `repository`, `documentation` or `issues`, in place of those in galaxy.yml.

    Raises subprocess.CalledProcessError if ansible-galaxy fails.
    """
    with tempfile.TemporaryDirectory() as name:
        staged = Path(name)
        _copy(repository, staged)
        metadata_file = staged / "galaxy.yml"
        metadata = {**yaml.safe_load(metadata_file.read_text(encoding="utf-8")), **(addresses or {})}
        metadata_file.write_text(yaml.safe_dump(metadata, sort_keys=False), encoding="utf-8")
        readme = staged / metadata["readme"]
        readme.write_text(with_absolute_links(readme.read_text(encoding="utf-8"), metadata), encoding="utf-8")
        output.mkdir(parents=True, exist_ok=True)
        # That of the environment which runs this.
        galaxy = Path(sys.executable).with_name("ansible-galaxy")
        subprocess.run(
            [galaxy, "collection", "build", "--force", "--output-path", output.resolve(), staged],
            check=True,
            capture_output=True,
            text=True,
        )
    return output / f"{metadata['namespace']}-{metadata['name']}-{metadata['version']}.tar.gz"


def with_absolute_links(markdown: str, metadata: Mapping[str, object]) -> str:
    """Return a page of the repository's root with absolute links, as far as galaxy.yml has the addresses.

    `documentation` is the address of the collection's own page in the site that `make docs` builds; guides are below
    it. `repository` has every other file, and the guides where there is no site.
    """
    bases = {key: str(metadata[key]).rstrip("/") for key in ("repository", "documentation") if metadata.get(key)}
    parts, end = [], 0
    for fence in _FENCE.finditer(markdown):
        parts += [_with_absolute_links(markdown[end : fence.start()], bases), fence.group()]
        end = fence.end()
    return "".join([*parts, _with_absolute_links(markdown[end:], bases)])


def _with_absolute_links(text: str, bases: Mapping[str, str]) -> str:
    def replaced(link: re.Match[str]) -> str:
        target = _absolute(link["target"], bool(link["picture"]), bases)
        return f"{link['picture']}[{link['text']}]({target})"

    return _LINK.sub(replaced, text)


def _absolute(target: str, is_picture: bool, bases: Mapping[str, str]) -> str:
    if _ABSOLUTE.match(target):
        return target
    path = posixpath.normpath(target)
    guide = _GUIDE.match(path)
    if guide and "documentation" in bases:
        return f"{bases['documentation']}/docsite/{guide['name']}.html{guide['anchor'] or ''}"
    if "repository" in bases:
        return f"{bases['repository']}/{'raw' if is_picture else 'blob'}/HEAD/{path}"
    return target


def _copy(repository: Path, staged: Path) -> None:
    """Copy what is committed or could be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        source, target = repository / name, staged / name
        # One that is deleted and not yet committed is still listed.
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


if __name__ == "__main__":
    main(sys.argv[1:])
