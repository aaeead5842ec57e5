# SPDX-License-Identifier: GPL-3.0-or-later
"""How the bench tells that hosts wait."""

import pytest

from hack.bench.waiting import readings
from sandbox.audit import Request

CONFIG = "/apis/imageregistry.operator.openshift.io/v1/configs/cluster"


@pytest.mark.parametrize(
    ("verb", "uri", "expected"),
    [
        pytest.param("get", CONFIG, 1, id="read"),
        pytest.param("patch", f"{CONFIG}?fieldManager=okd.image_registry", 0, id="written"),
        pytest.param("watch", "/apis/imageregistry.operator.openshift.io/v1/configs?watch=true", 0, id="watched"),
    ],
)
def test_only_the_reading_of_the_config_counts(verb: str, uri: str, expected: int) -> None:
    assert readings([Request(verb, uri, agent="", user="", status=200, begin=0.0, end=0.1)]) == expected
