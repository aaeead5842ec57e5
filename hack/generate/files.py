# SPDX-License-Identifier: GPL-3.0-or-later
"""All files that are made, wholly or in part."""

from __future__ import annotations

from pathlib import Path

from hack.generate import entries, modules, option_table, readme, role_files


def generated(repository: Path) -> dict[Path, str]:
    """Return the content of each file that is made, by path."""
    return {
        **role_files.files(repository),
        **modules.files(repository),
        **entries.files(repository),
        **readme.files(repository),
        **option_table.files(repository),
    }


def bring_up_to_date(repository: Path, check: bool) -> int:
    """Write every file that is not as it should be and print its path; with check, only print it.

    Returns the exit status.
    """
    outdated = {
        path: content
        for path, content in generated(repository).items()
        if not path.exists() or path.read_text(encoding="utf-8") != content
    }
    for path, content in outdated.items():
        print(path.relative_to(repository))
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    if check and outdated:
        print("These files are out of date: python -m hack.generate writes them.")
    return int(check and bool(outdated))
