# SPDX-License-Identifier: GPL-3.0-or-later
"""A task comes to the same in Ansible's worker and as a module."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.integration import accounts
from tests.integration.hosts import book
from tests.integration.hosts.cases import (
    CASES,
    KEY,
    PROXY_PASSWORD,
    SECRET_KEY,
    VAULTED,
    WRONG_TOKEN,
    Case,
    Place,
)
from tests.integration.lab import Lab
from tests.integration.leaks import leaks

SECRETS = {
    "secret key": SECRET_KEY,
    "key of the route": KEY,
    "wrong token": WRONG_TOKEN,
    "vaulted": VAULTED,
    "password of a proxy": PROXY_PASSWORD,
}
Played = dict[str, dict[str, book.Played]]


@pytest.fixture(scope="module")
def place(clean_module: Lab) -> Iterator[Place]:
    """Where all cases are played."""
    api = clean_module.api
    kubeconfig = accounts.kubeconfig(api, {"token": api.token})
    with book.hanging_server() as hanging:
        yield Place(api.server, str(api.authority), api.token, kubeconfig, hanging)


@pytest.fixture(scope="module")
def played(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """All cases, played once."""
    return book.play(tmp_path_factory.mktemp("hosts"), place)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])
def test_both_ways_come_to_the_same(played: Played, place: Place, case: Case) -> None:
    worker, module = (played[case.id][way] for way in book.WAYS)
    assert (worker.way == "runs in the worker") == case.in_worker
    assert module.way.startswith("runs as a module: ")
    assert worker.result == module.result
    assert worker.shown
    assert worker.shown == module.shown
    shown = json.dumps(worker.result, ensure_ascii=False)
    assert case.shows in shown
    assert not leaks(shown + json.dumps(worker.shown), {**SECRETS, "token": place.token})
