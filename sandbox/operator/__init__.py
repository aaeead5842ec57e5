# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-in for the cluster-image-registry-operator of OpenShift 4.22 and later."""
