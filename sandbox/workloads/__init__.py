# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins for what runs pods: the Deployment and ReplicaSet controllers, scheduler, kubelet, garbage collector."""
