# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage on a claim: its name, its size, its access mode, its class."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import CLAIM, STORAGE_CLASS

from tests.unit.builders import Manifest, claim, config, findings, manifest, planned, removed_config, storage_class
from tests.unit.cases import Case, Situation, having

PREFIX = "PersistentVolumeClaim openshift-image-registry/"
FAST = storage_class("fast")
FIXED = storage_class("fixed", grows=False)
LAZY = storage_class("lazy") | {"volumeBindingMode": "WaitForFirstConsumer"}
OWN = ("image-registry-storage",)
MARKED: dict[str, Any] = {"annotations": {"imageregistry.openshift.io": "true"}}
DEFAULT = storage_class("standard", default=True)
REGISTRY: Manifest = {"pvc": {"claim": "registry"}}
ANOTHER: Manifest = {"pvc": {"claim": "another"}}
C: Manifest = {"pvc": {"claim": "c"}}


def of(*objects: Manifest, **pvc: Any) -> Situation:
    """Return a Managed registry without storage, and what storage.pvc declares."""
    return having(config(), *objects, storage={"pvc": pvc})


LABELLED = {"matchLabels": {"registry": "images"}}


def with_spec(made: Manifest, **spec: Any) -> Manifest:
    """Return a claim with more fields."""
    return made | {"spec": made["spec"] | spec}


def mounting(name: str, claim: str, phase: str = "Running", labels: Manifest | None = None) -> Manifest:
    """Return a pod that mounts a claim."""
    volumes = [{"name": "a", "emptyDir": {}}, {"name": "b", "persistentVolumeClaim": {"claimName": claim}}]
    return manifest("Pod", name, metadata={"labels": labels or {}}, spec={"volumes": volumes}, status={"phase": phase})


def case(
    name: str, field: str, found: str, needed: str, bad: Situation, good: Situation, severity: str = "error"
) -> Case:
    """Return a case about the claim c."""
    return Case(name, f"{PREFIX}c", f"storage.pvc.{field}", found, needed, bad, good, severity)


def unnamed(name: str, found: str, bad: Situation) -> Case:
    """Return a case about the details of a claim without a name."""
    return Case(name, PREFIX, "storage.pvc.claim", found, "the name of the claim", bad, of())


def misnamed(name: str) -> Case:
    """Return a case about a name that Kubernetes refuses."""
    bad, good = of(claim=name, size="1Gi"), of(DEFAULT, claim="c.d-1", size="1Gi")
    return Case(f"name {name!r}", f"{PREFIX}{name}", "storage.pvc.claim", repr(name), "DNS-1123", bad, good)


def badly_sized(size: str) -> Case:
    """Return a case about a size that is none."""
    bad, good = of(claim("c"), claim="c", size=size), of(claim("c"), claim="c", size="100Gi")
    return case(f"size {size!r}", "size", repr(size), "a quantity above zero such as 100Gi", bad, good)


def default(name: str, field: str, found: str, needed: str, bad: Manifest, severity: str = "error") -> Case:
    """Return a case about the default claim that is there when the operator is to make it."""
    subject = f"{PREFIX}image-registry-storage"
    return Case(name, subject, f"storage.pvc.{field}", found, needed, of(bad), of(claim(*OWN, **MARKED)), severity)


