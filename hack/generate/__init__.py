# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from the modules: files of the roles, RETURN blocks, tables of the documentation."""
