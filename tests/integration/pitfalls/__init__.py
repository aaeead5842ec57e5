# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong when the registry is automated without knowing its operator: a test or more for each pitfall."""