CASES = [
    default("a default claim of somebody else's", "claim", "did not make", "the name of a claim", claim(*OWN)),
    default(
        "a default claim marked otherwise",
        "claim",
        "did not make",
        "the name of a claim",
        claim(*OWN, annotations={"imageregistry.openshift.io": "false"}),
    ),
    default(
        "a default claim that goes",
        "claim",
        "a claim that is being deleted",
        "a claim that stays",
        claim(*OWN, deletionTimestamp="2026-01-01T00:00:00Z", **MARKED),
    ),
    default(
        "a default claim without a volume",
        "claim",
        "Pending",
        "Bound",
        claim(*OWN, phase="Pending", **MARKED),
        "warning",
    ),
    *map(misnamed, ["C", "a_b", "-a", "a/b", "../secrets/x", "a b", "ä", "x" * 254]),
    unnamed("size without a name", "no name beside size", of(size="1Gi")),
    unnamed("mode without a name", "no name beside access_mode", of(access_mode="ReadWriteMany")),
    unnamed(
        "everything but a name",
        "no name beside size and access_mode and storage_class",
        of(claim="", size="1Gi", access_mode="ReadWriteMany", storage_class="fast"),
    ),
    case(
        "a size without a unit",
        "size",
        "'100', which is 100 bytes",
        "a unit, such as in 100Gi",
        of(DEFAULT, claim="c", size="100"),
        of(DEFAULT, claim="c", size="100Mi"),
    ),
    *map(badly_sized, ["", "much", "100GB", "100 Gib", "0", "0Gi", "-1Gi", "1 Gi", "NaN", "Infinity", "1e"]),
    case(
        "no claim and no size",
        "claim",
        "no such claim",
        "an existing claim, or the size of a new one",
        of(claim="c"),
        of(DEFAULT, claim="c", size="1Gi"),
    ),
    case(
        "a claim of blocks",
        "claim",
        "volumeMode Block",
        "Filesystem",
        of(with_spec(claim("c"), volumeMode="Block"), claim="c"),
        of(with_spec(claim("c"), volumeMode="Filesystem"), claim="c"),
    ),
    *[
        case(
            f"pods cannot share what {driver} provides",
            "access_mode",
            f"ReadWriteMany of the storage class standard, whose driver is {driver}",
            "ReadWriteOnce, or a class whose volumes can be shared",
            of(DEFAULT | {"provisioner": driver}, claim="c", size="1Gi"),
            of(DEFAULT | {"provisioner": "cephfs.csi.ceph.com"}, claim="c", size="1Gi"),
            "warning",
        )
        for driver in ("csi.vsphere.vmware.com", "ebs.csi.aws.com", "disk.csi.azure.com", "pd.csi.storage.gke.io")
    ],
    case(
        "a named class that pods cannot share",
        "access_mode",
        "ReadWriteMany of the storage class fast, whose driver is topolvm.io",
        "ReadWriteOnce",
        of(DEFAULT, FAST | {"provisioner": "topolvm.io"}, claim="c", size="1Gi", storage_class="fast"),
        of(DEFAULT | {"provisioner": "topolvm.io"}, FAST, claim="c", size="1Gi", storage_class="fast"),
        "warning",
    ),
    case(
        "another volume",
        "volume_name",
        "pv-1 on the existing claim",
        "pv-2",
        of(with_spec(claim("c"), volumeName="pv-1"), claim="c", size="100Gi", volume_name="pv-2"),
        of(with_spec(claim("c"), volumeName="pv-1"), claim="c", size="100Gi", volume_name="pv-1"),
    ),
    case(
        "another selector",
        "selector",
        "none on the existing claim",
        "matchLabels",
        of(claim("c"), claim="c", selector=LABELLED),
        of(with_spec(claim("c"), selector=LABELLED), claim="c", selector=LABELLED),
    ),
    case(
        "a volume with a name that there is none of",
        "volume_name",
        "'PV_1'",
        "DNS-1123",
        of(DEFAULT, claim="c", size="1Gi", volume_name="PV_1"),
        # Of a volume that was made by hand, the class may be a mere name.
        of(claim="c", size="1Gi", volume_name="pv-1", storage_class="manual"),
    ),
    unnamed("a volume without a name of the claim", "no name beside volume_name", of(volume_name="pv-1")),
    case(
        "a class that does not exist",
        "storage_class",
        "'slow'",
        "one of the cluster's storage classes (fast, standard)",
        of(FAST, DEFAULT, claim="c", size="1Gi", storage_class="slow"),
        of(FAST, DEFAULT, claim="c", size="1Gi", storage_class="fast"),
    ),
    case(
        "a class where there are none",
        "storage_class",
        "'fast'",
        "(there are none)",
        of(claim="c", size="1Gi", storage_class="fast"),
        of(FAST, claim="c", size="1Gi", storage_class="fast"),
    ),
    case(
        "no class and no default",
        "storage_class",
        "none, and the cluster has no default storage class",
        "a storage class",
        of(FAST, claim="c", size="1Gi"),
        of(FAST, DEFAULT, claim="c", size="1Gi"),
        "warning",
    ),
    case(
        "a claim that is being deleted",
        "claim",
        "a claim that is being deleted",
        "a claim that stays",
        of(claim("c", deletionTimestamp="2026-01-01T00:00:00Z"), claim="c"),
        of(claim("c"), claim="c"),
    ),
    case(
        "a claim whose volume is lost",
        "claim",
        "a claim whose volume is lost",
        "a claim that is bound",
        of(claim("c", phase="Lost"), claim="c"),
        of(claim("c"), claim="c"),
    ),
    case(
        "a claim that goes with its owner",
        "claim",
        "a claim that belongs to Pod web-0",
        "a claim that stays without it",
        of(claim("c", ownerReferences=[{"kind": "Pod", "name": "web-0"}]), claim="c"),
        of(claim("c"), claim="c"),
    ),
    case(
        "a claim that an application brought along",
        "claim",
        "a claim that belongs to Helm release web",
        "a claim that stays without it",
        of(claim("c", annotations={"meta.helm.sh/release-name": "web"}), claim="c"),
        having(
            config(used=C, storage=C),
            claim("c", annotations={"meta.helm.sh/release-name": "web"}),
            storage={"pvc": {"claim": "c"}},
        ),
        "warning",
    ),
    case(
        "a claim that pods of something else mount",
        "claim",
        "a claim that pods of something else mount (web-0)",
        "a claim that only the registry uses",
        of(claim("c"), mounting("web-0", "c"), claim="c"),
        of(claim("c"), mounting("web-0", "another"), claim="c"),
        "warning",
    ),
    case(
        "pods that mount a claim have ended",
        "claim",
        "mount (web-0)",
        "a claim that only the registry uses",
        of(claim("c"), mounting("web-0", "c", phase="Running"), claim="c"),
        of(claim("c"), mounting("web-0", "c", phase="Succeeded"), mounting("web-1", "c", phase="Failed"), claim="c"),
        "warning",
    ),
    case(
        "pods of the registry mount a claim",
        "claim",
        "mount (web-0)",
        "a claim that only the registry uses",
        of(claim("c"), mounting("web-0", "c"), claim="c"),
        of(claim("c"), mounting("web-0", "c", labels={"docker-registry": "default"}), claim="c"),
        "warning",
    ),
    case(
        "a mode that the operator refuses",
        "access_mode",
        "ReadOnlyMany, ReadWriteOncePod",
        "ReadWriteMany or ReadWriteOnce",
        of(claim("c", modes=["ReadOnlyMany", "ReadWriteOncePod"]), claim="c"),
        of(claim("c", modes=["ReadOnlyMany", "ReadWriteMany"]), claim="c"),
    ),
    case(
        "no mode at all",
        "access_mode",
        "none",
        "ReadWriteMany or ReadWriteOnce",
        of(claim("c", modes=[]), claim="c"),
        of(claim("c"), claim="c"),
    ),
    case(
        "another mode than declared",
        "access_mode",
        "ReadWriteMany on the existing claim",
        "ReadWriteOnce",
        of(claim("c"), claim="c", access_mode="ReadWriteOnce"),
        of(claim("c", modes=["ReadWriteOnce", "ReadWriteMany"]), claim="c", access_mode="ReadWriteOnce"),
    ),
    case(
        "another class than declared",
        "storage_class",
        "standard on the existing claim",
        "fast",
        of(claim("c"), claim="c", storage_class="fast"),
        of(claim("c", storage_class="fast"), claim="c", storage_class="fast"),
    ),
    case(
        "a class for a claim that has none",
        "storage_class",
        "none on the existing claim",
        "fast",
        of(claim("c", storage_class=None), claim="c", storage_class="fast"),
        of(claim("c", storage_class=None), claim="c"),
    ),
    case(
        "no class for a claim that has one",
        "storage_class",
        "fast on the existing claim",
        "none",
        of(claim("c", storage_class="fast"), claim="c", storage_class=""),
        of(claim("c", storage_class=None), claim="c", storage_class=""),
    ),
    case(
        "smaller",
        "size",
        "100Gi on the existing claim",
        "that size or more, not 99Gi",
        of(claim("c"), claim="c", size="99Gi"),
        of(claim("c"), claim="c", size="102400Mi"),
    ),
    case(
        "nothing has provided a volume",
        "claim",
        "a claim that is Pending",
        "a claim that is Bound",
        of(claim("c", phase="Pending"), DEFAULT, claim="c"),
        of(claim("c", phase="Pending", storage_class="lazy"), LAZY, claim="c"),
        "warning",
    ),
    case(
        "growing a claim of somebody else's",
        "size",
        "100Gi on a claim that neither the Config names nor this collection made",
        "a claim of the registry",
        of(claim("c", storage_class="fast", managedFields=[{"manager": "kubectl"}]), FAST, claim="c", size="200Gi"),
        of(
            claim("c", storage_class="fast", managedFields=[{"manager": "okd.image_registry"}]),
            FAST,
            claim="c",
            size="200Gi",
        ),
        "warning",
    ),
    case(
        "growing before it is bound",
        "size",
        "100Gi on a claim that is Pending",
        "a claim that is Bound",
        of(claim("c", storage_class="lazy", phase="Pending"), LAZY, claim="c", size="101Gi"),
        of(claim("c", storage_class="lazy"), LAZY, claim="c", size="101Gi"),
    ),
    case(
        "growing in a class that forbids it",
        "size",
        "100Gi, with the storage class fixed, which does not allow expansion",
        "to reach 200Gi",
        of(claim("c", storage_class="fixed"), FIXED, claim="c", size="200Gi"),
        of(claim("c", storage_class="fixed"), FIXED, claim="c", size="100Gi"),
    ),
    case(
        "growing without a class",
        "size",
        "100Gi, with the storage class (none)",
        "to reach 200Gi",
        of(claim("c", storage_class=None), FAST, claim="c", size="200Gi"),
        of(claim("c", storage_class="fast"), FAST, claim="c", size="200Gi"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_findings(case: Case) -> None:
    case.check()


def test_a_missing_claim_does_not_matter_while_the_registry_is_removed() -> None:
    problems = findings({"storage": {"pvc": {"claim": "c"}}}, removed_config())
    assert [problem.field for problem in problems if problem.severity == "error"] == []


@pytest.mark.parametrize(
    ("live", "found"),
    [
        (config(storage={"pvc": {"claim": "image-registry-storage"}}), []),
        (config(storage={"pvc": {"claim": "other"}}), []),
        (config(storage={"pvc": {"claim": ""}}), ["storage.pvc.claim"]),
    ],
    ids=["in use", "another one in use", "none in use"],
)
def test_the_default_claim_matters_only_when_the_operator_takes_it_into_use(live: Manifest, found: list[str]) -> None:
    problems = findings({"storage": {"pvc": {}}}, live, claim(*OWN), claim("other"))
    assert [problem.field for problem in problems] == found


def test_a_default_claim_may_wait_for_its_first_pod() -> None:
    waiting = claim(*OWN, phase="Pending", storage_class="lazy", **MARKED)
    assert findings({"storage": {"pvc": {}}}, config(), waiting, LAZY) == []


def test_a_default_claim_that_may_not_be_read_is_not_guessed() -> None:
    assert findings({"storage": {"pvc": {}}}, config(), claim(*OWN), forbidden=[CLAIM(*OWN)]) == []


def test_an_accepted_loss_does_not_make_a_claim_smaller() -> None:
    problems = findings(
        {"storage": {"pvc": {"claim": "c", "size": "1Gi"}}, "accept_data_loss": True}, config(), claim("c")
    )
    assert [problem.field for problem in problems] == ["storage.pvc.size"]


@pytest.mark.parametrize("hidden", [CLAIM("c"), STORAGE_CLASS.all()], ids=str)
def test_what_the_user_may_not_read_is_not_guessed(hidden: Any) -> None:
    given = {"storage": {"pvc": {"claim": "c"} | ({"size": "200Gi"} if hidden.name is None else {})}}
    assert findings(given, config(), claim("c", storage_class="fixed"), FIXED, forbidden=[hidden]) == []


def test_classes_that_the_user_may_not_list_are_not_missed() -> None:
    given = {"storage": {"pvc": {"claim": "c", "size": "1Gi", "storage_class": "fast"}}}
    assert findings(given, config(), forbidden=[STORAGE_CLASS.all()]) == []


def test_a_claim_without_a_status_can_be_used() -> None:
    bare = manifest("PersistentVolumeClaim", "c", spec={"accessModes": ["ReadWriteMany"], "resources": {}})
    assert findings({"storage": {"pvc": {"claim": "c"}}}, config(), bare) == []


@pytest.mark.parametrize(
    ("state", "owner", "kinds"),
    [
        ("Removed", "Managed", []),
        ("Removed", "Unmanaged", ["PersistentVolumeClaim"]),
        ("Managed", "Managed", ["PersistentVolumeClaim"]),
    ],
)
def test_a_claim_that_went_with_the_registry_is_not_made_anew(state: str, owner: str, kinds: list[str]) -> None:
    live = config(managementState=state, storage={"pvc": {"claim": "c"}, "managementState": owner})
    given = {"management_state": state, "storage": {"pvc": {"claim": "c", "size": "1Gi"}, "management_state": owner}}
    assert [step.ref.resource.kind for step in planned(given, live).steps] == kinds


def test_a_claim_is_not_made_from_a_bad_name_or_size() -> None:
    for pvc in ({"claim": "a/b", "size": "1Gi"}, {"claim": "c", "size": "much"}, {"size": "1Gi"}):
        kinds = [step.ref.resource.kind for step in planned({"storage": {"pvc": pvc}}, config()).steps]
        assert kinds == ["Config"]


@pytest.mark.parametrize(("phase", "helps"), [("Pending", True), ("Bound", False)])
def test_a_claim_of_another_mode_can_be_deleted_as_long_as_it_holds_nothing(phase: str, helps: bool) -> None:
    given = {"storage": {"pvc": {"claim": "c", "access_mode": "ReadWriteOnce"}}, "replicas": 1}
    problems = findings(given, config(rolloutStrategy="Recreate"), claim("c", phase=phase))
    (problem,) = (found for found in problems if found.field == "storage.pvc.access_mode")
    assert ("If you delete it, the task creates it" in problem.remedy) is helps


@pytest.mark.parametrize(
    ("live", "given", "told"),
    [
        pytest.param(config(used=REGISTRY, storage=REGISTRY), {}, True, id="it was used"),
        # Then the status has no storage any more.
        pytest.param(removed_config(storage=REGISTRY), {}, True, id="it was used before the registry was removed"),
        pytest.param(
            removed_config(storage=REGISTRY | {"managementState": "Managed"}), {}, False, id="it was to be deleted"
        ),
        pytest.param(config(used=ANOTHER, storage=ANOTHER), {}, False, id="another one was"),
        pytest.param(config(), {}, False, id="none was"),
        pytest.param(
            config(used=REGISTRY, storage=REGISTRY), {"volume_name": "pv-images"}, False, id="with the old volume"
        ),
    ],
)
def test_a_new_claim_in_place_of_the_one_that_was_used_is_told_to_be_empty(
    live: Manifest, given: Manifest, told: bool
) -> None:
    pvc = {"claim": "registry", "size": "1Gi", **given}
    task = {"management_state": "Managed", "storage": {"pvc": pvc}, "accept_data_loss": True}
    found = [entry for entry in findings(task, live) if entry.code == "claim-gone"]
    assert [entry.severity for entry in found] == (["warning"] if told else [])


@pytest.mark.parametrize(("used", "severity"), [(REGISTRY, "warning"), (ANOTHER, "error")], ids=["used", "taken"])
def test_a_claim_with_an_owner_that_is_used_already_is_told(used: Manifest, severity: str) -> None:
    owned = claim("registry", ownerReferences=[{"kind": "StatefulSet", "name": "web"}])
    task = {"storage": {"pvc": {"claim": "registry"}}, "replicas": 2, "accept_data_loss": True}
    found = findings(task, config(used=used, storage=used), owned)
    assert [entry.severity for entry in found if entry.code == "claim-owned"] == [severity]


def test_pods_that_mount_the_claim_that_is_used_already_are_not_looked_for() -> None:
    task = {"storage": {"pvc": {"claim": "registry"}}, "replicas": 2}
    live = config(used=REGISTRY, storage=REGISTRY)
    assert findings(task, live, claim("registry"), mounting("web-0", "registry")) == []
