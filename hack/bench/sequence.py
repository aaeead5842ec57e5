# SPDX-License-Identifier: GPL-3.0-or-later
"""How many of a run's requests waited for one another."""

from collections.abc import Iterable

from sandbox.audit import Request

# Of a round trip: what comes sooner after an answer than this was not sent because of it. The rest is for requests that
# are sent together and still do not arrive together, because each has a TLS handshake of its own.
PART_OF_ROUND_TRIP = 0.8


def in_sequence(requests: Iterable[Request], round_trip: float) -> int:
    """Return how many of the requests can have waited for one another: the longest chain of such.

    round_trip: seconds between the end of one request and the beginning of the next that its sender, having seen the
    answer, sends at once.
    """
    length, free = 0, float("-inf")
    for request in sorted(requests, key=lambda request: request.end):
        if request.begin >= free:
            length, free = length + 1, request.end + round_trip * PART_OF_ROUND_TRIP
    return length
