# SPDX-License-Identifier: GPL-3.0-or-later
"""How hypothesis works here: how long one example takes says more about the machine than about the code."""

from hypothesis import settings

settings.register_profile("unit", deadline=None)
settings.load_profile("unit")
