# SPDX-License-Identifier: GPL-3.0-or-later
"""Each option of the modules is documented in one place: in a fragment, or in the one module that has it.

That a module's documentation and its argument spec agree is checked by validate-modules of ansible-test.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from hack.lint.paths import REPOSITORY


def main() -> None:
    """Print the options that are documented more than once."""
    places: dict[str, list[Path]] = defaultdict(list)
    for directory in ("modules", "doc_fragments"):
        for path in sorted((REPOSITORY / "plugins" / directory).glob("*.py")):
            for block in _blocks(path):
                for option in block.get("options", {}):
                    places[option].append(path.relative_to(REPOSITORY))
    if not places:
        sys.exit("no option is documented anywhere, or this check looks in the wrong place")
    twice = {option: paths for option, paths in places.items() if len(paths) > 1}
    for option, paths in twice.items():
        print(f"{paths[0]}: {option} is documented here and in {', '.join(map(str, paths[1:]))}: keep one of them")
    sys.exit(bool(twice))


def _blocks(path: Path) -> Iterator[dict[str, Any]]:
    """Yield every documentation block of options in a file: a string whose YAML is a mapping with options."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            block = yaml.safe_load(node.value.value)
            if isinstance(block, dict) and ("options" in block or "short_description" in block):
                yield block


if __name__ == "__main__":
    main()
