# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of a file that is written by hand, and is made."""


def filled(text: str, begin: str, end: str, content: str) -> str:
    """Return a text with content in the place between two lines of it, which stay.

    Raises ValueError if the text has no such place, or more than one.
    """
    before, opened, rest = text.partition(begin)
    _old, closed, after = rest.partition(end)
    if not opened or not closed or begin in after:
        raise ValueError(f"There has to be one place between {begin.strip()} and {end.strip()}.")
    return f"{before}{begin}{content}{end}{after}"
