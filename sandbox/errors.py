# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception that the command line shows to people."""


class SandboxError(Exception):
    """Something the user has to know: what was attempted, what was found, what to do about it."""
