# SPDX-License-Identifier: GPL-3.0-or-later
"""A registry in memory, to see what becomes of its images."""
