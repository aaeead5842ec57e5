# SPDX-License-Identifier: GPL-3.0-or-later
"""Replay of the recordings of a real cluster (sandbox/tests/recordings) against the sandbox."""
