# SPDX-License-Identifier: GPL-3.0-or-later
"""A registry is removed and its storage stays, whatever older copy of the Config the operator writes back meanwhile."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.change import Change
from ansible_collections.okd.image_registry.plugins.module_utils._desired.storage.backends import BACKENDS
from ansible_collections.okd.image_registry.plugins.module_utils._objects.patch import merged
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import fields
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import judge

from tests.unit.builders import Manifest, config, observed, planned

case = pytest.param
UNMANAGED = {"management_state": "Unmanaged"}
REMOVED = {"management_state": "Removed", "accept_data_loss": True}
OWNER = ["spec.storage.managementState"]
STATE = ["spec.managementState"]
MEDIA = {
    key: {key: {name: f"some-{name.lower()}" for name in backend.identity_fields()}}
    for key, backend in BACKENDS.items()
    if key != "emptyDir"
}


def serving(
    medium: Manifest,
    owner: str | None = "Managed",
    noted: bool = True,
    is_observed: bool = True,
    state: str = "Managed",
    **spec: Any,
) -> Manifest:
    """Return a Config of a registry that uses a medium; owner: what the spec says of it, noted: what the operator."""
    storage = medium | ({"managementState": owner} if owner else {})
    status = {"storageManaged": noted, "observedGeneration": int(is_observed)}
    used = medium | {"managementState": "Managed" if noted else "Unmanaged"}
    return config(storage=storage, used=used, status=status, managementState=state, **spec)


def written(change: Change) -> list[list[str]]:
    """Return the fields of each write of the Config, in order."""
    return [fields(step.body) for phase in change.phases() for step in phase if step.ref.resource.kind == "Config"]


def deletes(spec: Manifest, noted: bool) -> bool:
    """Whether the operator deletes storage, given such a spec and what it noted itself."""
    owner = spec["storage"].get("managementState") or ("Managed" if noted else "Unmanaged")
    return bool(spec["managementState"] == "Removed" and owner == "Managed")


@pytest.mark.parametrize("backend", MEDIA)
@pytest.mark.parametrize("state", ["Managed", "Unmanaged"])
@pytest.mark.parametrize(
    "given",
    [
        case({}, id="nothing"),
        case({"storage": UNMANAGED}, id="whose it is"),
        case({"storage": {"pvc": {"claim": "other"}}, "replicas": 3, "rollout_strategy": "Recreate"}, id="a claim"),
        case({"storage": {"pvc": {}}}, id="a claim of the operator's"),
        case({"storage": {"empty_dir": {}}}, id="no storage that lasts"),
    ],
)
def test_no_older_copy_has_storage_deleted_that_stays(backend: str, state: str, given: dict[str, Any]) -> None:
    for owner, noted, is_observed in itertools.product(("Managed", "Unmanaged", None), (True, False), (True, False)):
        live = serving(MEDIA[backend], owner, noted, is_observed, state)
        change = planned({**REMOVED, **given}, live)
        if deletes(change.after["spec"], noted):
            # The user consents to it; there is nothing to keep.
            assert written(change)[0] != OWNER
            continue
        spec = live["spec"]
        copies = [spec]
        if not is_observed:
            copies.append(merged(spec, {"storage": {"managementState": "Managed" if noted else "Unmanaged"}}))
        for step in (step for phase in change.phases() for step in phase if step.ref.resource.kind == "Config"):
            if step.awaits:
                copies = [spec]
            spec = merged(spec, (step.body or {})["spec"])
            for copy in copies:
                put_back = copy | {"managementState": spec["managementState"]}
                assert not deletes(put_back, noted), (owner, noted, is_observed, written(change))
            copies.append(spec)
        assert spec == change.after["spec"]


CLAIM = MEDIA["pvc"]


@pytest.mark.parametrize(
    ("given", "live", "writes"),
    [
        case({"storage": UNMANAGED}, serving(CLAIM), [OWNER, STATE], id="Managed"),
        case({"storage": UNMANAGED}, serving(CLAIM, None), [OWNER, STATE], id="Managed, as far as the status tells"),
        case({"storage": UNMANAGED}, serving(CLAIM, state="Unmanaged"), [OWNER, STATE], id="an operator that is idle"),
        case({"storage": UNMANAGED}, serving(CLAIM, noted=False), [OWNER, STATE], id="Managed since a moment ago"),
        case(
            {"storage": UNMANAGED, "replicas": 3, "read_only": True},
            serving(CLAIM),
            [OWNER, [*STATE, "spec.readOnly", "spec.replicas"]],
            id="all else goes along with the removal",
        ),
        case(
            {"storage": {"pvc": {"claim": "other"}}},
            serving(MEDIA["s3"]),
            [OWNER, [*STATE, "spec.storage.pvc.claim", "spec.storage.s3"]],
            id="other storage is not taken into use on the way",
        ),
        case({}, serving(CLAIM, "Unmanaged", is_observed=False), [STATE], id="an Unmanaged that was not observed"),
        case(
            {"storage": UNMANAGED},
            config(storage={"pvc": {}, "managementState": "Managed"}),
            [OWNER, STATE],
            id="nothing is noted of it yet",
        ),
    ],
)
def test_the_operator_has_to_know_that_storage_stays_before(
    given: dict[str, Any], live: Manifest, writes: list[list[str]]
) -> None:
    change = planned({**REMOVED, **given}, live)
    assert written(change) == writes
    removal = change.config_step
    assert removal is not None
    assert [bool(step.awaits) for step in change.steps if step.ref == removal.ref] == [False, True][-len(writes) :]


@pytest.mark.parametrize(
    ("given", "live", "writes"),
    [
        case({}, serving(CLAIM, "Unmanaged", noted=False), [STATE], id="Unmanaged"),
        case({}, serving(CLAIM, "Unmanaged", noted=False, is_observed=False), [STATE], id="it was before, too"),
        case({}, serving(CLAIM, "Unmanaged"), [STATE], id="the operator could not take note otherwise"),
        case({}, serving(CLAIM), [STATE], id="it is to go"),
        case({"storage": {"management_state": "Managed"}}, serving(CLAIM), [STATE], id="it is to go, said again"),
        case(
            {"storage": UNMANAGED},
            config(storage={"emptyDir": {}, "managementState": "Managed"}, used={"emptyDir": {}}),
            [[*STATE, *OWNER]],
            id="the disks of pods go with them",
        ),
        case({"storage": UNMANAGED}, serving(CLAIM, state="Removed"), [OWNER], id="it is removed already"),
        case({"management_state": "Managed", "storage": UNMANAGED}, serving(CLAIM), [OWNER], id="it is not removed"),
        case(
            {"management_state": "Managed", "storage": UNMANAGED},
            serving(CLAIM, state="Unmanaged"),
            [[*STATE, *OWNER]],
            id="it is managed again",
        ),
        case(
            {"management_state": "Unmanaged", "storage": UNMANAGED},
            serving(CLAIM),
            [[*STATE, *OWNER]],
            id="it is left alone",
        ),
    ],
)
def test_otherwise_a_removal_is_one_write(given: dict[str, Any], live: Manifest, writes: list[list[str]]) -> None:
    change = planned({**REMOVED, **given}, live)
    assert written(change) == writes
    assert not any(step.awaits for step in change.steps)


@pytest.mark.parametrize(
    ("owner", "is_observed", "state"),
    [("Unmanaged", True, "done"), ("Unmanaged", False, "waiting"), ("Managed", True, "lost")],
)
def test_what_a_removal_waits_for(owner: str, is_observed: bool, state: str) -> None:
    removal = planned({**REMOVED, "storage": UNMANAGED}, serving(CLAIM)).config_step
    assert removal is not None
    assert judge(removal.awaits, observed(serving(CLAIM, owner, is_observed=is_observed))).state == state


def test_what_else_a_task_writes_comes_after_the_handover() -> None:
    given = {"storage": UNMANAGED, "routes": [{"name": "a", "tls": {"certificate": "CERT", "key": "KEY"}}]}
    steps = [
        (step.ref.resource.kind, fields(step.body)) for step in planned({**REMOVED, **given}, serving(CLAIM)).steps
    ]
    assert [kind for kind, _fields in steps] == ["Config", "Secret", "Config"]
    assert steps[0][1] == OWNER


def test_the_removal_is_tried_with_what_was_written_before() -> None:
    removal = planned({**REMOVED, "storage": UNMANAGED}, serving(CLAIM)).config_step
    assert removal is not None
    assert fields(removal.tried_body) == [*STATE, *OWNER]
    assert removal.managed == {"spec": {"managementState": "Removed"}}
