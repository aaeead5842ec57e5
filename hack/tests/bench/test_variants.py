# SPDX-License-Identifier: GPL-3.0-or-later
"""How the bench tells whether a run changed something."""

from pathlib import Path

import pytest

from hack.bench.process import RunFailed
from hack.bench.state import DesiredState
from hack.bench.variant import Variant
from hack.bench.variants import all_variants

RECAP = "localhost : ok=4    changed={}    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0"
APPLIED = "secret/public-tls serverside-applied\nconfig.imageregistry.operator.openshift.io/cluster patched"
OUTPUTS = {
    "registry": (RECAP.format(0), RECAP.format(2)),
    "kubectl": (f"{APPLIED} (no change)", APPLIED),
}


@pytest.fixture(scope="module")
def variants() -> dict[str, Variant]:
    state = DesiredState("certificate", "key", "http://127.0.0.1:5000")
    return {variant.key: variant for variant in all_variants(state, Path("/usr/bin/kubectl"))}


@pytest.mark.parametrize("key", OUTPUTS)
def test_only_what_was_expected_passes(variants: dict[str, Variant], key: str) -> None:
    unchanged, changed = OUTPUTS[key]
    variants[key].check(unchanged, expected=False)
    variants[key].check(changed, expected=True)
    with pytest.raises(RunFailed, match="none were expected"):
        variants[key].check(changed, expected=False)
    with pytest.raises(RunFailed, match="some were expected"):
        variants[key].check(unchanged, expected=True)


def test_all_declare_the_same_fields(variants: dict[str, Variant]) -> None:
    """What the tasks for single objects write is what the script writes."""
    script = variants["kubectl"].files
    tasks = variants["k8s"].files["k8s.yml"]
    for name in (
        "REGISTRY_STORAGE_S3_ACCESSKEY",
        "tls.key",
        "ca-bundle.crt",
        "trustedCA",
        "maxWaitInQueue",
        "nodeSelector",
    ):
        assert name in tasks
        assert name in script["objects.json"] + script["config.json"]
