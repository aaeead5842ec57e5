# SPDX-License-Identifier: GPL-3.0-or-later
"""Count the tests that CI ran twice: python -m hack.retests begin|note|tell.

begin: forget those of earlier runs. note: keep the names of the tests that failed now, before they run once more.
tell: print all that were kept; the exit status is 1 if they are more than CI allows.
"""

import json
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
# One that passes the second time depends on chance. A third one in the same run says that something is wrong.
LIMIT = 2
# Where pytest keeps what failed, until it passes.
FAILED = Path(".pytest_cache/v/cache/lastfailed")
_KEPT = Path(".cache/retested")


def begin(repository: Path) -> int:
    """Forget what failed, and what was kept."""
    for path in (FAILED, _KEPT):
        (repository / path).unlink(missing_ok=True)
    return 0


def note(repository: Path) -> int:
    """Keep the names of the tests that failed. Refuse, with exit status 1, where others did not run at all."""
    failed = repository / FAILED
    names = sorted(json.loads(failed.read_text(encoding="utf-8"))) if failed.exists() else []
    # Where one file cannot be imported, pytest may not run the tests of the others.
    files = [name for name in names if "::" not in name]
    if files or not names:
        print(f"error: no tests to run once more; not imported: {', '.join(files) or 'none'}", file=sys.stderr)
        return 1
    kept = repository / _KEPT
    kept.parent.mkdir(exist_ok=True)
    with kept.open("a", encoding="utf-8") as file:
        file.writelines(f"{name}\n" for name in names)
    return 0


def tell(repository: Path) -> int:
    """Print the names of the tests that were kept."""
    kept = repository / _KEPT
    names = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    print(f"tests that ran twice: {len(names)}, allowed: {LIMIT}")
    for name in names:
        print(f"  {name}")
    return int(len(names) > LIMIT)


if __name__ == "__main__":
    sys.exit({"begin": begin, "note": note, "tell": tell}[sys.argv[1]](REPOSITORY))
