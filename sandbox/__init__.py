# SPDX-License-Identifier: GPL-3.0-or-later
"""A local cluster for the image registry: a real API server with stand-ins for what cannot run here."""
