# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to connect and to authenticate, against the real API server."""
