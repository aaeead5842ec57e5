# SPDX-License-Identifier: GPL-3.0-or-later
"""The gates by name, and their commands. The longest come first, so that no core waits at the end."""

from hack.lint.paths import INSTALLED

FIRST = "artifact"
# antsibull-nox runs ansible-test in containers only, and makes an environment for each session that runs ruff, mypy,
# ansible-lint, antsibull-docs or galaxy-importer. The others of these it does not have.
OURS = {
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
    "ruff": ["ruff check --output-format concise .", "ruff format --check ."],
}
# Sessions of antsibull-nox.
_SESSIONS = ("yamllint", "license-check", "extra-checks", "antsibull-nox-config")
GATES = OURS | {name: [f"python -m nox --session {name}"] for name in _SESSIONS}
# These do not look at the artifact.
OF_THE_SOURCE = {*_SESSIONS, "generated", "import-linter", "mypy", "options", "antsibull-changelog", "ruff"}
# Names for several gates, which .pre-commit-config.yaml runs.
GROUPS = {"source": OF_THE_SOURCE, "quick": {"generated", "import-linter", "options", "ruff"}}
