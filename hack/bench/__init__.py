# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules cost beside other ways to the same state: `python -m hack.bench`."""
