# SPDX-License-Identifier: GPL-3.0-or-later
"""The pods trust the authority that is declared for the object store when a task says done, and no other one."""

import pytest

from sandbox.pem import self_signed
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import Document
from tests.integration.lab import Lab

BUNDLE = "image-registry-s3-bundle"
FIRST, SECOND = self_signed("first.example.com")[0], self_signed("second.example.com")[0]


def trusted(lab: Lab) -> str | None:
    """Return the bundle that the operator has given to the pods."""
    data: dict[str, str] = lab.api.read(paths.CERTIFICATES).get("data") or {}
    return data.get("storage-ca-bundle.pem")


def checksum(lab: Lab) -> str:
    """Return what the pods were started with."""
    template: Document = lab.api.read(paths.DEPLOYMENT)["spec"]["template"]
    found: str = template["metadata"]["annotations"]["imageregistry.operator.openshift.io/dependencies-checksum"]
    return found


def storage(**s3: str) -> Document:
    return {"storage": {"s3": s3}}


def declared(lab: Lab, s3: dict[str, str]) -> None:
    """Run a task that waits, hold it to what it says, and see that a second run has nothing to do."""
    before = checksum(lab)
    result = lab.run("registry_storage", storage(**s3))
    assert trusted(lab) == s3.get("trusted_ca_certificates")
    assert checksum(lab) != before
    assert result["changed"]
    setups.wait_served(lab)
    mark = lab.log.mark()
    assert not lab.run("registry_storage", storage(**s3))["changed"]
    assert not lab.log.writes_since(mark)


def test_a_bundle_reaches_the_pods_of_a_registry_that_runs_and_leaves_them_again(clean: Lab) -> None:
    setups.serve_from_bucket(clean)
    assert trusted(clean) is None
    declared(clean, {"trusted_ca": BUNDLE, "trusted_ca_certificates": FIRST})
    declared(clean, {"trusted_ca": BUNDLE, "trusted_ca_certificates": SECOND})
    declared(clean, {"trusted_ca": "another-bundle", "trusted_ca_certificates": FIRST})
    declared(clean, {"trusted_ca": ""})


def test_a_bundle_made_by_somebody_else_reaches_the_pods(clean: Lab) -> None:
    setups.serve_from_bucket(clean)
    clean.api.create(paths.TRUSTED_CAS, {"metadata": {"name": "theirs"}, "data": {"ca-bundle.crt": FIRST}})
    clean.run("registry_storage", storage(trusted_ca="theirs"))
    assert trusted(clean) == FIRST


def test_a_bundle_that_an_earlier_task_has_left_behind_is_given_to_the_pods(clean: Lab) -> None:
    setups.serve_from_bucket(clean)
    clean.api.create(paths.TRUSTED_CAS, {"metadata": {"name": "theirs"}, "data": {"ca-bundle.crt": FIRST}})
    clean.api.patch(paths.CONFIG, {"spec": {"storage": {"s3": {"trustedCA": {"name": "theirs"}}}}})
    setups.wait_served(clean)
    assert trusted(clean) is None
    clean.run("registry_storage", storage(trusted_ca="theirs"))
    assert trusted(clean) == FIRST


@pytest.mark.parametrize("way", ["check mode", "no wait"])
def test_a_task_that_does_not_wait_is_the_same_twice(clean: Lab, way: str) -> None:
    setups.serve_from_bucket(clean)
    clean.set_knobs(operatorPaused=True)
    try:
        args = {**storage(trusted_ca=BUNDLE, trusted_ca_certificates=FIRST), "wait": False}
        foreseen = clean.run("registry_storage", args, check=True)
        assert [step["name"] for step in foreseen["plan"]] == [BUNDLE, "cluster", "image-registry-certificates"]
        if way == "no wait":
            assert clean.run("registry_storage", args)["plan"] == foreseen["plan"]
            assert not clean.run("registry_storage", args)["changed"]
    finally:
        clean.set_knobs(operatorPaused=None)
