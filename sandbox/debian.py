# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetch packages of a Debian release into a directory: nothing is installed, the system's lists stay as they are."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .errors import SandboxError
from .steps import Steps

ELSE = "put kube-apiserver and etcd on PATH, or name a cluster in SANDBOX_KUBECONFIG"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
REQUIRED_COMMANDS = {"apt-get": "apt", "dpkg-deb": "dpkg", "dpkg-source": "dpkg-dev"}


def missing_packages() -> list[str]:
    """Return the Debian packages whose commands are needed here and are not on PATH."""
    return [package for command, package in REQUIRED_COMMANDS.items() if shutil.which(command) is None]


def mirror_of(uris: str, codename: str) -> str:
    """Return the mirror that serves the release `codename`.

    `uris` is what `apt-get update --print-uris` prints: apt's own reading of the system's source lists, whichever of
    the two formats they are written in. Raises SandboxError when no list names that release.
    """
    found = re.search(rf"^'([^']+?)/*/dists/{re.escape(codename)}/(?:In)?Release(?:\.gpg)?'", uris, re.MULTILINE)
    if found is None:
        raise SandboxError(
            f"the package lists of this system (apt-get update --print-uris) name no mirror of '{codename}'; {ELSE}"
        )
    return found[1]


def source_list(mirror: str, release: str) -> str:
    """Return an apt source list of binary and source packages of one Debian release."""
    entry = f"[signed-by={KEYRING}] {mirror} {release} main"
    return f"deb {entry}\ndeb-src {entry}\n"


def system_codename(os_release: str) -> str:
    """Return the release name of the Debian system that wrote this /etc/os-release; SandboxError on any other."""
    fields: dict[str, str] = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', os_release, re.MULTILINE))
    if fields.get("ID") != "debian" or not fields.get("VERSION_CODENAME"):
        raise SandboxError(
            f"building the API server needs Debian, this is {fields.get('PRETTY_NAME') or 'an unknown system'}; {ELSE}"
        )
    return fields["VERSION_CODENAME"]


@dataclass(frozen=True)
class PrivateApt:
    """An apt with its own source list, lists and cache below `directory`."""

    directory: Path
    steps: Steps

    @classmethod
    def create(cls, directory: Path, release: str, steps: Steps) -> "PrivateApt":
        """Set up the directory and read the package lists of `release` from the mirror that the system uses."""
        codename = system_codename(Path("/etc/os-release").read_text(encoding="utf-8"))
        uris = subprocess.run(
            ["apt-get", "update", "--print-uris"], check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        for part in ("lists/partial", "archives/partial"):
            (directory / part).mkdir(parents=True)
        (directory / "sources.list").write_text(source_list(mirror_of(uris.stdout, codename), release))
        apt = cls(directory, steps)
        steps.run("read package lists", apt._command("update"))
        return apt

    def _command(self, *arguments: str) -> list[str]:
        options = {
            "Dir::Etc::SourceList": self.directory / "sources.list",
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::State::Lists": self.directory / "lists",
            "Dir::Cache": self.directory,
            # apt started by root fetches as the user _apt, who may not enter the home directory of root.
            "APT::Sandbox::User": "root",
            "Acquire::Retries": 3,
            # Without this a list that could not be fetched is only a warning, and the packages seem not to exist.
            "APT::Update::Error-Mode": "any",
        }
        return ["apt-get", *(f"-o{name}={value}" for name, value in options.items()), *arguments]

    def unpack(self, packages: list[str], target: Path) -> None:
        """Fetch binary packages and unpack their files below `target`."""
        downloads = self.directory / "downloads"
        downloads.mkdir(exist_ok=True)
        self.steps.run("fetch packages", self._command("download", *packages), cwd=downloads)
        for package in sorted(downloads.glob("*.deb")):
            self.steps.run(f"unpack {package.name.split('_')[0]}", ["dpkg-deb", "-x", package, target])

    def unpack_source(self, package: str, target: Path) -> None:
        """Fetch a source package and unpack it, with Debian's patches, as the directory `target`."""
        downloads = self.directory / "sources"
        downloads.mkdir(exist_ok=True)
        self.steps.run(f"fetch source {package}", self._command("source", "--download-only", package), cwd=downloads)
        descriptions = list(downloads.glob(f"{package}_*.dsc"))
        if len(descriptions) != 1:
            raise SandboxError(f"expected one source description of {package}, found {len(descriptions)}")
        target.parent.mkdir(parents=True, exist_ok=True)
        self.steps.run(
            f"unpack source {package}",
            # apt has verified the signature of the archive and the checksums of these files.
            ["dpkg-source", "--no-check", "--extract", descriptions[0], target],
        )
