# SPDX-License-Identifier: GPL-3.0-or-later
"""A task comes to the same in Ansible's worker and as a module."""

from __future__ import annotations

import json

import pytest

from tests.integration import accounts
from tests.integration.hosts import book
from tests.integration.hosts.cases import CASES, KEY, SECRET_KEY, Case, Place
from tests.integration.lab import Lab
from tests.integration.leaks import leaks

SECRETS = {
    "secret key": SECRET_KEY,
    "key of the route": KEY,
    "wrong token": "wr0ng-t0ken",
    "vaulted": "va01ted s3cret",
    "password of a proxy": "pa55w0rd",
}
Played = dict[str, dict[str, book.Played]]


@pytest.fixture(scope="module")
def played(clean_module: Lab, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """All cases, played once."""
    api = clean_module.api
    with book.hanging_server() as hanging:
        kubeconfig = accounts.kubeconfig(api, {"token": api.token})
        place = Place(api.server, str(api.authority), api.token, kubeconfig, hanging)
        return book.play(tmp_path_factory.mktemp("hosts"), place)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])
def test_both_ways_come_to_the_same(played: Played, case: Case) -> None:
    worker, module = (played[case.id][way] for way in book.WAYS)
    assert (worker.way == "runs in the worker") == case.in_worker
    assert module.way.startswith("runs as a module: ")
    assert worker.result == module.result
    assert worker.shown == module.shown
    shown = json.dumps(worker.result, ensure_ascii=False)
    assert case.shows in shown
    assert not leaks(shown + json.dumps(worker.shown), SECRETS)
