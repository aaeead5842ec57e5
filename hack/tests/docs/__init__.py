# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation says, held against the code and the cluster."""
