# SPDX-License-Identifier: GPL-3.0-or-later
"""Run playbooks as users do, by ansible-playbook and from anywhere."""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.state import REPOSITORY

LIMIT_SECONDS = 60.0
_FOREIGN = ("ANSIBLE_", "K8S_AUTH_", "KUBECONFIG")
_MESSAGE = re.compile(r'^ok: \[[^]]+\] => (\{\n    "msg": .*?^\})', re.DOTALL | re.MULTILINE)
_CHANGED = re.compile(r"\bchanged=(\d+)")


@dataclass(frozen=True)
class Played:
    """What a playbook that succeeded has printed."""

    output: str

    @property
    def changed(self) -> int:
        """The number of changed tasks, of all hosts."""
        return sum(int(count) for count in _CHANGED.findall(self.output))

    @property
    def message(self) -> Any:
        """What the one task that prints a message printed."""
        (found,) = _MESSAGE.findall(self.output)
        return json.loads(found)["msg"]


def play(directory: Path, kubeconfig: Path, *arguments: str, **environment: str) -> Played:
    """Run ansible-playbook in a directory; AssertionError with its output when it fails."""
    status, output = attempt(directory, *arguments, K8S_AUTH_KUBECONFIG=str(kubeconfig), **environment)
    assert status == 0, output
    return Played(output)


def attempt(directory: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run ansible-playbook in a directory, without any connection but what is given; return exit status and output."""
    return attempt_within(LIMIT_SECONDS, directory, *arguments, **environment)


def attempt_within(limit: float, directory: Path, /, *arguments: str, **environment: str) -> tuple[int, str]:
    """Do the same with another limit: the seconds until it is ended."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    done = subprocess.run(
        ["ansible-playbook", *arguments],
        cwd=directory,
        env={
            **known,
            "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / ".collections"),
            "ANSIBLE_LOCALHOST_WARNING": "False",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=limit,
        check=False,
    )
    return done.returncode, done.stdout
