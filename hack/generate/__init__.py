# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the roles that repeat what the modules know: made from their argument specs and documentation."""
