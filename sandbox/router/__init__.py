# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-in for the router: it gives Routes their hosts and admits or refuses them."""
