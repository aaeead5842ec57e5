# SPDX-License-Identifier: GPL-3.0-or-later
"""Module registry_workload: the secret that the pods share."""

from urllib.parse import urlsplit

from hack.bench.delay import DelayProxy
from tests.integration import accounts, setups
from tests.integration.api import CONFIG
from tests.integration.lab import Lab

ROUND_TRIP_SECONDS = 0.2


def test_a_rotated_secret_is_not_rotated_again_where_the_operator_is_faster_than_the_task(clean: Lab) -> None:
    setups.serve_from_claim(clean)
    before = clean.spec()["httpSecret"]
    mark = clean.log.mark()
    port = urlsplit(clean.api.server).port
    assert port
    with DelayProxy(port, ROUND_TRIP_SECONDS) as far:
        address = f"https://127.0.0.1:{far.port}"
        kubeconfig = accounts.kubeconfig(clean.api, {"token": clean.api.token}, server=address)
        result = clean.run("registry_workload", {"rotate_http_secret": True, "kubeconfig": kubeconfig})
    assert result["changed"]
    assert clean.spec()["httpSecret"] not in ("", before)
    assert [request.path for request in clean.log.writes_since(mark)] == [CONFIG]
