# SPDX-License-Identifier: GPL-3.0-or-later
"""Show which changes of the code that decides no test notices: python -m hack.mutants [WORD ...].

All modules, or those whose path contains one of the words. cosmic-ray changes the files of a copy in .cache/mutants,
never those of the repository. What it found stays there, as a database of its own for each module.
"""

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from sandbox.state import REPOSITORY

_UTILITIES = "plugins/module_utils"
# Each module with the tests that are about it, those that notice most first.
MODULES = {
    "_desired/storage/loss.py": ["_desired/storage/test_loss.py"],
    "_desired/storage/handover.py": ["_desired/storage/test_handover.py"],
    "_plan/ownership.py": ["_plan/test_ownership.py"],
    "_plan/findings.py": ["_plan/test_findings.py", "_desired/test_state.py"],
    "_plan/refusals.py": ["_plan/test_refusals.py", "_desired/test_pods.py"],
    "_rollout/serving.py": ["_rollout/test_expected.py"],
    "_rollout/observed.py": ["_rollout/test_expected.py"],
    "_rollout/held.py": ["_rollout/test_held.py", "_rollout/test_expected.py"],
    "_rollout/admitted.py": ["_rollout/test_expected.py"],
    "_rollout/passed_on.py": ["_desired/storage/test_trust.py", "_rollout/test_expected.py"],
    "_cluster/choice.py": ["_cluster/test_choice.py"],
    "_objects/ownership.py": ["_objects/test_ownership.py", "_plan/test_ownership.py"],
}
_PLACE = REPOSITORY / ".cache" / "mutants"
_COPY = _PLACE / "copy"
_TOOLS = REPOSITORY / ".venv-mutants" / "bin"
_SECONDS = 120.0
_CONFIGURATION = """\
[cosmic-ray]
module-path = "{path}"
timeout = {seconds}
excluded-modules = []
test-command = "{python} -m pytest -x -q -p no:cacheprovider {tests}"

[cosmic-ray.distributor]
name = "local"

[cosmic-ray.filters.operators-filter]
# Annotations are not evaluated, ** is mostly no operator, and which equal strings are one object is Python's business.
exclude-operators = [
    "core/ReplaceBinaryOperator_(BitOr|Pow)_",
    "core/ReplaceComparisonOperator_(Eq_Is|NotEq_IsNot)$",
]
"""


def main(words: list[str]) -> int:
    """Test the tests of the chosen modules, or of all; return the exit status."""
    chosen = [module for module in MODULES if not words or any(word in module for word in words)]
    if not chosen:
        print(f"error: no such module: {', '.join(words)}; there are {', '.join(MODULES)}", file=sys.stderr)
        return 2
    _copy()
    for module in chosen:
        _tell(module, _outcomes(module))
    return 0


def _copy() -> None:
    """Copy what Git knows of the repository, and have the tests find the collection there."""
    shutil.rmtree(_COPY, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        (_COPY / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, _COPY / name)
    collections = _COPY / ".collections/ansible_collections/okd"
    collections.mkdir(parents=True)
    (collections / "image_registry").symlink_to("../../..")


def _outcomes(module: str) -> Iterator[tuple[str, str]]:
    """Yield of each change whether the tests noticed it (killed, survived), and its diff."""
    configuration = _PLACE / f"{module.replace('/', '-')}.toml"
    session = configuration.with_suffix(".sqlite")
    tests = " ".join(f"tests/unit/{_UTILITIES}/{name}" for name in MODULES[module])
    python = shlex.quote(sys.executable)
    text = _CONFIGURATION.format(path=f"{_UTILITIES}/{module}", seconds=_SECONDS, python=python, tests=tests)
    configuration.write_text(text, encoding="utf-8")
    _run("cosmic-ray", "baseline", configuration)
    _run("cosmic-ray", "init", "--force", configuration, session)
    _run("cr-filter-operators", session, configuration)
    _run("cosmic-ray", "exec", configuration, session)
    for line in _run("cosmic-ray", "dump", session).splitlines():
        _item, result = json.loads(line)
        if result["worker_outcome"] != "skipped":
            yield result["test_outcome"], result["diff"]


def _run(tool: str, *arguments: str | Path) -> str:
    return subprocess.run([_TOOLS / tool, *arguments], cwd=_COPY, stdout=subprocess.PIPE, text=True, check=True).stdout


def _tell(module: str, outcomes: Iterable[tuple[str, str]]) -> None:
    found = list(outcomes)
    survivors = [diff for outcome, diff in found if outcome == "survived"]
    print(f"{module}: {len(found) - len(survivors)} of {len(found)} changes noticed", flush=True)
    for diff in survivors:
        print("\n".join(line for line in diff.splitlines() if re.match(r"@@|[+-](?![+-])", line)), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
