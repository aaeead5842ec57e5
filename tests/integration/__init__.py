# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests against the sandbox. What several of them share says why it fails, too."""

import pytest

pytest.register_assert_rewrite(*(f"{__name__}.{name}" for name in ("api", "audit", "lab", "prediction", "setups")))
