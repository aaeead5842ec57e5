# SPDX-License-Identifier: GPL-3.0-or-later
"""What users get wrong: each is refused with words that help, and nothing is written."""

from collections.abc import Callable

import pytest

from sandbox.state import StateDirectory
from tests.integration import api as paths
from tests.integration.bad_input import clouds, clusters, keys, pods, routes, s3, storage, surroundings, workload
from tests.integration.bad_input.case import Case
from tests.integration.fixtures import reset
from tests.integration.lab import Lab

# One state of the cluster after the other.
_GROUPS = (storage, s3, clouds, keys, routes, workload, pods, surroundings)
CASES = sorted([case for group in _GROUPS for case in group.CASES], key=lambda case: case.cluster)


@pytest.fixture(scope="module")
def cluster_in(state: StateDirectory, lab: Lab) -> Callable[[str], Lab]:
    """Bring the cluster to one of the states of `clusters`, unless it is in it: a refused task leaves no trace."""
    present = [""]

    def bring(name: str) -> Lab:
        if present[0] != name:
            reset(state, lab)
            clusters.STATES[name](lab)
            present[0] = name
        return lab

    return bring


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])
def test_bad_input_is_refused(cluster_in: Callable[[str], Lab], case: Case) -> None:
    lab = cluster_in(case.cluster)
    before = lab.api.items(paths.CONFIGS)
    if case.may_come:
        told = lab.run(case.module, case.options(lab), check=True)["findings"]
        assert [finding["severity"] for finding in told if (finding["object"], finding["field"]) == case.about] == [
            "warning"
        ]
    for check in (False,) if case.may_come else (True, False):
        result = lab.refused(case.module, case.options(lab), check=check)
        missing = [part for part in case.says if part not in result["msg"]]
        assert not missing, f"{missing} not in: {result['msg']}"
        if case.about is None:
            continue
        found = [finding for finding in result["findings"] if (finding["object"], finding["field"]) == case.about]
        assert found, f"no finding about {case.about}: {result['findings']}"
        assert all(finding[part] for finding in found for part in ("found", "needed", "remedy"))
    assert [entry["spec"] for entry in lab.api.items(paths.CONFIGS)] == [entry["spec"] for entry in before]
