# SPDX-License-Identifier: GPL-3.0-or-later
"""How long it takes to bring the registry to a declared state in five ways: `python -m hack.bench`."""
