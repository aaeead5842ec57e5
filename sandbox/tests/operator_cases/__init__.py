# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operator makes of a Config, case by case; the numbers in the tests' names are those of the cases."""
