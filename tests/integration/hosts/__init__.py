# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a task runs: in Ansible's worker or as a module, with the same outcome."""
