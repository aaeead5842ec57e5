# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that is killed at any step leaves a cluster that the next run brings to the declared state."""

import random
import threading

import pytest

from tests.faults import declared, view
from tests.faults.laboratory import Laboratory
from tests.faults.storm import calm
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.modules import RunningModule

# A first apply with a claim, Secrets, routes and settings sends about 30 requests until it is done.
REQUESTS = [1, *range(5, 29, 3)]


def _start(laboratory: Laboratory, options: dict[str, object]) -> RunningModule:
    return laboratory.lab.start("registry", laboratory.through_proxy(options))


@pytest.mark.parametrize("number", REQUESTS)
def test_killed_at_a_request(laboratory: Laboratory, number: int) -> None:
    lab, chance = laboratory.lab, random.Random(f"killed {number}")
    lab.run("registry", declared.serving(chance, lab.s3_endpoint).options)
    wanted = declared.serving(chance, lab.s3_endpoint)
    reached = threading.Event()
    laboratory.begin(calm)
    laboratory.proxy.listener = lambda seen: reached.set() if seen == number else None
    task = _start(laboratory, wanted.options)
    try:
        while not (reached.wait(0.05) or task.is_running is False):
            pass
    finally:
        laboratory.proxy.listener = lambda seen: None
        task.kill()
    lab.run("registry", wanted.options)
    assert view.missing(lab.api, wanted) == []


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_moment(laboratory: Laboratory, seed: int) -> None:
    lab, chance = laboratory.lab, random.Random(f"killed at a moment {seed}")
    wanted = declared.serving(chance, lab.s3_endpoint)
    laboratory.begin(calm)
    task = _start(laboratory, wanted.options)
    # The moment itself is what is tested, so nothing can be waited for.
    threading.Event().wait(chance.uniform(0.0, 1.5))
    task.kill()
    lab.run("registry", wanted.options)
    assert view.missing(lab.api, wanted) == []


def test_killed_between_the_handover_of_storage_and_the_removal(laboratory: Laboratory) -> None:
    lab = laboratory.lab
    given: dict[str, object] = {"management_state": "Removed", "storage": {"management_state": "Unmanaged"}}
    claim = {"storage": {"pvc": {}}, "credentials": {"state": "absent"}}
    lab.run("registry", {"management_state": "Managed", **claim, "replicas": 1, "accept_data_loss": True})
    # That of the operator, or the one that an earlier test has left in use.
    used = f"{paths.CLAIMS}/{lab.spec()['storage']['pvc']['claim']}"
    assert lab.api.get(used) is not None
    lab.set_knobs(operatorPaused=True)
    laboratory.begin(calm)
    task = _start(laboratory, given)
    try:
        lab.api.wait_for(paths.CONFIG, lambda config: config["spec"]["storage"]["managementState"] == "Unmanaged")
    finally:
        task.kill()
        lab.set_knobs(operatorPaused=None)
    setups.wait_served(lab)
    assert lab.spec()["managementState"] == "Managed"
    assert [step["fields"] for step in lab.run("registry", given)["plan"]] == [["spec.managementState"]]
    assert lab.api.get(used) is not None
