# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of tasks when the network, the API server or the process itself fails in the middle of them."""
