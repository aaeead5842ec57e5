# SPDX-License-Identifier: GPL-3.0-or-later
"""Media: which one holds the images, and whether a change leaves them behind."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage import medium

from tests.unit.builders import config, removed_config

case = pytest.param


def generations(resource: str, name: str) -> Any:
    """Return a status by which the operator wrote this object once."""
    return {"generations": [{"group": "apps", "resource": resource, "name": name, "lastGeneration": 3}]}


def known(storage: Any) -> medium.Medium:
    """Return the medium of a storage that has one."""
    found = medium.of(storage)
    assert found is not None
    return found


SERVED = generations("deployments", "image-registry")
NODE_CA = generations("daemonsets", "node-ca")


@pytest.mark.parametrize(
    ("storage", "words"),
    [
        case({"emptyDir": {}}, "the pods' own disks (emptyDir)", id="emptyDir"),
        case({"pvc": {"claim": "c"}}, "the claim c", id="claim"),
        case({"pvc": {}}, "the claim that the operator made", id="the operator's claim"),
        case({"s3": {"bucket": "b", "region": "r", "encrypt": True}}, "the S3 bucket b / r", id="s3"),
        case({"gcs": {"bucket": "b", "projectID": "p"}}, "the GCS bucket b", id="gcs"),
        case({"swift": {"container": "c"}}, "the Swift container c", id="swift"),
        case({"azure": {"accountName": "a", "container": "c"}}, "the Azure container a / c", id="azure"),
        case({"ibmcos": {"bucket": "b"}}, "the IBM COS bucket b", id="ibmcos"),
        case({"oss": {"bucket": "b"}}, "the OSS bucket b", id="oss"),
        case({"s3": {"bucket": None}, "managementState": "Managed"}, "the S3 bucket that the operator made", id="null"),
    ],
)
def test_media_are_told_in_words(storage: Any, words: str) -> None:
    assert str(medium.of(storage)) == words


@pytest.mark.parametrize(
    "storage",
    [None, {}, {"managementState": "Managed"}, {"emptyDir": None}, {"emptyDir": {}, "pvc": {}}, {"other": {}}],
    ids=str,
)
def test_without_exactly_one_backend_there_is_no_medium(storage: Any) -> None:
    assert medium.of(storage) is None


def test_a_field_of_a_medium() -> None:
    used = known({"pvc": {"claim": "c"}})
    assert (used.field("claim"), used.field("bucket")) == ("c", "")


@pytest.mark.parametrize(
    ("used", "wanted", "moves"),
    [
        case({"gcs": {"bucket": "a", "projectID": "p"}}, {"gcs": {"bucket": "a", "projectID": "q"}}, False, id="gcs"),
        case(
            {"s3": {"bucket": "a", "region": "r", "regionEndpoint": "https://s3"}},
            {"s3": {"bucket": "a", "region": "x", "regionEndpoint": "https://s3"}},
            False,
            id="what a store of our own calls its region",
        ),
        case(
            {"s3": {"bucket": "a", "region": "r"}},
            {"s3": {"bucket": "a", "region": "x", "regionEndpoint": "https://s3"}},
            True,
            id="another region at another endpoint",
        ),
        case(
            {"swift": {"container": "a", "tenantID": "t", "tenant": "n", "domain": "d", "domainID": "i"}},
            {"swift": {"container": "a", "tenantID": "t", "tenant": "o", "domain": "e", "domainID": "j"}},
            False,
            id="names of the same project",
        ),
        case({"swift": {"container": "a", "tenantID": "t"}}, {"swift": {"tenantID": "u"}}, True, id="another project"),
        case({"swift": {"container": "a", "domain": "d"}}, {"swift": {"domain": "e"}}, True, id="another domain"),
        case({"swift": {"container": "a", "domainID": "d"}}, {"swift": {"domainID": "e"}}, True, id="its identifier"),
        case({"pvc": {"claim": "a"}}, {"pvc": {"claim": "a"}}, False, id="the same"),
        case({"pvc": {"claim": "a"}}, {"pvc": {"claim": "b"}}, True, id="another claim"),
        case({"pvc": {"claim": "a"}}, {"pvc": {}}, True, id="the operator's claim"),
        case({"pvc": {"claim": "image-registry-storage"}}, {"pvc": {}}, False, id="the operator's claim again"),
        case({"pvc": {}}, {"pvc": {"claim": "a"}}, True, id="away from the operator's claim"),
        case({"pvc": {"claim": "a"}}, {"emptyDir": {}}, True, id="another backend"),
        case({"emptyDir": {}}, {"emptyDir": {}}, False, id="emptyDir again"),
        case({"s3": {"bucket": "a", "region": "r"}}, {"s3": {"bucket": "a", "encrypt": True}}, False, id="a setting"),
        case({"s3": {"bucket": "a", "region": "r"}}, {"s3": {"bucket": "a", "region": "x"}}, False, id="a region"),
        case(
            {"s3": {"bucket": "a", "region": "eu-west-1"}},
            {"s3": {"bucket": "a", "region": "cn-north-1"}},
            True,
            id="a cloud of Amazon's that shares nothing with the others",
        ),
    ],
)
def test_what_leaves_images_behind(used: Any, wanted: Any, moves: bool) -> None:
    assert medium.is_left(known(used), wanted, wanted) is moves


OF_AMAZON = {"s3": {"bucket": "a", "region": "r"}}
OF_OUR_OWN = {"s3": {"bucket": "a", "region": "r", "regionEndpoint": "https://s3.example.com"}}


@pytest.mark.parametrize(
    ("used", "stored", "wanted", "moves"),
    [
        case(OF_OUR_OWN, OF_OUR_OWN, OF_AMAZON, True, id="what is used"),
        case(OF_OUR_OWN, {"s3": {"bucket": "a"}}, {"s3": {"bucket": "a"}}, False, id="what the operator completed"),
        case(OF_AMAZON, OF_OUR_OWN, OF_AMAZON, False, id="what never came into use"),
        case(OF_OUR_OWN, {"pvc": {"claim": "c"}}, OF_AMAZON, True, id="what is used while another backend is named"),
        case(OF_OUR_OWN, {}, OF_AMAZON, True, id="what is used while nothing is named"),
    ],
)
def test_emptying_leaves_images_behind(used: Any, stored: Any, wanted: Any, moves: bool) -> None:
    assert medium.is_left(known(used), wanted, stored) is moves


@pytest.mark.parametrize(
    ("live", "words"),
    [
        case(config(used={"pvc": {"claim": "c"}}, storage={"emptyDir": {}}), ["the claim c"], id="status tells"),
        case(config(storage={"pvc": {"claim": "c"}}), [], id="not used yet"),
        case(config(storage={"pvc": {"claim": "c"}}, status=SERVED), ["the claim c"], id="not used again yet"),
        case(config(storage={"s3": {"bucket": "b"}}, status=SERVED), ["the S3 bucket b"], id="a bucket, unused since"),
        case(config(storage={"s3": {"region": "r"}}, status=SERVED), [], id="a bucket that is not made yet"),
        case(config(storage={"emptyDir": {}}, status=SERVED), [], id="disks of the pods that went"),
        case(config(storage={"pvc": {"claim": "c"}}, status=NODE_CA), [], id="the operator, but no registry"),
        case(removed_config(storage={"pvc": {"claim": "c"}}), ["the claim c"], id="a removed registry left it"),
        case(removed_config(storage={"emptyDir": {}}), [], id="emptyDir went with the pods"),
        case(removed_config(storage={"s3": {"bucket": "", "region": "r"}}), [], id="what went with its name"),
        case(removed_config(storage={"s3": {"bucket": "b"}}), ["the S3 bucket b"], id="a bucket that is left"),
        case(removed_config(storage={"swift": {"container": "c"}}), ["the Swift container c"], id="a container"),
        case(removed_config(storage={"azure": {"accountName": "a"}}), [], id="an account without a container"),
        case(
            removed_config(storage={"s3": {"bucket": "b"}, "emptyDir": {}, "pvc": {"claim": "c"}}),
            ["the claim c", "the S3 bucket b"],
            id="one of several that are named",
        ),
        case(removed_config(), [], id="a fresh cluster"),
        case({}, [], id="no Config"),
        case({"spec": {"managementState": "Removed"}}, [], id="no status"),
    ],
)
def test_what_may_hold_images(live: Any, words: list[str]) -> None:
    assert [str(found) for found in medium.in_use(live)] == words
