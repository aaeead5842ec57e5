# SPDX-License-Identifier: GPL-3.0-or-later
"""Full converges in storms of faults; `python -m tests.faults` runs as many more as one likes."""

import json
import random
from pathlib import Path

import pytest

from tests.faults import declared, leaks, view
from tests.faults.converge import run
from tests.faults.hosts import Host
from tests.faults.laboratory import Laboratory
from tests.faults.storm import Storm
from tests.integration.playbook import play

SEEDS = range(1, 26)
# Ordinary faults only, so that the playbook comes to its end.
CALM_SEED = 2


@pytest.mark.parametrize("host", Host)
@pytest.mark.parametrize("seed", SEEDS)
def test_ends_as_declared_or_with_one_error(laboratory: Laboratory, seed: int, host: Host) -> None:
    done = run(laboratory, seed, host, Storm(seed))
    assert done.complaints == []


def test_no_secret_at_the_highest_verbosity(laboratory: Laboratory, tmp_path: Path) -> None:
    wanted = declared.serving(random.Random("verbose"), laboratory.lab.s3_endpoint)
    task = {"okd.image_registry.registry": "{{ registry }}"}
    (tmp_path / "play.yml").write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
    (tmp_path / "options.json").write_text(json.dumps({"registry": wanted.options}))
    laboratory.begin(Storm(CALM_SEED))
    arguments = ("play.yml", "-vvvv", "--diff", "--extra-vars", "@options.json")
    output = play(tmp_path, laboratory.kubeconfig, *arguments).output
    assert laboratory.proxy.struck, "no fault struck"
    assert '"module_args"' in output, "the options are not shown at this verbosity"
    assert leaks.found(output, wanted.secrets | {laboratory.lab.api.token}) == []
    assert view.missing(laboratory.lab.api, wanted) == []
