# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage backends of the registry."""
