# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a sync that read and write the cluster, one for each status that they keep."""
