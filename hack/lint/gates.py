# SPDX-License-Identifier: GPL-3.0-or-later
"""The gates by name, and their commands. The longest come first, so that no core waits at the end."""

from hack.lint.paths import INSTALLED

FIRST = "artifact"
GATES = {
    "sanity-oldest": ["python -m hack.lint.sanity oldest"],
    "sanity-newest": ["python -m hack.lint.sanity newest"],
    "ansible-lint": ["ansible-lint --profile production --strict --nocolor -q"],
    "galaxy-importer": ["python -m hack.lint.importer"],
    "antsibull-docs": [
        # Not the repository itself, which is copied as it is: .collections leads back into it.
        f"antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs all {INSTALLED}",
    ],
    "mypy": ["mypy"],
    # Of the environment of the tests, which has the library that the modules need.
    "generated": [".venv/bin/python -m hack.generate --check"],
    "import-linter": ["env PYTHONPATH=.collections lint-imports --no-logo --no-cache"],
    "options": ["python -m hack.lint.options"],
    "antsibull-changelog": [
        "antsibull-changelog lint",
        "antsibull-changelog lint-changelog-yaml changelogs/changelog.yaml",
    ],
    "yamllint": ["yamllint --strict ."],
    "reuse": ["reuse lint --lines"],
    "ruff": ["ruff check --output-format concise .", "ruff format --check ."],
}
